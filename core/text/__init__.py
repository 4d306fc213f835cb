"""Captions as text: words, word classes, phrases, edits. No model and no image."""
