"""The bridge to a Label Studio server: its HTTP client, and the commands that make a project, fill it and read it.

Nothing here answers requests; that is the backend's part, one folder up.
"""
