"""Recording while the link works, and telling a recording again."""

import asyncio
from collections.abc import Callable

import pytest

from telephony import tape as tapes
from telephony.recording import NotARecording, Piece, read_pieces
from telephony.tape import NoSuchTape, Tape, Tapes


class Hearing:
    """Stands for a link's bytes."""

    def __init__(self) -> None:
        self.hearers: list[Callable[[bytes], None]] = []

    def on_bytes(self, hearer: Callable[[bytes], None]) -> Callable[[], None]:
        self.hearers.append(hearer)
        return lambda: self.hearers.remove(hearer)

    def say(self, data: bytes) -> None:
        for hear in self.hearers:
            hear(data)


async def test_what_is_heard_is_taken_once_and_until_the_end() -> None:
    link = Hearing()
    running = Tapes(link.on_bytes)
    number = running.begin()
    link.say(b"Pe\xc3")
    link.say(b"\xb1a")
    assert [piece.data for piece in running.take(number)[0]] == [b"Pe\xc3", b"\xb1a"]
    link.say(b"more")
    assert [piece.data for piece in running.end(number)[0]] == [b"more"]
    assert link.hearers == []
    with pytest.raises(NoSuchTape):
        running.take(number)


async def test_a_tape_that_nobody_fetches_is_forgotten() -> None:
    link = Hearing()
    running = Tapes(link.on_bytes, patience=0.05)
    running.begin()
    await asyncio.sleep(0.15)
    assert link.hearers == []


def test_more_than_fits_is_not_kept_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tapes, "LONGEST", 5)
    tape = Tape()
    tape.hear(b"abc")
    tape.hear(b"defg")
    tape.hear(b"h")
    assert ([piece.data for piece in tape.take()], tape.full) == ([b"abc"], True)


def test_bytes_come_back_from_the_file_as_they_were() -> None:
    pieces = [Piece(0.0, bytes(range(256))), Piece(1.5, "Peña".encode("latin-1"))]
    assert list(read_pieces(piece.line for piece in pieces)) == pieces


@pytest.mark.parametrize(
    "line", ["no", "[]", '{"at": 1}', '{"at": 1, "bytes": 2}', '{"at": "x", "bytes": ""}']
)
def test_a_line_of_something_else_is_named(line: str) -> None:
    with pytest.raises(NotARecording, match="línea 2"):
        list(read_pieces(["\n", line]))
