"""Pages of the prompts."""
