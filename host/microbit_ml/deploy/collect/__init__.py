"""Recordings from boards: with one, with a class of them, or away from the laptop."""
