"""Recordings of prompts: uploaded, checked, approved by somebody else, kept in versions (P37)."""
