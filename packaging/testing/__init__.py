"""The parts of `make package-test`. Only the standard library."""
