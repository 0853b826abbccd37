"""How far a publication is, for whoever waits for it."""

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """In their order. STANDING: the PBX takes the release and is read back."""

    COMPILING = "compiling"
    SPEAKING = "speaking"
    STANDING = "standing"


Progress = Callable[[Stage, int, int], None]
"""The stage, and how many of how many are done of it; 0 of 0 where nothing is counted."""


def unheard(stage: Stage, done: int, of: int, /) -> None:
    """Nobody waits."""


def speaking(progress: Progress, unspoken: int) -> Callable[[int, int], None]:
    """Tells of the texts that are spoken one by one, and when all of them are."""

    def spoken(done: int, of: int) -> None:
        progress(Stage.STANDING if done >= of else Stage.SPEAKING, done, of)

    spoken(0, unspoken)
    return spoken
