"""Providers, whether they suffice for a plan, and the training of TMK (P26, P27, P10)."""
