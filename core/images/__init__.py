"""Opening and hashing image files."""
