"""Pages of the alta."""
