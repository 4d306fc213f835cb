"""Trains the bundled model on drawn scenes."""
