"""Offtake."""
