"""Every question to the store and every change of it: one named function each, the store first.

A change returns what changed, in frozen dataclasses; undo, refresh and autosave hang on that.
"""
