"""A letter: what is said to whom, before it is a message of e-mail."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Letter:
    """`kind` names its templates. A `confidential` text is kept no longer than until it is gone.

    `about` names what it tells of (`alta:12`), of a `subsidiary` and `account`; answers go to `reply_to`. Of
    letters with the same `key` one is kept.
    """

    kind: str
    recipient: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    confidential: bool = False
    about: str = ""
    reply_to: str = ""
    subsidiary: str = ""
    account: str = ""
    key: str | None = None


def write(kind: str, recipient: str, *, confidential: bool = False, **context: Any) -> Letter:
    """The letter of `templates/<kind>.txt` and `.html`; the first line of the text is the subject.

    Raises `jinja2.UndefinedError` when the context lacks something.
    """
    subject, _, text = _environment().get_template(f"{kind}.txt").render(context).partition("\n")
    html = _environment().get_template(f"{kind}.html").render(context | {"subject": subject.strip()})
    return Letter(kind, recipient, " ".join(subject.split()), text.strip() + "\n", html, confidential)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
