"""What goes out by mail, as letters: a notice, a digest of many, a text that a person wrote. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mail.company import Company
from mail.letter import Letter, write
from mail.message import LONGEST_SUBJECT
from provisioning.notices.carried import Part, as_text
from provisioning.notices.circle import Concern
from staff.absences import Absence
from staff.person import Person

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What letters are about: `about` is `alta:12`, `topic` how people call it, `path` its page."""

    about: str
    topic: str
    path: str
    plan: str
    concern: Concern

    def page(self, step: str) -> str:
        """Where one of its steps stands; the page of the whole without one."""
        return f"{self.path}/steps/{step}" if step else self.path


@dataclass(frozen=True, slots=True)
class Line:
    """One thing told; `link` is the whole address of its page. `over` is set when it was done meanwhile."""

    title: str
    detail: str
    link: str
    topic: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Whence letters come: the company, and the console's address."""

    company: Company
    address: str

    def link(self, path: str) -> str:
        return self.address.rstrip("/") + path


def notice(
    desk: Desk,
    person: Person,
    subject: Subject,
    lines: Sequence[Line],
    reply_to: str,
    for_whom: Sequence[Absence],
    by: str = "",
    sheet: tuple[Part, ...] = (),
) -> Letter:
    """What one event has for one person: `by` made it happen, `for_whom` are those whom they stand in for,
    `sheet` is what the letter carries of the plan.
    """
    more = f" (y {len(lines) - 1} más)" if len(lines) > 1 else ""
    letter = write(
        "notice",
        person.email or "",
        subject_line=_in_a_line(f"[{subject.topic}] {lines[0].title}{more}"),
        full_name=person.full_name,
        lines=lines,
        topic=subject.topic,
        account=subject.concern.account,
        for_whom=for_whom,
        by=by,
        sheet=sheet,
        sheet_text=as_text(sheet),
        answers=bool(reply_to),
        company=desk.company,
    )
    return _about(letter, subject, reply_to)


def digest(desk: Desk, person: Person, lines: Sequence[Line], day: str) -> Letter:
    """What gathered for one person; the lines stand together by topic."""
    topics: dict[str, list[Line]] = {}
    for line in lines:
        topics.setdefault(line.topic, []).append(line)
    waiting = sum(not line.over for line in lines)
    return write(
        "digest",
        person.email or "",
        subject_line=f"Resumen del {day}: {_counted(waiting)}",
        full_name=person.full_name,
        topics=topics,
        account_link=desk.link("/account"),
        company=desk.company,
    )


def by_hand(
    desk: Desk, recipient: str, subject_line: str, text: str, subject: Subject, signed: str, reply_to: str
) -> Letter:
    """A text that a person looked at and sends."""
    letter = write(
        "by_hand",
        recipient,
        subject_line=_in_a_line(subject_line),
        text=text.strip(),
        paragraphs=paragraphs(text),
        signed=signed,
        company=desk.company,
    )
    return _about(letter, subject, reply_to)


def refusal(desk: Desk, person: Person, subject: Subject, answered: str, reason: str) -> Letter:
    """Why what somebody answered did not land."""
    letter = write(
        "refusal",
        person.email or "",
        subject_line=_in_a_line(f"[{subject.topic}] Su respuesta no se agregó"),
        full_name=person.full_name,
        answered=answered,
        reason=reason,
        link=desk.link(subject.path),
        company=desk.company,
    )
    return _about(letter, subject, "")


def paragraphs(text: str) -> tuple[tuple[tuple[tuple[str, bool], ...], ...], ...]:
    """A plain text as paragraphs of lines of pieces, each with whether it is a link."""
    blocks = re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n"))
    return tuple(tuple(tuple(_pieces(line)) for line in block.splitlines()) for block in blocks)


def _pieces(line: str) -> Iterable[tuple[str, bool]]:
    at = 0
    for link in _LINK.finditer(line):
        yield line[at : link.start()], False
        yield link[0], True
        at = link.end()
    yield line[at:], False


def _about(letter: Letter, subject: Subject, reply_to: str) -> Letter:
    concern = subject.concern
    return replace(
        letter,
        about=subject.about,
        reply_to=reply_to,
        subsidiary=concern.subsidiary,
        account=concern.account,
        subject=letter.subject[:LONGEST_SUBJECT],
    )


def _in_a_line(text: str) -> str:
    """What can stand in a header: no line breaks, nothing that cannot be seen."""
    seen = "".join(sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in text)
    return " ".join(seen.split())


def _counted(lines: int) -> str:
    return {0: "nada pendiente", 1: "1 aviso"}.get(lines, f"{lines} avisos")
