"""Who acts, from the door to the row: set once where a request comes in, read where a change is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is an account's name, `token:<name>`, or `altavoz` itself; `via` is `web`, `api`, `command` or
    `service`; `address` is whence it came by the network, or the machine's account that acted for them;
    `by_token` names the token of a person by which they act."""

    name: str
    via: str
    address: str | None = None
    by_token: str = ""


SERVICE = Actor("altavoz", "service")
NOBODY = "sin sesión"
"""The name of who has not signed in; with its space it can be no account's."""
_current: ContextVar[Actor] = ContextVar("actor", default=SERVICE)


def current() -> Actor:
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Within, `current()` is this actor."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
