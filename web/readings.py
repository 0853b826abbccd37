"""Doors whose answer shows affiliates' data or a secret: each answer is a deed of the audit trail.

The table of routes (`web.access`) names them. A coordinator's pop is none: the call's own record says at
which phones it rang.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from cases.views import case_number
from staff.audit import Deed
from staff.audit_readings import NotNoted
from web import refusals
from web.keys import services

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Reading:
    """`action` is the deed's; `subject` says of what."""

    action: str
    subject: Callable[[web.Request], str]


def _case(request: web.Request) -> str:
    return case_number(int(request.match_info["id"].removeprefix("AV-")))


def _call(request: web.Request) -> str:
    return request.match_info["id"]


def _extension(request: web.Request) -> str:
    return request.match_info["extension"]


def _document(request: web.Request) -> str:
    return f"ALTA-{request.match_info['id']} {request.match_info['document']}"


def _list(request: web.Request) -> str:
    return request.path


def _path(request: web.Request) -> str:
    return request.path


CASE = Reading("case.read", _case)
CALL = Reading("call.read", _call)
CASES = Reading("case.listed", _list)
CALLS = Reading("call.listed", _list)
DOCUMENT = Reading("document.read", _document)
PROVIDER_DOCUMENT = Reading("provider.document-read", _path)
BASE = Reading("base.read", _path)
PHONE = Reading("phone.read", _extension)
AUDIT = Reading("audit.read", _list)


async def noted(request: web.Request, reading: Reading | None, handler: Handler) -> web.StreamResponse:
    """The handler's answer, once that it was read is noted. What is refused was not read."""
    answer = await handler(request)
    if reading is not None and answer.status == 200:
        deed = Deed(reading.action, reading.subject(request), after=dict(request.query))
        try:
            await services(request).readings.note(deed)
        except NotNoted as error:
            raise refusals.cannot_be_noted(str(error)) from error
    return answer
