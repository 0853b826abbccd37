"""The one way an account's name is written: what is typed in any case or width finds the same account."""

import re
import unicodedata

LONGEST = 40
_NOT_IN_A_LINE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAME = re.compile(r"[^\W_]([\w.@-]*\w)?")


class BadName(ValueError):
    """This cannot be an account's name; the text says what to write."""


def normal(written: str) -> str:
    """The name as accounts keep it: NFKC, folded, trimmed. Never raises; fit for looking up."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", written[:400]).casefold()).strip()


def new_name(written: str) -> str:
    """The name for a new account; raises `BadName`."""
    name = normal(written)
    if not 2 <= len(name) <= LONGEST or not _NAME.fullmatch(name):
        raise BadName(
            f"El nombre de usuario lleva de 2 a {LONGEST} letras, cifras, puntos o guiones, sin espacios: "
            "por ejemplo «ana.perez»."
        )
    return name


def full_name(written: str) -> str:
    """A person's own name, in one line of at most 80 characters; raises `BadName`."""
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if not 1 <= len(name) <= 80 or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in written):
        raise BadName("Escriba el nombre y el apellido en una sola línea de hasta 80 caracteres.")
    return name
