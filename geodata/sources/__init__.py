"""Tables from files: text, workbooks and Parquet, every cell read as text."""
