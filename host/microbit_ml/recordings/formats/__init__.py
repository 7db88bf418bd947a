"""File formats for exchanging data sets, of this kit and of other programs."""
