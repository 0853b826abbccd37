"""Pages of the gate: what is missing, the release of a line, its canaries and its dossiers."""
