"""Benchmarks, one file a data set, and the metrics they share."""
