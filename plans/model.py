"""What a plan is. Frozen values; how they are read, checked and written is in the other files of this room.

Numbers (`Line.header`, `Line.public`, `Destination.dial`) are held in E.164 (`+541143218765`), whatever
writing the file used: the loader undoes the writing before it builds these models.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from plans.fields import Country, Digit, Minute, Percent, Seconds, Slug, Strict, Text

CaseKind = Literal[
    "emergencia", "programada", "informacion", "consulta", "solicitud", "inquietud", "queja", "reclamo"
]
AccountType = Literal["aseguradora", "banco", "retail", "telco", "caja de compensación", "otro"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Account(Strict):
    """The client that sells the plan (P1)."""

    name: Text
    type: AccountType
    tax_id: Text | None = None


class Line(Strict):
    """A header number (P20), the public number mounted on it (P21) and the carrier that delivers it."""

    header: str
    public: str | None = None
    carrier: Slug


class Prompt(Strict):
    """What a caller hears: a recording (`audio`, a path beside the plan's file), else the text spoken."""

    text: Text | None = None
    audio: Text | None = None

    @model_validator(mode="after")
    def _something_to_hear(self) -> "Prompt":
        if self.text is None and self.audio is None:
            raise ValueError("escriba «text» (lo dice la voz) o «audio» (la grabación)")
        return self


_DESTINATIONS = ("queue", "menu", "callback", "dial", "repeat", "hangup")


def _hangup_word(value: object) -> object:
    return {"hangup": True} if value == "hangup" else value


class Destination(Strict):
    """Where a call goes: exactly one of the six. The word `hangup` alone is written for `{hangup: true}`."""

    queue: Slug | None = None
    menu: Slug | None = None
    callback: Slug | None = None
    dial: str | None = None
    repeat: Literal[True] | None = None
    hangup: Literal[True] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Destination":
        given = [name for name in _DESTINATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("escriba exactamente un destino: queue, menu, callback, dial, repeat o hangup")
        return self

    @property
    def to(self) -> str:
        """Which of the six it is."""
        return next(name for name in _DESTINATIONS if getattr(self, name) is not None)


Then = Annotated[
    Destination, BeforeValidator(_hangup_word, json_schema_input_type=Destination | Literal["hangup"])
]


class Choice(Destination):
    """What one key of a menu does."""

    label: Text | None = None
    kind: CaseKind | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    hours: Slug | None = None


KeyPress = Annotated[Choice, BeforeValidator(_hangup_word, json_schema_input_type=Choice | Literal["hangup"])]


class Menu(Strict):
    say: Slug
    wait: Seconds = 5
    tries: Annotated[int, Field(ge=1, le=9)] = 3
    choices: Annotated[Mapping[Digit, KeyPress], Field(min_length=1)]
    otherwise: Then


class Say(Strict):
    """A prompt that a key of the first menu may cut short."""

    say: Slug


class Notice(Strict):
    """The privacy notice: heard whole, before any recording starts."""

    notice: Slug


class Ask(Strict):
    """Digits typed by the caller after the prompt of the same name; shown on the screen pop."""

    ask: Slug
    digits: Annotated[str, Field(pattern=r"^\d{1,2}(-\d{1,2})?$")]
    tries: Annotated[int, Field(ge=1, le=9)] = 2
    required: bool = False

    @property
    def fewest(self) -> int:
        return int(self.digits.split("-")[0])

    @property
    def most(self) -> int:
        return int(self.digits.split("-")[-1])


def _step_kind(value: Any) -> str:
    keys = (
        value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Strict) else ()
    )
    return next((kind for kind in ("say", "notice", "ask") if kind in keys), "go")


Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[Notice, Tag("notice")]
    | Annotated[Ask, Tag("ask")]
    | Annotated[Then, Tag("go")],
    Discriminator(_step_kind),
]


_DAY = "(mon|tue|wed|thu|fri|sat|sun)"


class WeekRow(Strict):
    """Opening hours of some days: `mon-fri`, `sat`, `mon,wed,fri`. `to` before `from` runs past midnight."""

    days: Annotated[str, Field(pattern=rf"^{_DAY}([-,]{_DAY})*$")]
    open: Annotated[Minute, Field(alias="from")]
    close: Annotated[Minute, Field(alias="to")]

    def weekdays(self) -> tuple[int, ...]:
        """ISO weekdays, 1 is Monday."""
        return tuple(sorted({day for part in self.days.split(",") for day in _span(part)}))


def _span(part: str) -> Iterator[int]:
    first, _, last = part.partition("-")
    start, stop = WEEK.index(first), WEEK.index(last or first)
    return ((start + i) % 7 + 1 for i in range((stop - start) % 7 + 1))


class Closed(Strict):
    """What a caller hears and where the call goes outside the hours."""

    say: Slug | None = None
    then: Then


class Calendar(Strict):
    week: Annotated[tuple[WeekRow, ...], Field(min_length=1)]
    holidays: Literal["open", "closed"] = "open"
    closed: Closed


class Waiting(Strict):
    """How long a call waits in a queue, what it hears first, and what comes after."""

    say: Slug | None = None
    max: Seconds
    then: Then


class ServiceLevel(Strict):
    """P2: the share of calls to be answered within the time."""

    answer_within: Seconds
    share: Percent


class EventLimit(Strict):
    limit: Annotated[int, Field(gt=0)]
    per: Literal["month", "year", "contract"]


class AmountLimit(Strict):
    limit: Annotated[int, Field(gt=0)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per: Literal["event", "month", "year", "contract"]


class Coverage(Strict):
    """One assistance that the plan gives, with its limits."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")]
    name: Text
    service: Slug
    kind: CaseKind
    events: EventLimit | None = None
    amount: AmountLimit | None = None
    excludes: Text | None = None


class Plan(Strict):
    """An assistance plan, from the number that is dialled to the coverages a coordinator reads."""

    altavoz: Literal[1]
    plan: Slug
    name: Text
    account: Account
    subsidiary: Country
    fantasy_name: Text
    starts: date
    ends: date | None = None
    sold_by: tuple[Slug, ...] = ()
    scope: Literal["local", "regional", "nacional", "internacional"] | None = None
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    prompts: Mapping[Slug, Prompt] = Field(default_factory=dict)
    answer: Annotated[tuple[Step, ...], Field(min_length=1)]
    menus: Mapping[Slug, Menu] = Field(default_factory=dict)
    hours: Slug = "always"
    calendars: Mapping[Slug, Calendar] = Field(default_factory=dict)
    waiting: Mapping[Slug, Waiting] = Field(default_factory=dict)
    record: bool = False
    service_level: ServiceLevel | None = None
    coverages: Annotated[tuple[Coverage, ...], Field(min_length=1)]
    guide: Text | None = None
    conditions: Text | None = None


class PlanVersion(Strict):
    """A plan as it was applied: immutable, named by the hash of its content.

    `recordings` names, for each prompt that has a recording, its sound in the PBX (`altavoz/<sha256>`).
    """

    plan: Plan
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    recordings: Mapping[str, str] = Field(default_factory=dict)

    @property
    def short(self) -> str:
        """The twelve characters of the hash that names use."""
        return self.hash[:12]
