"""Evidence that a line works: test calls judged, reports, the gate, the dossier (P39, P40)."""
