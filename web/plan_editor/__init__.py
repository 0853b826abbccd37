"""Pages in which a plan is written."""
