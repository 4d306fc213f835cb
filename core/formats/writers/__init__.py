"""Formats that go out, one module each, and the sinks that they write to."""
