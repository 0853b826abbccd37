"""Strangers are let in: the gate, the release of a line at once or on its day, the signed dossier (P40)."""
