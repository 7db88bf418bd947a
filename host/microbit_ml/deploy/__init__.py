"""Models on boards, real or virtual: predict, play, benchmark, flash, record."""
