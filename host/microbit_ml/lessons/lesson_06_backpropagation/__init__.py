"""Lesson 6: Backpropagation by hand."""
