"""The first screen where no store was named: what to open, what was open before, and which model is to score."""
