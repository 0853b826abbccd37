"""What a test of a line found: values, and the one way in which they are written and hashed (P39, P40)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter

from ivr_audio.reception import Reception
from staff.audit import canonical


class Kind(StrEnum):
    """Who tested, and what for. `BY_HAND` is a call from an outside line."""

    IT = "it"
    OPERATIONS = "operations"
    CANARY = "canary"
    BY_HAND = "by-hand"


class Result(StrEnum):
    """How a test ended. Only one that ran to its end passed or failed."""

    PASSED = "passed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `code` is stable; the texts are Spanish, `advice` says what to do."""

    code: str
    title: str
    passed: bool
    expected: str
    found: str
    advice: str = ""
    ms: int | None = None


@dataclass(frozen=True, slots=True)
class HeardPrompt:
    """A prompt of the plan as it was looked for in a recording; seconds of the recording, dBFS."""

    prompt: str
    verdict: str
    similarity: float
    share: float
    offset: float
    ends: float
    level: float

    @property
    def lasts(self) -> float:
        return self.ends - self.offset


_LaterAdded = Annotated[Reception | None, Field(exclude_if=lambda value: value is None)]
"""Reports that were written before lack it, and keep their hashes."""


@dataclass(frozen=True, slots=True)
class TestedCall:
    """One test call. `recording` is the SHA-256 of the WAV that the caller heard; `timings` are milliseconds
    from the INVITE; `path` what the PBX did, a line a step; `id` the test's name within its script;
    `reception` how sound came, `before` how it came in a first call of which nobody could say what it heard.
    """

    __test__: ClassVar[bool] = False  # no test class of pytest's

    id: str
    title: str
    line: str
    began: datetime
    ended: datetime
    checks: tuple[Check, ...]
    call: str = ""
    timings: Mapping[str, int] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    prompts: tuple[HeardPrompt, ...] = ()
    recording: str | None = None
    sip: str = ""
    reception: _LaterAdded = None
    before: _LaterAdded = None

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def unclear(self) -> bool:
        """Nothing is wrong but the line by which sound came."""
        return not self.passed and all(check.passed or check.code == "reception" for check in self.checks)


@dataclass(frozen=True, slots=True)
class Ear:
    """What somebody said of a prompt after listening to it."""

    prompt: str
    right: bool
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A test of one version of a plan, whole. `fingerprint` names what the PBX stood on
    (`Provisioner.entry_of`), `release` the files; `left_out` says what was not tested and why; `numbers` are
    the header numbers called. `id` and `hash` are the store's.
    """

    kind: Kind
    plan: str
    plan_name: str
    subsidiary: str
    account: str
    version: str
    fingerprint: str
    release: str
    by: str
    begun: datetime
    ended: datetime
    result: Result
    calls: tuple[TestedCall, ...] = ()
    numbers: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    ears: tuple[Ear, ...] = ()
    note: str = ""
    id: int | None = None
    hash: str = ""

    @property
    def passed(self) -> bool:
        return self.result is Result.PASSED

    @property
    def checks(self) -> tuple[Check, ...]:
        """Those of all calls, and what ears said."""
        return (*(check for call in self.calls for check in call.checks), *map(ear_check, self.ears))

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)


def ear_check(ear: Ear) -> Check:
    """What somebody said of a prompt, as a check of the test."""
    found = "oída y correcta" if ear.right else f"oída e incorrecta: {ear.comment}"
    advice = "" if ear.right else "Corrija la locución, apruébela y publique el plan otra vez."
    return Check("ears", f"Se escuchó «{ear.prompt}»", ear.right, "oída y correcta", found, advice)


_REPORT = TypeAdapter(Report)
_CALLS = TypeAdapter(tuple[TestedCall, ...])
_EARS = TypeAdapter(tuple[Ear, ...])


def body(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, without what the store adds to it."""
    plain: dict[str, Any] = _REPORT.dump_python(replace(report, id=None, hash=""), mode="json")
    return {name: value for name, value in plain.items() if name not in ("id", "hash")}


def report_of(plain: Mapping[str, Any]) -> Report:
    """Undo `body`. Raises ValueError for anything else."""
    return _REPORT.validate_python(dict(plain))


def hash_of(report: Report) -> str:
    """SHA-256, in hexadecimal, over the canonical JSON of `body`."""
    return hashlib.sha256(canonical(body(report)).encode()).hexdigest()


def calls_body(calls: tuple[TestedCall, ...]) -> list[Any]:
    """Some calls as plain JSON values."""
    plain: list[Any] = _CALLS.dump_python(calls, mode="json")
    return plain


def calls_of(plain: Any) -> tuple[TestedCall, ...]:
    """Undo `calls_body`."""
    return _CALLS.validate_python(plain)


def ears_body(ears: tuple[Ear, ...]) -> list[Any]:
    """What ears said, as plain JSON values."""
    plain: list[Any] = _EARS.dump_python(ears, mode="json")
    return plain


def ears_of(plain: Any) -> tuple[Ear, ...]:
    """Undo `ears_body`."""
    return _EARS.validate_python(plain)
