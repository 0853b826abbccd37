"""What AMI writes for numbers, names and phones, undone."""

import re

NOTHING = "<unknown>"
LONGEST_EXTENSION = 6
LONGEST_NAME = 80
"""Characters kept of a caller's name."""

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_C_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PHONE = re.compile(r"PJSIP/([0-9]{2,8})(?:[-@/].*)?")
_INTERFACE = re.compile(r"[A-Za-z]+/([A-Za-z0-9_]+)")


def e164(digits: str) -> str | None:
    """The mark's digits as `+…`; None when that is no number (an anonymous caller)."""
    return f"+{digits}" if re.fullmatch(r"[1-9][0-9]{5,14}", digits) else None


def caller_name(written: str) -> str:
    """The caller's name as the carrier sent it, without control characters.

    AMI escapes it as C does (`D\\'Angelo`), and the SIP quoted string's own escapes (RFC 3261 §25.1) are
    still inside.
    """
    if written == NOTHING:
        return ""
    sent = _ESCAPED.sub(lambda found: _C_ESCAPES.get(found[1], found[1]), written)
    said = _ESCAPED.sub(r"\1", sent)
    return _CONTROL.sub("\ufffd", said).strip()[:LONGEST_NAME]


def party(dialled: str) -> str:
    """Whom a mark names: an extension, or a number of the world as `+…`; anything else as it stands."""
    return e164(dialled) or dialled if len(dialled) > LONGEST_EXTENSION else dialled


def extension(interface: str) -> str:
    """`101` of `PJSIP/101`."""
    found = _INTERFACE.match(interface)
    return found[1] if found else interface


def phone(device: str) -> str | None:
    """The extension of a coordinator's phone; None for another device (a carrier's trunk, a queue)."""
    found = _PHONE.fullmatch(device)
    return found[1] if found else None
