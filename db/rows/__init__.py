"""Rows of the tables inside one transaction. `db.operations` calls these functions."""
