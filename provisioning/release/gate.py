"""What must hold before strangers are let in to a version of a plan (P39, P40). Pure.

The procedure says which of an alta's steps lead to the release; two things no procedure can take away: both
tests passed on this very version, by two people of the house, and who releases neither configured it nor
tested it for Sistemas.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from provisioning.alta.evidence import Found, Item
from provisioning.alta.views import AltaState, AltaView, StepState, StepView
from staff.actor import SERVICE

RELEASED = "released"
_NOBODY = (
    "La publicó «{}», que no es una cuenta de la consola: no se sabe quién es otra persona. Retire la versión"
    " en prueba y publíquela desde la consola, o con «altavoz plan apply --by CUENTA»."
)
COORDINATORS = "coordinators-confirmed"
TESTS = ("tested-it", "tested-operations")


@dataclass(frozen=True, slots=True)
class Demand:
    """`said` is what was found, in a sentence that also tells what to do when it is not `met`.

    `by` are the accounts of those who made it true, `at` when it came true; `items` the details.
    """

    code: str
    title: str
    met: bool
    said: str
    link: str = ""
    by: tuple[str, ...] = ()
    at: datetime | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A test of this very version that passed: the report's id, who ran it and when.

    `known`: by an account of the house. Who works at the machine itself goes by other names, so that nobody
    could say that it was somebody else.
    """

    report: int
    by: str
    at: datetime
    known: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """What the gate looks at. `by` is who would release, None for "whoever may".

    `answers` says whether strangers reach a version of this plan, or did until it was suspended;
    `configured_by` are those who wrote or published this one, `nobody` is the account that published it where
    that is nobody's in the console. `may` is whether `by` is of Operations; `names` are people's full names
    by account. `terms` are the words for what it changes of what was agreed with the client; `read` tells
    whether coordinators read what it changes for them, None when it changes nothing.
    """

    plan: str
    candidate: bool
    answers: bool
    configured_by: frozenset[str]
    it: Passed | None
    operations: Passed | None
    alta: AltaView | None
    by: str | None = None
    may: bool = True
    nobody: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    read: Found | None = None

    def who(self, account: str) -> str:
        """How people call somebody."""
        return self.names.get(account, account)


def demands(case: Case) -> tuple[Demand, ...]:
    """Everything that is asked, met or not, in the order in which people see to it."""
    return (_stands(case), *_alta(case), *_tests(case), *_person(case))


def open_to(found: tuple[Demand, ...]) -> bool:
    return all(demand.met for demand in found)


def _stands(case: Case) -> Demand:
    said = (
        "Está en la central y responde solo a llamadas de prueba."
        if case.candidate
        else "No hay una versión por liberar: publíquela primero."
    )
    return Demand("candidate", "Versión en la central", case.candidate, said, f"/plans/{case.plan}")


def _alta(case: Case) -> Iterator[Demand]:
    if case.alta is not None and case.alta.state is AltaState.SUSPENDED:
        said = f"El alta está suspendida ({case.alta.reason}): retómela o cancélela primero."
        yield Demand("alta", "Alta del servicio", False, said, f"/altas/{case.alta.id}")
    elif case.alta is not None:
        yield from (_step(case, case.alta, step) for step in _on_the_way(case.alta))
    elif not case.answers:
        said = "Ningún alta lleva este plan: inicie una, que es la que reúne lo que falta."
        yield Demand("alta", "Alta del servicio", False, said, "/altas/new")
    elif case.terms:
        said = f"Esta versión cambia {_listed(case.terms)}: empiece un otro sí, que reúne lo que falta."
        yield Demand("alta", "Otro sí", False, said, f"/altas/new?kind=otro-si&plan={quote(case.plan)}")
    if case.read is not None and not _asks(case.alta, COORDINATORS):
        read = case.read
        items = tuple(item for item in read.items if read.ok or not item.ok)
        title = "Coordinadores avisados"
        yield Demand("coordinators", title, read.ok, read.said, read.link, read.by, read.at, items)


def _listed(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} y {last}" if first else last


def _asks(alta: AltaView | None, evidence: str) -> bool:
    """Whether the alta under way asks for it by one of its own gates."""
    if alta is None or alta.state is AltaState.SUSPENDED:
        return False
    return any(evidence in step.step.evidence for step in _on_the_way(alta))


