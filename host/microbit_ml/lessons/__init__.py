"""Ten lessons: the kit's own code, taken apart.

Each folder ``lesson_NN_name`` is a lesson: ``about.py`` says what it is for, ``maths.py`` has the
functions that it shows, ``example.py`` chooses its recordings and numbers, and ``lesson.py`` has
its steps from top to bottom. :mod:`.session` is what it is written with, and whoever shows it
(:mod:`.terminal`, :mod:`.page_session`, :mod:`.teacher`) reads the pieces that a session makes
(:mod:`.pieces`).
"""
