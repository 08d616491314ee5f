"""From the path a person gives to the one file that GDAL opens, checked, and nothing that points elsewhere."""

from __future__ import annotations

import errno
import json
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geodata.errors import BoundaryError

# Ending -> what the file begins with, so that a file is what its name says before GDAL sees it.
_BEGINNINGS = {
    ".shp": (b"\x00\x00\x27\x0a",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".fgb": (b"fgb",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
    ".geojson": (b"{", b"\xef\xbb\xbf{"),
    ".json": (b"{", b"\xef\xbb\xbf{"),
    ".topojson": (b"{", b"\xef\xbb\xbf{"),
}
SUFFIXES = tuple(_BEGINNINGS)
_SHAPEFILE_PARTS = (".shx", ".dbf")
_TAKEN_FROM_ZIP = (*SUFFIXES, *_SHAPEFILE_PARTS, ".prj", ".cpg")
# A county's village boundaries are tens of megabytes; more than this is no boundary file.
_MOST_BYTES = 2 * 1024**3
_MOST_RATIO = 200


@contextmanager
def opened_file(path: Path) -> Iterator[Path]:
    """Give the one boundary file that a path names; what a zip holds lives only inside the block.

    Raises BoundaryError when there is none, when there are several, when a part is missing, when
    it may not be read, or when a zip is damaged, locked, too large or reaches outside itself.
    """
    try:
        if not path.exists():
            raise BoundaryError("boundaries.no_such_file", file=path)
        if path.is_file() and path.suffix.lower() == ".zip":
            with TemporaryDirectory(prefix="guatu-") as folder:
                _unpack(path, Path(folder))
                yield _checked(_only_one(Path(folder), path))
        else:
            yield _checked(_only_one(path, path) if path.is_dir() else path)
    except PermissionError as error:
        raise BoundaryError("boundaries.no_permission", file=error.filename or path) from error


def part_of(shapefile: Path, suffix: str) -> Path | None:
    """Return the part of a shapefile with an ending in any case, None when it is not there."""
    for file in sorted(shapefile.parent.iterdir()):
        if file.stem == shapefile.stem and file.suffix.lower() == suffix:
            return file
    return None


def existing_part(shapefile: Path, suffix: str) -> Path:
    """Return the part of a shapefile with an ending; raises BoundaryError when it is not there."""
    part = part_of(shapefile, suffix)
    if part is None:
        raise BoundaryError("boundaries.missing_part", file=shapefile, part=suffix)
    return part


def _only_one(folder: Path, shown: Path) -> Path:
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and file.suffix.lower() in SUFFIXES and not file.name.startswith("._")
    )
    list(folder.iterdir())  # rglob passes over a folder that may not be read
    if len(files) == 1:
        return files[0]
    names = _listed([file.relative_to(folder).as_posix() for file in files])
    if files:
        raise BoundaryError("boundaries.several_layers", file=shown, names=names)
    parts = sorted(file.name for file in folder.rglob("*") if file.suffix.lower() == ".dbf")
    if parts:
        raise BoundaryError("boundaries.missing_part", file=shown / parts[0], part=".shp")
    raise BoundaryError("boundaries.no_layer", file=shown, formats=" ".join(SUFFIXES))


def _listed(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def _checked(file: Path) -> Path:
    """Return the file when its parts are there and it begins as its ending demands."""
    suffix = file.suffix.lower()
    if suffix in (".dbf", ".shx", ".prj", ".cpg"):
        shapefile = part_of(file, ".shp")
        if shapefile is None:
            raise BoundaryError("boundaries.missing_part", file=file, part=".shp")
        file, suffix = shapefile, ".shp"
    if suffix not in SUFFIXES:
        raise BoundaryError("boundaries.unknown_format", file=file, formats=" ".join(SUFFIXES))
    with file.open("rb") as stream:
        beginning = stream.read(64)
    if not beginning:
        raise BoundaryError("boundaries.empty_file", file=file)
    if not beginning.lstrip(b" \t\r\n").startswith(_BEGINNINGS[suffix]):
        raise BoundaryError("boundaries.not_that_format", file=file, suffix=suffix)
    for part in _SHAPEFILE_PARTS if suffix == ".shp" else ():
        needed = part_of(file, part)
        if needed is None:
            raise BoundaryError("boundaries.missing_part", file=file, part=part)
        if needed.stat().st_size == 0:
            raise BoundaryError("boundaries.empty_file", file=needed)
    if suffix == ".shp":
        _refuse_cut(file)
    return file


def _refuse_cut(shapefile: Path) -> None:
    """Raise BoundaryError when a part of a shapefile is shorter than its header says.

    What is missing of a cut file would be read as features without a shape.
    """
    for suffix in (".shp", ".shx", ".dbf"):
        part = part_of(shapefile, suffix) or shapefile
        with part.open("rb") as stream:
            head = stream.read(100)
        if suffix == ".dbf":
            rows, top, width = struct.unpack("<IHH", head[4:12]) if len(head) >= 12 else (0, 0, 0)
            stated = top + rows * width
        else:
            stated = 2 * int.from_bytes(head[24:28], "big")
        there = part.stat().st_size
        if there < stated:
            raise BoundaryError("boundaries.cut_short", file=part, stated=stated, there=there)


def _unpack(path: Path, folder: Path) -> None:
    """Copy the boundary files of a zip into a folder after looking at every name and size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            _refuse_dangerous(path, members)
            for item in members:
                name = PurePosixPath(item.filename)
                if name.suffix.lower() not in _TAKEN_FROM_ZIP:
                    continue
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(item) as stream, target.open("wb") as copy:
                    shutil.copyfileobj(stream, copy)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError) as error:
        raise BoundaryError("boundaries.zip_damaged", file=path) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a position before the beginning of the file
            raise
        raise BoundaryError("boundaries.zip_damaged", file=path) from error


def _refuse_dangerous(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    for item in members:
        name = PurePosixPath(item.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in item.filename:
            raise BoundaryError("boundaries.zip_outside", file=path, name=item.filename)
        if item.flag_bits & 1:
            raise BoundaryError("boundaries.zip_locked", file=path)
    size = sum(item.file_size for item in members)
    packed = max(1, sum(item.compress_size for item in members))
    if size > _MOST_BYTES or (size > 100 * 1024**2 and size / packed > _MOST_RATIO):
        raise BoundaryError("boundaries.zip_too_large", file=path, megabytes=size // 1024**2)


JSON = (".geojson", ".json", ".topojson")
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
# The name "crs" in any case, also with its letters written as escapes.
_CRS_MEMBER = re.compile(
    r'"(?:[cC]|\\u00[46]3)(?:[rR]|\\u00[57]2)(?:[sS]|\\u00[57]3)"\s*:\s*(?=\{)'
)


@contextmanager
def dataset(file: Path) -> Iterator[str | Path]:
    """Give the name under which GDAL opens a boundary file.

    A shapefile is given without its .prj and .cpg, which are read here, so that a broken one stops
    nothing; JSON is opened by the driver for its kind alone.
    """
    suffix = file.suffix.lower()
    if suffix == ".shp":
        with TemporaryDirectory(prefix="guatu-") as folder:
            for ending in (".shp", ".shx", ".dbf"):
                _stand_in(existing_part(file, ending), Path(folder) / f"layer{ending}")
            yield Path(folder) / "layer.shp"
    elif suffix in JSON:
        raw = file.read_bytes()
        _refuse_linked_crs(raw, file)
        yield f"{'TopoJSON' if _TOPOLOGY.search(raw) else 'GeoJSON'}:{file}"
    else:
        yield file


def _stand_in(file: Path, place: Path) -> None:
    """Put a link to a file at a place, or a copy where links are not allowed."""
    try:
        place.symlink_to(file.resolve())
    except OSError:
        shutil.copyfile(file, place)


def _refuse_linked_crs(raw: bytes, file: Path) -> None:
    """Raise when a CRS is a link: GDAL would fetch it from the network."""
    text = raw.decode("utf-8", "replace")
    for match in _CRS_MEMBER.finditer(text):
        try:
            member, _ = json.JSONDecoder().raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue  # not JSON, which GDAL will say
        kind = next((str(member[name]) for name in member if name.lower() == "type"), "")
        if kind.lower() not in ("name", "epsg"):
            raise BoundaryError("boundaries.crs_by_link", file=file)
