"""Tests of the book: each shows the text of a book and what is read from it."""
