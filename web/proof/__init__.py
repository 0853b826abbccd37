"""Pages of test calls, the gate and the dossier."""
