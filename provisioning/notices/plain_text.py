"""What somebody wrote themselves: without what they answer, without their signature, without HTML. Pure."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote"})
_SILENT = frozenset({"script", "style", "head", "title", "blockquote"})
_VOID = frozenset(
    {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "wbr", "source"}
)
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend", re.IGNORECASE)
_BEGINS_QUOTE = re.compile(
    r"""
    (el|on|le|em)\s .{3,200} (escribi[óo]|wrote|a\ écrit|escreveu) \s? :\s*$        # El lun …, Ana escribió:
    | [-_\s]{2,} \s* (mensaje\ original|original\ message|mensaje\ reenviado|forwarded\ message) .*
    | _{20,} \s*$
    | \*? (de|from) \s? : \s? \*? \s .* @ .*                                      # De: … (Outlook)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SIGNATURE = re.compile(
    r"--\s?$|enviado desde |sent from my |obtener outlook para |get outlook for ", re.IGNORECASE
)


def own_words(text: str) -> str:
    """The lines before the quoted message or the signature begins, without lines that quote."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for at, line in enumerate(lines):
        written = line.strip()
        folded = f"{written} {lines[at + 1].strip()}" if at + 1 < len(lines) else written
        if _BEGINS_QUOTE.match(written) or (_opens(written) and _BEGINS_QUOTE.match(folded)):
            break
        if _SIGNATURE.match(line):
            break
        if not written.startswith(">"):
            kept.append(_visible(line.rstrip()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _opens(line: str) -> bool:
    """A heading of a quote that mail programs broke into two lines."""
    return bool(re.match(r"(el|on) .*\d", line, re.IGNORECASE)) and not line.endswith((".", "!", "?"))


def _visible(line: str) -> str:
    return "".join(sign for sign in line if sign.isprintable() or sign == "\t")


def from_html(html: str) -> str:
    """The text of an HTML message, a line a block; what it quotes is left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """`said` is what is to be read; `_silent` counts the open elements since one that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.said.append("\n")
        if tag in _VOID:
            return
        quotes = any(value and _QUOTES.search(value) for name, value in attributes if name in ("class", "id"))
        if self._silent or tag in _SILENT or quotes:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag not in _VOID:
            self._silent -= 1
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)
