"""The queue: a list of known length whose lines are read as they scroll by, its search and its thumbnails."""
