"""Floor 3: the review application. Empty until its first screen is built."""
