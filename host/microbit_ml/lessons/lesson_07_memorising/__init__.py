"""Lesson 7: Learning, not memorising."""
