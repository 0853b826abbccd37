"""The one door of text into Asterisk's languages: one function for each quoting context.

Text that Asterisk has no way of writing (control characters, the start of an expression) is refused.
"""

import re

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 79
_CHARACTERS = r"[-+0-9A-Za-z*#]"
_EXTENSION = re.compile(rf"_(?:{_CHARACTERS}|\[{_CHARACTERS}+\])+[.!]?|[0-9A-Za-z*#][-0-9A-Za-z*#_]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,78}")
_PARTS_ARGUMENTS = re.compile(r'[,"\\&|()^]')
_EXPRESSION = re.compile(r"\$[{\[]")


class Unwritable(ValueError):
    """This text cannot be written into an Asterisk file without changing its meaning."""


def argument(text: str) -> str:
    """`text` as one argument of an application. What would need quotes is refused."""
    if _PARTS_ARGUMENTS.search(text):
        raise Unwritable(f'«{text}» contiene uno de estos signos: , " \\ & | ( ) ^ — quítelo')
    return value(text)


def value(text: str) -> str:
    """`text` as the right-hand side of `Set(name=…)`, which takes everything after the sign as it stands."""
    _refuse_controls(text)
    if _EXPRESSION.search(text):
        raise Unwritable(f"«{text}» contiene «${{» o «$[», que la central evaluaría: quítelo")
    return text


def setting(text: str) -> str:
    """`text` as the value of `key = value` in any .conf file; spaces around it do not survive there."""
    return line(text.strip())


def line(text: str) -> str:
    """A whole line of a .conf file: there a bare semicolon starts a comment."""
    _refuse_controls(text)
    return text.replace(";", "\\;")


def name(text: str) -> str:
    """`text` as the name of a context, an extension or a queue: at most 79 letters, digits, `-` and `_`."""
    if not _NAME.fullmatch(text):
        raise Unwritable(
            f"«{text}» no sirve de nombre en la central: use letras, cifras, «-» y «_» (hasta 79)"
        )
    return text


def extension(text: str) -> str:
    """`text` as an extension: a name, a number or a pattern (`_0[1-9]X.`) of at most 79 characters."""
    if not _EXTENSION.fullmatch(text) or len(text) > _LONGEST:
        raise Unwritable(f"«{text}» no sirve de extensión en la central")
    return text


def _refuse_controls(text: str) -> None:
    if _CONTROLS.search(text):
        raise Unwritable(f"{text!r} contiene caracteres de control: quítelos")
