"""Colours, shapes and the words for kinds, outcomes and numbers."""