def _on_the_way(alta: AltaView) -> Iterator[StepView]:
    """The gates that the release stands on, whatever a company calls them; the tests are asked apart."""
    release = alta.step_with(RELEASED)
    before = leading_to(alta, release) if release else frozenset[str]()
    for step in alta.steps:
        evidence = set(step.step.evidence)
        apart = bool(evidence) and evidence <= set(TESTS)
        if step.step.gate and not apart and step.id in before and step.state is not StepState.NOT_NEEDED:
            yield step


def leading_to(alta: AltaView, step: StepView) -> frozenset[str]:
    """The ids of all steps that must be over before this one, near and far."""
    present = {each.id for each in alta.steps}
    found: set[str] = set()
    left = {step.id}
    while left:
        each = alta.step(left.pop())
        new = alta.procedure.needed(each.step, present) - found if each else frozenset[str]()
        found |= new
        left |= new
    return frozenset(found)


def _step(case: Case, alta: AltaView, step: StepView) -> Demand:
    link = f"/altas/{alta.id}#step-{step.id}"
    lacking = [found for found in step.found.values() if not found.ok]
    if step.state.over and not lacking:
        return _proved(step, link)
    said = " ".join(found.said for found in lacking) or _state(step)
    items = tuple(item for found in lacking for item in found.items if not item.ok)
    return Demand(step.id, step.step.title, False, said, link, items=items)


def _proved(step: StepView, link: str) -> Demand:
    """What its evidence found, by whom and when; without any, who closed it."""
    found = tuple(step.found.values())
    done = "Hecho." if step.state is StepState.DONE else "Se salteó."
    said = " ".join(each.said for each in found) or done
    closed_by = (step.by,) if step.by not in (None, SERVICE.name) else ()
    by = tuple(dict.fromkeys(name for each in found for name in each.by)) or closed_by
    at = max((each.at for each in found if each.at), default=step.closed)
    items = tuple(item for each in found for item in each.items)
    return Demand(step.id, step.step.title, True, said, link, by, at, items)


def _state(step: StepView) -> str:
    if step.open:
        return "Falta cerrar este paso. " + " ".join(step.missing)
    return "Este paso todavía espera a otros."


def _tests(case: Case) -> Iterator[Demand]:
    yield _tested("tested-it", "Prueba de Sistemas", case.it, "Sistemas", case)
    yield _tested("tested-operations", "Prueba de Operaciones", case.operations, "Operaciones", case)
    if case.it is not None and case.operations is not None:
        problem = _not_two(case, case.it, case.operations)
        said = problem or "Las hicieron dos personas."
        by = (case.it.by, case.operations.by)
        yield Demand("two-people", "Dos personas", not problem, said, _tests_of(case), by)


def _not_two(case: Case, *tests: Passed) -> str:
    """Why two tests are not those of two people; empty when they are."""
    unknown = next((test.by for test in tests if not test.known), "")
    if unknown:
        return f"«{unknown}» no es una cuenta: repita esa prueba una persona con su cuenta."
    return (
        ""
        if len({test.by for test in tests}) > 1
        else f"{case.who(tests[0].by)} hizo las dos: otra persona repite una."
    )


def _tested(code: str, title: str, passed: Passed | None, area: str, case: Case) -> Demand:
    if passed is None:
        said = f"Esta versión, tal como está en la central, no tiene una prueba aprobada de {area}."
        return Demand(code, title, False, said, _tests_of(case))
    said, link = f"Aprobada: informe {passed.report}.", f"/line-tests/{passed.report}"
    return Demand(code, title, True, said, link, (passed.by,), passed.at)


def _tests_of(case: Case) -> str:
    return f"/line-tests?plan={case.plan}"


def _person(case: Case) -> Iterator[Demand]:
    """Said by name: it stands in the dossier, where nobody is «usted»."""
    title = "Quién libera"
    if case.nobody:
        yield Demand("releaser", title, False, _NOBODY.format(case.nobody), f"/plans/{case.plan}")
        return
    if case.by is None:
        return
    name = case.who(case.by)
    if not case.may:
        yield Demand("releaser", title, False, "Libera una persona de Operaciones.")
    elif case.by in case.configured_by:
        yield Demand("releaser", title, False, f"{name} configuró esta versión: la libera otra persona.")
    elif case.it is not None and case.by == case.it.by:
        yield Demand("releaser", title, False, f"{name} la probó por Sistemas: la libera otra persona.")
    else:
        said = f"{name}, que no configuró esta versión ni la probó por Sistemas."
        yield Demand("releaser", title, True, said)
