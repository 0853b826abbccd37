"""The one door to the text of an e-mail: no other place joins headers."""

import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mail.company import LOGO, UNNAMED, Company
from mail.letter import Letter

LONGEST_SUBJECT, LONGEST_ADDRESS = 200, 254
_ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})"
    r"@(?P<domain>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
)


class BadLetter(ValueError):
    """This cannot be sent by e-mail; the text says why."""


def address(written: str, shown: str = "") -> Address:
    """One address of e-mail, never a list of them or a header; raises `BadLetter`."""
    found = _ADDRESS.fullmatch(written) if len(written) <= LONGEST_ADDRESS else None
    if found is None or ".." in written or found["local"].startswith(".") or found["local"].endswith("."):
        raise BadLetter(
            f"«{_visible(written)}» no es una dirección de correo: escríbala como «ana@empresa.com»."
        )
    return Address(in_one_line(shown), found["local"], found["domain"])


def is_address(written: str) -> bool:
    """Whether letters can go there."""
    try:
        address(written)
    except BadLetter:
        return False
    return True


def in_one_line(text: str) -> str:
    """A header's text as it came, when it is one line of signs that can be seen; raises `BadLetter`."""
    if any(unicodedata.category(sign)[0] in "CZ" and sign != " " for sign in text):
        raise BadLetter(f"«{_visible(text)}» no cabe en un encabezado: escríbalo en una sola línea.")
    return text


def build(
    letter: Letter, sender: Address, message_id: str, date: datetime, company: Company = UNNAMED
) -> EmailMessage:
    """The message: plain text with an HTML version beside it, which may show the logo. Raises `BadLetter`."""
    if len(letter.subject) > LONGEST_SUBJECT:
        raise BadLetter(f"El asunto puede tener hasta {LONGEST_SUBJECT} caracteres.")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = address(letter.recipient)
    message["Subject"] = in_one_line(letter.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = in_one_line(message_id)
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = address(letter.reply_to)
    if letter.about:
        message["References"] = in_one_line(thread(letter.about, message_id))
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if company.logo and f"cid:{LOGO}" in letter.html:
        _show(message, company)
    return message


def thread(about: str, message_id: str) -> str:
    """The Message-ID under which mail programs gather what is about one thing."""
    domain = message_id.strip("<>").rpartition("@")[2]
    return f"<{about.replace(':', '.')}@{domain}>"


def _show(message: EmailMessage, company: Company) -> None:
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    html.add_related(company.logo, "image", company.form, cid=f"<{LOGO}>", disposition="inline")


def _visible(text: str) -> str:
    return "".join(sign if sign.isprintable() else "·" for sign in text[:80])
