"""Ten lessons: the kit's own code, taken apart.

Each folder ``lesson_NN_name`` is a lesson: ``about.py`` has its aims and plan, ``maths.py`` the
functions that it shows, ``example.py`` its recordings and numbers, and ``lesson.py`` its steps
from top to bottom. Lessons call the methods of a session (:mod:`.session`), which makes pieces
(:mod:`.pieces`); :mod:`.terminal`, :mod:`.page_session` and :mod:`.teacher` show them.
"""
