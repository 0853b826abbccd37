"""The kinds of values that the API takes and gives: each says its rule once, to all who ask for it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from staff.written import said

MOST = 200
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?", re.ASCII | re.I)


class Asked(BaseModel):
    """Parameters. One that the door does not know is refused: a filter with a typing error would show all."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered, made of a value of ours that has the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def _plus(written: Any) -> Any:
    """In a query `+` means a space; one that comes as a space, or is left out, is understood."""
    return f"+{written.strip().removeprefix('+')}" if isinstance(written, str) else written


def _instant(written: Any) -> Any:
    """A day is its first instant in UTC. Raises ValueError for what no calendar has."""
    if not isinstance(written, str) or not _INSTANT.fullmatch(written := written.replace(" ", "+")):
        raise ValueError("no es un instante")
    instant = datetime.fromisoformat(written.upper())
    try:
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("fuera del calendario") from error


def _count(written: Any) -> Any:
    """Digits only: none of the other ways in which Python reads a number."""
    if isinstance(written, str) and not (written.isascii() and written.isdecimal()):
        raise ValueError("no es un número")
    return written


def whole(written: Any) -> Any:
    """In JSON 3.0 is the number 3."""
    return int(written) if isinstance(written, float) and written.is_integer() else written


def _seconds(lasted: Any) -> Any:
    return lasted.total_seconds() if isinstance(lasted, timedelta) else lasted


LineAsked = Annotated[
    str,
    BeforeValidator(_plus),
    StringConstraints(pattern=r"^\+[0-9]{6,15}$"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\+[0-9]{6,15}$",
            "description": "Línea en E.164; en la dirección, «%2B541143218765».",
        }
    ),
]
PlanAsked = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9-]{1,40}$"),
    Field(description="Nombre del plan, como «hogar-nandu».", examples=["hogar-nandu"]),
]
TextAsked = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
InstantAsked = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
            "description": "Instante ISO 8601 con huso, como «2026-11-21T14:05:00Z», o un día (UTC).",
        }
    ),
]
LimitAsked = Annotated[
    int, Field(ge=1, le=MOST, description=f"Cuántos por página, de 1 a {MOST}."), BeforeValidator(_count)
]
IdAsked = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$"), Field(description="Su «id».")]
_SEEN = "[!-~¡-¬®-ʯЀ-ԯ]"
"""A sign that is seen: a reason of spaces and of what is drawn as nothing says none."""
ReasonAsked = Annotated[
    str,
    StringConstraints(pattern=rf"^[^\x00]*{_SEEN}[^\x00]*$", max_length=2000),
    AfterValidator(said),
    Field(description="Por qué: queda escrito."),
]
WholeAsked = Annotated[int, Field(ge=0, lt=10**9), BeforeValidator(whole)]
WhyAsked = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00]*$", max_length=2000),
    AfterValidator(said),
    Field(description="Por qué; hay casos en que hace falta."),
]
MarkAsked = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,9}$"),
    Field(description="La marca «next» de la página anterior."),
]
AfterAsked = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$"),
    Field(description="La marca «next» de la página anterior."),
]
Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    PlainSerializer(lambda value: round(value, 6)),
    Field(ge=0, description="Segundos."),
]
Names = Annotated[list[str], BeforeValidator(lambda many: sorted(many))]
