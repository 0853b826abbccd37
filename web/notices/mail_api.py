"""The mail for other programs: what goes out and how it fares, what came in."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from aiohttp import web
from pydantic import Field

from cases.pages import Page
from provisioning.notices.mailroom import MailFilter, MailPage, MailRefused, Received, Sending
from web import refusals
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, IdAsked, LimitAsked, MarkAsked, TextAsked
from web.api_models import PageOf
from web.keys import person, services
from web.notices.mail import find

Item = TypeVar("Item")


class _MailAsked(Asked):
    text: Annotated[TextAsked, Field(description="Palabras de la dirección o del asunto.")] = ""
    about: Annotated[TextAsked, Field(description="De qué, como «alta:7».")] = ""
    limit: LimitAsked = 50
    after: MarkAsked | None = None


class LettersAsked(_MailAsked):
    state: Annotated[
        Literal["pending", "sending", "sent", "failed", "doubtful"] | None, Field(description="Cómo van.")
    ] = None


class ArrivalsAsked(_MailAsked):
    outcome: Annotated[
        Literal["landed", "refused", "dropped"] | None, Field(description="Qué fue de ellos.")
    ] = None


class MailNamed(Asked):
    id: IdAsked


class SentAgain(MailNamed):
    doubtful: Annotated[bool, Field(description="Que salga aunque quizás ya haya llegado.")] = False


class LetterRow(Answer):
    """Un correo que sale."""

    id: int
    kind: str
    recipient: str
    subject: str
    about: str
    state: Annotated[str, Field(description="pending, sending, sent, failed o doubtful: quizás salió.")]
    tries: int
    created: datetime
    due: datetime
    ended: datetime | None
    error: str
    confidential: bool


class Letter(LetterRow):
    text: Annotated[str | None, Field(description="null si es confidencial.")]


class ArrivalRow(Answer):
    """Un correo que llegó."""

    id: int
    at: datetime
    sender: str
    subject: str
    size: int
    outcome: Annotated[str, Field(description="landed, refused o dropped.")]
    reason: str
    about: str
    person: str | None


class Arrival(ArrivalRow):
    text: str


class Letters(PageOf[LetterRow]):
    """El correo que sale, del más nuevo al más viejo."""


class Arrivals(PageOf[ArrivalRow]):
    """El correo que llegó, del más nuevo al más viejo."""


@endpoint("El correo que sale, del más nuevo al más viejo.", LettersAsked, Letters)
async def letters(request: web.Request, asked: LettersAsked) -> Page[Sending]:
    wanted = MailFilter(asked.text, asked.state or "", asked.about)
    room = services(request).office.mailroom
    return _page(await room.sent(wanted, person(request).scope, _before(asked), asked.limit))


@endpoint("El correo que llegó, del más nuevo al más viejo.", ArrivalsAsked, Arrivals)
async def arrivals(request: web.Request, asked: ArrivalsAsked) -> Page[Received]:
    wanted = MailFilter(asked.text, asked.outcome or "", asked.about)
    room = services(request).office.mailroom
    return _page(await room.came(wanted, person(request).scope, _before(asked), asked.limit))


@endpoint("Un correo que sale, con su texto.", MailNamed, Letter)
async def letter(request: web.Request, _asked: MailNamed) -> Sending:
    return await find(request)


@endpoint("Un correo que llegó, con su texto.", MailNamed, Arrival)
async def arrival(request: web.Request, asked: MailNamed) -> Received:
    found = await services(request).office.mailroom.arrival(int(asked.id), person(request).scope)
    if found is None:
        raise refusals.not_found("Ese correo no existe")
    return found


@endpoint("Manda un correo otra vez.", SentAgain, Letter, refuses=(MailRefused,))
async def again(request: web.Request, asked: SentAgain) -> Sending:
    await services(request).office.mailroom.again(await find(request), doubtful=asked.doubtful)
    return await find(request)


@endpoint("Anula un correo: no sale.", MailNamed, Letter, refuses=(MailRefused,))
async def withdraw(request: web.Request, _asked: MailNamed) -> Sending:
    await services(request).office.mailroom.withdraw(await find(request))
    return await find(request)


def _before(asked: _MailAsked) -> int | None:
    return int(asked.after) if asked.after else None


def _page(page: MailPage[Item]) -> Page[Item]:
    return Page(page.items, str(page.next) if page.next is not None else None)
