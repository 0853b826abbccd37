"""The company in whose name letters go out: its name, and its logo when it has one."""

from dataclasses import dataclass, field
from pathlib import Path

LOGO = "logo"
"""By this Content-ID a letter's HTML shows it."""
LARGEST = 200 * 1024
_FORMS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


class BadLogo(ValueError):
    """This file cannot be shown in letters; the text says what to give."""


@dataclass(frozen=True, slots=True)
class Company:
    """`form` is `png` or `jpeg`; without a `logo` the name is written."""

    name: str = "Altavoz"
    logo: bytes = field(default=b"", repr=False)
    form: str = ""


UNNAMED = Company()


def company(name: str, logo: Path | None) -> Company:
    """The company of the settings. Raises `BadLogo`."""
    if logo is None:
        return Company(name or "Altavoz")
    try:
        content = logo.read_bytes()
    except OSError as error:
        raise BadLogo(f"no se puede leer «{logo}»: {error.strerror}") from error
    form = next((form for begins, form in _FORMS.items() if content.startswith(begins)), "")
    if not form or len(content) > LARGEST:
        raise BadLogo(f"«{logo}» tiene que ser una imagen PNG o JPEG de hasta {LARGEST // 1024} kB")
    return Company(name or "Altavoz", content, form)
