"""Connections, errors, backups and migrations. Knows SQLite and PostgreSQL, but no item and no review."""
