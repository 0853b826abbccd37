"""A row of the table of routes (`web.access`), and where an application keeps the table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from web.menu import Group
from web.readings import Reading
from web.who import Who

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """`label` is what the navigation calls it, in its `group`; `while_one_time`: usable by somebody who has
    not yet changed a one-time password, `while_enrolling` by somebody who must first set up a second factor;
    `reading`: what the audit trail notes of each answer; `largest`: how many bytes a form with files may
    have here (`web.uploads`); a route without it takes none.
    """

    method: str
    path: str
    handler: Handler
    who: Who
    label: str = ""
    while_one_time: bool = False
    while_enrolling: bool = False
    reading: Reading | None = None
    largest: int = 0
    group: Group = Group.ALTAS


ROWS = web.AppKey("rows", Mapping[web.AbstractRoute, Route])
