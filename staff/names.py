"""The one way names are written: what is typed in any case or width finds the same account or area."""

import re
import unicodedata

LONGEST = 40
_NOT_IN_A_LINE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NAME = re.compile(r"[^\W_]([\w.@-]*\w)?")
_PAGES = frozenset({"new"})
_AREA = re.compile(r"[a-z][a-z0-9-]{0,18}[a-z0-9]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class BadName(ValueError):
    """This cannot be the name of an account, a person or an area; the text says what to write."""


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
    if name in _PAGES:
        raise BadName(f"«{name}» es una dirección de la consola: elija otro nombre de usuario.")
    return name


def full_name(written: str) -> str:
    """A person's own name, in one line of at most 80 characters; raises `BadName`."""
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if not 1 <= len(name) <= 80 or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in written):
        raise BadName("Escriba el nombre y el apellido en una sola línea de hasta 80 caracteres.")
    return name


def label(written: str) -> str:
    """What an area is called, in one line of at most 60 characters; raises `BadName`."""
    text = " ".join(unicodedata.normalize("NFC", written).split())
    if not 1 <= len(text) <= 60 or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in written):
        raise BadName("Escriba cómo se llama el área, en una sola línea de hasta 60 caracteres.")
    return text


def area_name(written: str) -> str:
    """The short name of an area (`back-office`); raises `BadName`."""
    name = normal(written)
    if not _AREA.fullmatch(name):
        raise BadName(
            "El nombre corto del área lleva de 2 a 20 letras sin tilde, cifras o guiones: "
            "por ejemplo «legales»."
        )
    return name


def email(written: str | None) -> str | None:
    """An e-mail address in lower case, None when nothing is written; raises `BadName`."""
    address = unicodedata.normalize("NFC", written or "").strip().lower()
    if not address:
        return None
    if len(address) > 254 or not _EMAIL.fullmatch(address) or not address.isprintable():
        raise BadName("El correo no parece una dirección: escríbalo como «ana.perez@empresa.com».")
    return address


def sought(*written: str | None) -> str:
    """Texts as a search compares them: without accents or case, in one line. At most 400 characters."""
    joined = " ".join(text for text in written if text)
    plain = unicodedata.normalize("NFKD", joined).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())[:400]
