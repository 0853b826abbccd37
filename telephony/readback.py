"""What stands in the PBX against what should: contexts read back line by line."""

from collections.abc import Mapping
from itertools import islice

from telephony.dialplan_port import DialplanPort
from telephony.dialplan_text import DialplanLine, lines
from telephony.releases import MARKER


class Unlike(Exception):
    """The PBX does not show what was written; the message says in Spanish where."""


async def standing_in(pbx: DialplanPort) -> str | None:
    """The id of the release that the PBX stands on, by its marker. Raises PbxUnanswered."""
    shown = await pbx.show(MARKER)
    return next((line.data for line in shown if line.extension == "id"), None)


async def read_back(pbx: DialplanPort, release: str, expected: Mapping[str, str]) -> None:
    """Compare the marker, and each context of `expected` with its text; an empty text is an absent context.

    Raises `Unlike` at the first difference, PbxUnanswered.
    """
    found = await standing_in(pbx)
    if found != release:
        raise Unlike(f"la central no cargó la publicación {release}: sigue en {found or 'ninguna'}")
    for context, body in expected.items():
        difference = _difference(lines(context, body), await pbx.show(context))
        if difference:
            raise Unlike(f"la central no cargó «{context}» como se escribió: {difference}")


async def loaded(pbx: DialplanPort, contexts: Mapping[str, str]) -> dict[str, str]:
    """Those of the contexts that stand in the PBX just as they are written. Raises PbxUnanswered."""
    return {
        name: body
        for name, body in contexts.items()
        if lines(name, body) == tuple(sorted(await pbx.show(name)))
    }


def _difference(written: tuple[DialplanLine, ...], shown: list[DialplanLine]) -> str:
    missing = sorted(set(written) - set(shown))
    surplus = sorted(set(shown) - set(written))
    parts = [f"falta {_words(line)}" for line in islice(missing, 1)]
    parts += [f"sobra {_words(line)}" for line in islice(surplus, 1)]
    return ", ".join(parts)


def _words(line: DialplanLine) -> str:
    if not line.extension:
        return f"«{line.priority} {line.application}»"
    return f"«{line.extension},{line.priority},{line.application}({line.data})»"
