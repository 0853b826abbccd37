"""Prompts: recordings and text-to-speech in, telephone audio out."""
