"""A procedure's file in, a procedure out, or every problem of it with file and line, all at once."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from plans.draft import tell
from plans.problems import PlanProblems, Problem, errors, in_order
from plans.raw import Fault, look
from plans.salvage import refused
from plans.strict_yaml import Document, Path, read, read_file
from plans.words import near
from provisioning.alta.evidence import EVIDENCE
from provisioning.alta.procedure import COORDINATORS, EVERYBODY, Procedure, Step
from staff.names import BadName, area_name

SHIPPED = File(__file__).parent / "steps.yaml"


@dataclass(frozen=True, slots=True)
class Written:
    """A procedure with the text it was read from and the SHA-256 that names the text."""

    procedure: Procedure
    text: str
    hash: str


def load_procedure(path: File | str) -> Written:
    """The procedure of a file. Raises `PlanProblems`."""
    return _made(read_file(File(path), "ALTA"))


@cache
def read_procedure(text: str) -> Written:
    """A text that was kept. Raises `PlanProblems`."""
    return _made(read(text, "procedimiento", "ALTA"))


def _made(document: Document) -> Written:
    problems = in_order((*document.problems, *_problems(document)))
    if errors(problems) or document.data is None:
        raise PlanProblems(problems)
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    return Written(Procedure.model_validate(document.data), document.text, digest)


def _problems(document: Document) -> Iterator[Problem]:
    """What stands against the document: how it is written, then what it means as far as it can be read."""
    if document.data is None:
        return
    faults = tuple(look(document.data))
    yield from tell(
        list(refused(Procedure, document.data)), document, Procedure, {path for path, *_ in faults}
    )
    for path, number, message in (*faults, *_meaning(document.data)):
        yield document.problem(path, number, message)


def _meaning(data: Mapping[str, Any]) -> Iterator[Fault]:
    listed = data.get("steps")
    written = listed if isinstance(listed, tuple) else ()
    steps = {at: step for at, raw in enumerate(written) if (step := _step(raw)) is not None}
    yield from _twice(written)
    yield from _given_twice(steps)
    yield from _names_twice(steps)
    known = set(_names(written))
    for at, step in steps.items():
        place = ("steps", at)
        yield from ((place + path, number, said) for path, number, said in _of_step(step, known))
    if len(steps) == len(written):
        yield from _cycles(steps)


def _step(raw: Any) -> Step | None:
    try:
        return Step.model_validate(raw)
    except ValidationError:
        return None


def _names(written: tuple[Any, ...]) -> Iterator[str]:
    """What the steps give, also those that have a problem of their own."""
    for raw in written:
        if isinstance(raw, dict):
            gives = raw.get("gives", ())
            found = (raw.get("id"), *(gives if isinstance(gives, tuple) else ()))
            yield from (name for name in found if isinstance(name, str))


def _twice(written: tuple[Any, ...]) -> Iterator[Fault]:
    ids = [raw.get("id") if isinstance(raw, dict) else None for raw in written]
    for at, id in enumerate(ids):
        if isinstance(id, str) and id in ids[:at]:
            yield ("steps", at, "id"), "101", f"ya hay un paso «{id}»; dele otro nombre"


def _given_twice(steps: Mapping[int, Step]) -> Iterator[Fault]:
    """Two steps of one kind of alta may not give the same: whoever needs it would not know which."""
    givers: dict[tuple[str, str], str] = {}
    for at, step in steps.items():
        for name, kind in ((name, kind) for name in sorted(step.given) for kind in step.kinds):
            other = givers.setdefault((name, kind), step.id)
            if other != step.id:
                yield ("steps", at, "gives"), "104", f"«{name}» ya lo da el paso «{other}»; use otro nombre"
                break


def _names_twice(steps: Mapping[int, Step]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for at, step in steps.items():
        for n, wanted in enumerate(step.documents):
            if wanted.name in seen:
                yield (
                    ("steps", at, "documents", n, "name"),
                    "109",
                    f"el documento «{wanted.name}» ya lo pide el paso «{seen[wanted.name]}»; use otro nombre",
                )
            seen.setdefault(wanted.name, step.id)


def _of_step(step: Step, known: set[str]) -> Iterator[Fault]:
    for n, need in enumerate(step.needs):
        if need in step.given:
            yield ("needs", n), "103", f"el paso se necesita a sí mismo («{need}»); quítelo"
        elif need not in known:
            hint = near(need, sorted(known)) or "; escriba el «id» de un paso o algo que un paso da («gives»)"
            yield ("needs", n), "102", f"ningún paso da «{need}»{hint}"
    for n, name in enumerate(step.evidence):
        if name not in EVIDENCE:
            hint = near(name, EVIDENCE) or f"; hay: {', '.join(EVIDENCE)}"
            yield ("evidence", n), "105", f"no hay una evidencia «{name}»{hint}"
    yield from _closing(step)
    yield from _areas(step)
    for n, rule in enumerate(step.notices):
        if rule.when == "late" and rule.carries:
            said = "un recordatorio no lleva datos del plan: quite «carries»"
            yield ("notices", n, "carries"), "113", said


def _closing(step: Step) -> Iterator[Fault]:
    proof = (*step.evidence, *step.documents, *step.signatures)
    if step.closes == "by-evidence" and not (step.evidence or step.signatures):
        yield ("closes",), "106", "un paso que se cierra por su evidencia la nombra: escriba «evidence»"
    if step.closes == "by-time" and (step.gate or proof):
        yield ("closes",), "107", "un paso que se cierra por plazo no exige nada: quite «gate» y lo que pide"
    if step.gate and not proof:
        yield ("gate",), "111", "una compuerta exige algo: escriba «evidence», «documents» o «signatures»"
    if step.gate and step.optional:
        yield ("optional",), "112", "una compuerta no se puede saltear: quite «optional» o «gate»"
    if step.form and not step.signatures:
        yield ("form",), "108", "un formulario se firma: escriba en «signatures» qué áreas lo firman"
    if len(set(step.signatures)) != len(step.signatures):
        yield ("signatures",), "108", "cada área firma una vez: quite la repetida"


def _areas(step: Step) -> Iterator[Fault]:
    places: list[tuple[Path, str]] = [(("areas", n), name) for n, name in enumerate(step.areas)]
    places += [(("signatures", n), name) for n, name in enumerate(step.signatures)]
    for at, rule in enumerate(step.notices):
        places += [(("notices", at, "to", n), name) for n, name in enumerate(rule.to)]
    for place, name in places:
        try:
            if name not in (EVERYBODY, COORDINATORS):
                area_name(name)
        except BadName as bad:
            yield place, "110", f"«{name}» no sirve como área: {bad}"


def _cycles(steps: Mapping[int, Step]) -> Iterator[Fault]:
    """What waits for itself never opens."""
    given = {name: step.id for step in steps.values() for name in step.given}
    needs = {step.id: {given[need] for need in step.needs if need in given} for step in steps.values()}
    free: set[str] = set()
    while ready := {id for id, wanted in needs.items() if id not in free and wanted <= free}:
        free |= ready
    for at, step in steps.items():
        if step.id not in free and not needs[step.id] & {step.id}:
            yield ("steps", at, "needs"), "103", f"«{step.id}» nunca se abre: los pasos se esperan en círculo"
