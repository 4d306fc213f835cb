"""Work that must not block the window: the store, decoding, the scorer's process; settings and the log."""
