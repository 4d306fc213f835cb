"""Captionlint's own word tables. They go out and come back without loss."""
