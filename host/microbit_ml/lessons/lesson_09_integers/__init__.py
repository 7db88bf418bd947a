"""Lesson 9: Integers."""
