"""Lesson 4: From scores to probability."""
