"""Agreements of a desk in a book: read, pulled into files, traced to their causes."""
