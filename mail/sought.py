"""Texts as a search through letters compares them."""

import unicodedata


def sought(*written: str) -> str:
    """Without case or accents, in one line; at most 400 characters. Pure."""
    plain = unicodedata.normalize("NFKD", " ".join(written)).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign.isprintable())
    return " ".join(kept.split())[:400]
