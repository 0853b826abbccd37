"""Actions out, their answers in, matched by ActionID: pure, text and messages only.

A simple action has one answer. A list has an answer with `EventList: start`, its items, and an item with
`EventList: Complete`; each carries the ActionID of what was asked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telephony.events import AmiMessage, read_message
from telephony.framing import RawMessage

Headers = Mapping[str, str | int | Sequence[str]]

LONGEST_LINE = 1000
"""Bytes of `Name: value`; Asterisk throws away a whole action with a line over 1,024."""
MOST_HEADERS = 100
"""Asterisk reads 128 headers of an action and drops what follows."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ACTION_ID = b"\r\nActionID: "


class AmiError(Exception):
    """An action that brought nothing."""


class Unsendable(AmiError):
    """A header that may not be sent: a control character would begin another header or another action."""


class ActionFailed(AmiError):
    """The PBX refused the action. `message` is Asterisk's own sentence."""

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"la central rechazó la acción «{action}»: {message}")
        self.action = action
        self.message = message


class LinkDown(AmiError):
    """There is no link, or it broke before the answer came; the action may or may not have been done."""


class DeadlinePassed(AmiError):
    """The answer did not come in time; the action may or may not have been done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All messages that answer one action; of a list without its closing item."""

    action_id: str
    messages: tuple[AmiMessage, ...]

    @property
    def refusal(self) -> str | None:
        first = self.messages[0]
        return first.get("Message", "sin explicación") if first.get("Response") == "Error" else None


def checked(name: str, headers: Headers) -> dict[str, str | Sequence[str]]:
    """What may be sent: header → its text, or texts. Raises Unsendable."""
    texts = {"Action": name} | {header: _text(value) for header, value in headers.items()}
    lines = [(header, line) for header, text in texts.items() for line in _lines(text)]
    for header, line in lines:
        _check_line(header, line)
    if len(lines) > MOST_HEADERS:
        raise Unsendable(f"la acción «{name}» lleva más de {MOST_HEADERS} encabezados")
    return texts


def _text(value: str | int | Sequence[str]) -> str | Sequence[str]:
    return str(value) if isinstance(value, int) else value


def _lines(text: str | Sequence[str]) -> Sequence[str]:
    return [text] if isinstance(text, str) else text


def _check_line(header: str, value: str) -> None:
    if not _NAME.fullmatch(header) or _CONTROL.search(value):
        raise Unsendable(f"el encabezado {header!r} lleva un carácter de control: {value!r}")
    try:
        length = len(f"{header}: {value}".encode())
    except UnicodeEncodeError:
        raise Unsendable(f"el encabezado {header!r} no es texto Unicode: {value!r}") from None
    if length > LONGEST_LINE:
        raise Unsendable(f"el encabezado {header!r} ocupa {length} bytes y el límite es {LONGEST_LINE}")


class Exchange:
    """The actions that wait for their answer."""

    def __init__(self) -> None:
        self._open: dict[str, list[AmiMessage]] = {}

    def ask(self, action_id: str) -> None:
        self._open[action_id] = []

    def forget(self, action_id: str) -> None:
        """Its answer, should it still come, is nobody's."""
        self._open.pop(action_id, None)

    def belongs(self, raw: RawMessage) -> bool:
        return action_id_of(raw) in self._open

    def take(self, raw: RawMessage) -> Answer | None:
        """The answer that `raw` completes, if it does. A message of nobody's is dropped."""
        action_id = action_id_of(raw)
        messages = self._open.get(action_id)
        if messages is None:
            return None
        message = read_message(raw)
        place = message.get("EventList")
        if place not in ("Complete", "cancelled"):
            messages.append(message)
        if place == "start" or (messages[0].get("EventList") == "start" and message.get("EventList") == ""):
            return None
        self.forget(action_id)
        return Answer(action_id, tuple(messages))


def action_id_of(raw: RawMessage) -> str:
    start = raw.find(_ACTION_ID)
    if start < 0:
        return ""
    start += len(_ACTION_ID)
    end = raw.find(b"\r\n", start)
    return raw[start : end if end >= 0 else None].decode(errors="replace")
