"""Calls into cases: intake, grouped writes, the live board, screen pops, presence."""
