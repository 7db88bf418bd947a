"""Lesson 8: How good is it really?."""
