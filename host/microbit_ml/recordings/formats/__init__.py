"""Files of other programs, and of this one, in which whole data sets travel."""
