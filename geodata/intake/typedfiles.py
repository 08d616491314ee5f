"""Columns of Parquet, Stata and SPSS files as text, for a process of their own."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pyreadstat

from geodata.intake.workbooks import cell_as_text


def parquet_texts(file: str) -> dict[str, Any]:
    """Return the `names` and the packed `texts` of a Parquet file, or `fault`."""
    try:
        source = parquet.read_table(file)
    except (OSError, ValueError, KeyError) as error:
        return {"fault": "damaged", "why": str(error)}
    columns = [column.to_pandas() for column in source.itercolumns()]
    return _packed([str(name) for name in source.column_names], columns)


def statistics_texts(file: str, kind: str, encoding: str | None) -> dict[str, Any]:
    """Return the `names` and packed `texts` of a Stata or SPSS file, labels for codes, or `fault`."""
    read = pyreadstat.read_dta if kind == "stata" else pyreadstat.read_sav
    try:
        frame, _ = read(
            file, apply_value_formats=True, formats_as_category=False, encoding=encoding
        )
    except UnicodeDecodeError:
        return {"fault": "encoding"}
    except (
        pyreadstat.ReadstatError,
        pyreadstat.PyreadstatError,
        ValueError,
        OverflowError,
    ) as error:
        return {"fault": "damaged", "why": str(error)}
    columns = [frame.iloc[:, number] for number in range(frame.shape[1])]
    return _packed([str(name) for name in frame.columns], columns)


def _packed(names: list[str], columns: list[Any]) -> dict[str, Any]:
    def texts(values: Any) -> Any:
        """Return a typed column as text: whole floats without .0, days as dates, missing as ""."""
        kinds = values.map(cell_as_text, na_action="ignore")
        return kinds.astype(object).where(values.notna(), "").astype(str)

    frame = pd.DataFrame({str(number): texts(one) for number, one in enumerate(columns)})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return {"names": names, "texts": bytes(sink.getvalue()), "rows": len(frame)}
