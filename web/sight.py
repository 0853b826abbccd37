"""What of calls and cases the one who asks may see, as the readers of `cases.store` take it."""

from typing import TypedDict

from aiohttp import web

from staff.person import Person
from staff.scope import Scope
from web.keys import session


class Sight(TypedDict):
    scope: Scope
    own: str | None


def sight_of(person: Person) -> Sight:
    """The rows of the person's scope, and their own."""
    return {"scope": person.scope, "own": person.name}


def sight(request: web.Request) -> Sight:
    return sight_of(session(request).person)
