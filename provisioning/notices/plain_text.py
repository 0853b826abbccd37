"""What somebody wrote themselves: without what they answer, without their signature, without HTML. Pure."""

import re
from collections.abc import Iterator
from html import unescape

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote"})
_SILENT = frozenset({"script", "style", "head", "title", "blockquote"})
_VOID = frozenset(
    {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "wbr", "source"}
)
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend", re.IGNORECASE)
_BEGINS_QUOTE = re.compile(
    r"""
    (el|on|le|em)\s .{3,200} (escribi[óo]|wrote|a\ écrit|escreveu) \s? :\s*$        # El lun …, Ana escribió:
    | [-_] [-_\s]+ (mensaje\ original|original\ message|mensaje\ reenviado|forwarded\ message) .*
    | _{20,} \s*$
    | \*? (de|from) \s? : \s? \*? \s .* @ .*                                      # De: … (Outlook)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_UNSEEN = {"!--": "-->", "!": ">", "?": ">"}
"""What begins with these signs after `<` is not shown, up to its end."""
_LONGEST_HEADING = 400
"""Letters of a line that may say that a quote begins; what is longer is no heading."""
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
        if _begins_quote(written) or (_opens(written) and _begins_quote(folded)):
            break
        if _SIGNATURE.match(line):
            break
        if not written.startswith(">"):
            kept.append(_visible(line.rstrip()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _begins_quote(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and bool(_BEGINS_QUOTE.match(line))


def _opens(line: str) -> bool:
    """A heading of a quote that mail programs broke into two lines."""
    return bool(re.match(r"(el|on) .*\d", line, re.IGNORECASE)) and not line.endswith((".", "!", "?"))


def _visible(line: str) -> str:
    return "".join(sign for sign in line if sign.isprintable() or sign == "\t")


def from_html(html: str) -> str:
    """The text of an HTML message, a line a block; what it quotes is left out."""
    lines = (" ".join(line.split()) for line in "".join(_said(html)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _said(html: str) -> Iterator[str]:
    """`silent` counts the open elements since one that is not read."""
    silent = 0
    for piece in _pieces(html):
        if isinstance(piece, str):
            if not silent:
                yield unescape(piece)
            continue
        ends, name, rest = piece[1], piece[2].lower(), piece[3]
        if name in _BLOCKS:
            yield "\n"
        if name in _VOID:
            continue
        if ends:
            silent = max(0, silent - 1)
        elif silent or name in _SILENT or _QUOTES.search(rest):
            silent += 1


def _pieces(html: str) -> Iterator[str | re.Match[str]]:
    """Texts and tags, in the time of one pass: whoever sends mail may send anything."""
    at = 0
    while (opens := html.find("<", at)) >= 0:
        yield html[at:opens]
        if tag := _TAG.match(html, opens):
            yield tag
            at = tag.end()
        elif ending := _UNSEEN.get(html[opens + 1 : opens + 4]) or _UNSEEN.get(html[opens + 1 : opens + 2]):
            closes = html.find(ending, opens + 2)
            at = closes + len(ending) if closes >= 0 else len(html)
        else:
            yield "<"
            at = opens + 1
    yield html[at:]
