"""Field types that plans and sites share: durations, clock times, digit ranges, and the strict base model."""

import re
import unicodedata
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

_DURATION = re.compile(r"(\d{1,5})\s*(s|m|h)")
_UNIT = {"s": 1, "m": 60, "h": 3600}


class Strict(BaseModel):
    """A frozen model that takes the keys and types it names and nothing else."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise ValueError("escriba una duración como «20s», «3m» o «1h»")
    return int(match[1]) * _UNIT[match[2]]


def _percent(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{1,3}%", value.strip()):
        raise ValueError("escriba un porcentaje como «80%»")
    return int(value.strip()[:-1])


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)|24:00", value)
    if match is None:
        raise ValueError("escriba una hora entre comillas como «08:00»")
    return 24 * 60 if value == "24:00" else int(match[1]) * 60 + int(match[2])


def clock_text(minutes: int) -> str:
    """Minutes since midnight as `HH:MM`; the end of the day is `24:00`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


Seconds = Annotated[
    int,
    BeforeValidator(_seconds, json_schema_input_type=Annotated[str, Field(pattern=r"^\d{1,5}\s*[smh]$")]),
    Field(gt=0, le=24 * 3600),
    PlainSerializer(lambda value: f"{value}s", return_type=str),
]
"""A duration in whole seconds, written `20s`, `3m` or `1h`."""

Percent = Annotated[
    int,
    BeforeValidator(_percent, json_schema_input_type=Annotated[str, Field(pattern=r"^\d{1,3}%$")]),
    Field(ge=1, le=100),
    PlainSerializer(lambda value: f"{value}%", return_type=str),
]
"""A share from 1 to 100, written `80%`."""

Minute = Annotated[
    int,
    BeforeValidator(_clock, json_schema_input_type=Annotated[str, Field(pattern=r"^\d\d:\d\d$")]),
    Field(ge=0, le=24 * 60),
    PlainSerializer(clock_text, return_type=str),
]
"""A time of day in minutes since midnight, written `"08:00"`; `"24:00"` is the end of the day."""


def _unspaced(value: object) -> object:
    return re.sub(r"[\s\-()]+", "", value) if isinstance(value, str) else value


Prefix = Annotated[
    str,
    BeforeValidator(_unspaced, json_schema_input_type=Annotated[str, Field(pattern=r"^\+[\d\s()-]+$")]),
    Field(pattern=r"^\+\d{1,14}$"),
]
"""How numbers begin, in international writing: `+54 11`; spaces and hyphens do not count."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")]
"""A name for machines: lower-case letters, digits and hyphens, at most 40."""

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Digit = Annotated[str, Field(pattern=r"^[0-9*#]$")]


_LONGEST_SLUG = 40


def slug_of(text: str) -> str:
    """A Slug that looks like `text` (`Hogar Ñandú` → `hogar-nandu`); empty when nothing of it remains.

    What is too long ends with a whole word.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    whole = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(whole) <= _LONGEST_SLUG:
        return whole
    return whole[: _LONGEST_SLUG + 1].rpartition("-")[0] or whole[:_LONGEST_SLUG]
