"""Answers to Label Studio's prediction requests."""
