"""Pages of the providers and of TMK."""
