"""Formats that come in, one module each. A reader yields items and bad rows."""
