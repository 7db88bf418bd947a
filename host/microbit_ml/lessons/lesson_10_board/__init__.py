"""Lesson 10: On the board."""
