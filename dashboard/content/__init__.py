"""What stands on lists and cards, as data: the page draws it, and so do workbook and print."""
