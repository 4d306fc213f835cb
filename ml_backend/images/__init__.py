"""Fetching the images of tasks, safely."""
