"""Learning from reviews: signals, features, fits, thresholds, and how good they are on unseen images."""
