"""Lesson 1: A gesture is a matrix."""
