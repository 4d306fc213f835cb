"""Fills the store with predictions: in this process, on a Ray cluster, or for the demo."""
