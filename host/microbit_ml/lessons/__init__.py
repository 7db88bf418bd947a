"""Ten lessons: the kit's own code, taken apart.

Each ``lesson_NN_name.py`` is a lesson from top to bottom; :mod:`.session` is what it is written
with, and whoever shows it (:mod:`.terminal`, :mod:`.page_session`, :mod:`.teacher`) reads the
pieces that a session makes (:mod:`.pieces`).
"""
