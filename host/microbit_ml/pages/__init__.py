"""Pages to read in a browser or on paper: one self-contained file each."""

from microbit_ml.pages.page import Note, Page, as_is

__all__ = ["Note", "Page", "as_is"]
