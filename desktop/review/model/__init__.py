"""What the review screen shows and does, without widgets."""
