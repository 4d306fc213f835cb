"""Floor 3: the review application. Models without widgets, thin widgets, and one service for work in the background.

Importing this package loads neither Qt nor torch; `python -m captionlint.desktop FILE.db` starts the program.
"""
