"""Alembic's environment and the revisions; `db.migrate` runs them."""
