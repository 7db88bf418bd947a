"""Lesson 5: Downhill."""
