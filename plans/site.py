"""What belongs to a site rather than to a plan: countries, carriers, queues, what phones may dial."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from plans.fields import Country, Prefix, Seconds, Slug, Strict, Text
from plans.model import Then

NumberForm = Literal["e164", "e164-no-plus", "national"]
Header = Literal["request-uri", "to", "p-called-party-id", "diversion"]
DialPrefix = Annotated[str, Field(pattern=r"^[0-9]{1,8}$")]
PLACEHOLDERS = ("cabecera", "tipo", "filial", "cuenta", "plan", "fecha")
"""What a letter to a carrier may name between braces."""


class Subsidiary(Strict):
    name: Text
    timezone: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2}-[A-Z0-9]{2,3}$")]

    def here(self, at: datetime) -> datetime:
        """That instant as its clocks show it."""
        return at.astimezone(ZoneInfo(self.timezone))


class Delivery(Strict):
    """How a carrier writes the called number, and in which part of the INVITE."""

    number: NumberForm
    into: Annotated[Header, Field(alias="in")] = "request-uri"


class CallerDelivery(Strict):
    """How a carrier writes the calling number."""

    number: NumberForm


class Contact(Strict):
    """Somebody at a carrier."""

    name: Text
    email: Text | None = None
    phone: Text | None = None


class RequestLetter(Strict):
    """The e-mail that asks a carrier for a number; `PLACEHOLDERS` are filled in."""

    subject: Text
    body: Text


class Carrier(Strict):
    """`prefixes` are digits that it puts before called numbers; in `usual_days` it gives a number.

    `canary` is how its numbers are called every day: within the PBX, or out by its trunk to the public number
    and back, which costs a call and also tells when the carrier has unlinked the number.
    """

    subsidiary: Country
    hosts: Annotated[tuple[Text, ...], Field(min_length=1)]
    delivers: Delivery
    caller: CallerDelivery
    name: Text | None = None
    prefixes: tuple[DialPrefix, ...] = ()
    contacts: tuple[Contact, ...] = ()
    request: RequestLetter | None = None
    usual_days: Annotated[int, Field(ge=1, le=365)] | None = None
    canary: Literal["loop", "trunk"] = "loop"


class Queue(Strict):
    """A group of coordinators. `nobody` is where a call goes when none of them is signed in.

    `extension` is the number by which phones pass calls on to it.
    """

    name: Text
    strategy: Literal["rrmemory", "leastrecent", "fewestcalls", "random", "ringall", "linear"] = "rrmemory"
    ring: Seconds = 15
    wrap_up: Seconds | None = None
    nobody: Then
    extension: Annotated[str, Field(pattern=r"^[0-9]{2,6}$")] | None = None


class Phones(Strict):
    """What coordinators' softphones may dial, and which number a called person sees."""

    allow: tuple[Prefix, ...] = ()
    emergency: tuple[Annotated[str, Field(pattern=r"^[*#0-9]{2,6}$")], ...] = ()
    shows: Literal["plan", "header"] = "plan"


class UnknownNumber(Strict):
    say: Text
    then: Then


class Duty(Strict):
    """The outside numbers that a plan or a queue may dial begin with one of these (E.164, `+5411`)."""

    dial_prefixes: tuple[Prefix, ...] = ()


class FantasyRules(Strict):
    """What the phones' displays hold."""

    characters: Annotated[int, Field(ge=1, le=80)] = 24
    bytes: Annotated[int, Field(ge=1, le=160)] = 40
    warn_over: Annotated[int, Field(ge=1, le=80)] = 16


class Site(Strict):
    altavoz: Literal[1]
    subsidiaries: Annotated[Mapping[Country, Subsidiary], Field(min_length=1)]
    carriers: Annotated[Mapping[Slug, Carrier], Field(min_length=1)]
    queues: Annotated[Mapping[Slug, Queue], Field(min_length=1)]
    phones: Phones = Phones()
    unknown_number: UnknownNumber
    duty: Duty = Duty()
    fantasy_name: FantasyRules = FantasyRules()
