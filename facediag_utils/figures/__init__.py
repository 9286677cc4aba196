"""Numbers become pictures and styled tables, in one style."""
