"""Lesson 2: Distance decides."""
