"""Pages that people read in a browser or on paper: one file each, with everything in it."""

from microbit_ml.pages.page import Note, Page, as_is

__all__ = ["Note", "Page", "as_is"]
