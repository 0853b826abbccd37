"""What a test call proves: each thing it had to do, whether it did, and what to mend. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from dialplan.hand import KEYS
from dialplan.numbers import digits
from ivr_audio.reception import Reception, gaps
from ivr_audio.telephone import Samples
from plans.model import Line, PlanVersion
from plans.numbers import written
from plans.site import Site
from provisioning.proof.destination import destination_checks
from provisioning.proof.display import name_check
from provisioning.proof.hearing import Prompts, Told, listened
from provisioning.proof.reports import Check, HeardPrompt
from provisioning.proof.script import Trial
from telephony.facts import CallArrived
from telephony.testcall_values import Observed, Way

SLOWEST_MS = 3000
"""Milliseconds within which a line must answer: a caller who hears nothing for longer hangs up."""

_EARLY = 0.2
"""Seconds by which a recording and what the PBX tells may differ."""
_KEYED = 0.4 * KEYS
"""Seconds of a call by a carrier that may lack in its recording: what came in while its code was keyed."""


class DeskShown(Protocol):
    """What the screen of the test desk showed."""

    @property
    def plan(self) -> str: ...

    @property
    def fantasy_name(self) -> str: ...

    @property
    def after_ms(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to judge a call by besides what the PBX told: `heard` by the caller (None when it was not
    recorded), and what popped up at the test desk (None when nothing did), if it was `watched`."""

    heard: Samples | None
    prompts: Prompts
    desk: DeskShown | None = None
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    checks: tuple[Check, ...]
    prompts: tuple[HeardPrompt, ...] = ()
    reception: Reception | None = None


def judge(trial: Trial, version: PlanVersion, site: Site, observed: Observed, evidence: Evidence) -> Judged:
    """Every check of a call, in the order in which things happen in it."""
    arrival = arrival_checks(trial.line, version, observed)
    if observed.arrived is None:
        return Judged(arrival)
    came = _reception(observed, evidence.heard)
    told = list(_told(trial, observed, evidence, came))
    checks = (
        *arrival,
        _answered(trial, observed),
        *(each.check for each in told),
        *(_not_recorded() for _ in trial.hears[:1] if evidence.heard is None),
        *_typed(trial, observed),
        *destination_checks(trial, observed, site),
        *_at_the_desk(trial, version, site, observed, evidence),
    )
    return Judged(checks, tuple(each.heard for each in told), came)


def _reception(observed: Observed, heard: Samples | None) -> Reception:
    """What the PBX counted, and what the recording shows."""
    return replace(observed.reception or Reception(), gaps=0 if heard is None else gaps(heard))


def _told(trial: Trial, observed: Observed, evidence: Evidence, came: Reception) -> Iterator[Told]:
    """A call that its carrier brought back heard what strangers hear until it was known for a test."""
    if evidence.heard is None:
        return
    known = (each.after_ms for each in observed.facts if isinstance(each.fact, CallArrived))
    since = next(known, 0) / 1000 - _EARLY - _KEYED if observed.call.way is Way.TRUNK else 0.0
    yield from listened(trial.hears, evidence.heard, evidence.prompts, came, max(since, 0.0))


def arrival_checks(line: Line, version: PlanVersion, observed: Observed) -> tuple[Check, ...]:
    """Whether a call to a line was made, came with its number, and reached the plan."""
    arrived = observed.arrived is not None
    return (
        *(_not_made(each) for each in observed.problems),
        _header(line, observed),
        _plan(version, observed) if arrived else _no_plan(version, observed),
    )


def _not_made(problem: str) -> Check:
    return Check("call", "La llamada se pudo hacer y observar", False, "sin inconvenientes", problem, problem)


def _not_recorded() -> Check:
    advice = "Repita la prueba; si vuelve a pasar, mire el espacio en disco de la central."
    return Check("prompt", "Se oyen las locuciones", False, "una grabación", "no hay grabación", advice)


def _header(line: Line, observed: Observed) -> Check:
    """The number as the carrier delivered it, read as ours (P20)."""
    wanted = line.header
    title = "Llega el número de cabecera"
    got = observed.delivered.line if observed.delivered else digits(_line(observed))
    if got == digits(wanted):
        raw = observed.delivered.user if observed.delivered else got
        return Check("header", title, True, written(wanted), f"{written(wanted)}, escrito «{raw}»")
    if not got:
        found, advice = "ningún número que se entienda", _NO_NUMBER.format(carrier=line.carrier)
    else:
        found = f"otro número: {written(f'+{got}')}"
        advice = f"Pida al operador «{line.carrier}» que enlace la línea a {written(wanted)}."
    return Check("header", title, False, written(wanted), found, advice)


_NO_NUMBER = "Vea en el extracto SIP dónde viene el número y corrija «delivers» de «{carrier}» en el sitio."


def _line(observed: Observed) -> str:
    return observed.arrived.line if observed.arrived else ""


def _no_plan(version: PlanVersion, observed: Observed) -> Check:
    """The number led to none: nobody's, or one whose plan does not answer test calls either."""
    kinds = {kind for kind, _ in observed.marks}
    if "inactive" in kinds:
        found = "la línea dijo que el servicio no está activo"
        advice = "La llamada no fue reconocida como de prueba: repítala; si sigue, reinicie la central."
    elif "unknown" in kinds:
        found, advice = "el número no es de ningún plan", "Publique el plan con este número en «lines»."
    else:
        found = "la llamada no llegó a la central"
        advice = "Revise con el operador el enlace del número y mire el estado del troncal."
    return Check("plan", _PLAN, False, _version(version), found, advice)


_PLAN = "Responde el plan, en esta versión"


def _version(version: PlanVersion) -> str:
    return f"«{version.plan.plan}», versión {version.short}"


def _plan(version: PlanVersion, observed: Observed) -> Check:
    arrived, wanted = observed.arrived, _version(version)
    assert arrived is not None
    ms = observed.plan_ms
    if arrived.plan != version.plan.plan:
        found = f"número enlazado a otro plan: «{arrived.plan}»"
        advice = f"Quite el número de «{arrived.plan}» o corrija «lines», y publique otra vez."
        return Check("plan", _PLAN, False, wanted, found, advice, ms)
    if arrived.version != version.short:
        found = f"otra versión del plan: {arrived.version}"
        return Check("plan", _PLAN, False, wanted, found, "Publique el plan otra vez y repita la prueba.", ms)
    return Check("plan", _PLAN, True, wanted, wanted, "", ms)


def _answered(trial: Trial, observed: Observed) -> Check:
    ms = observed.answered_ms
    if not trial.answered:
        title, wanted = "No se cobra: la llamada no se atiende", "sin atender"
        found = wanted if ms is None else f"atendida a los {ms} ms"
        advice = "" if ms is None else "Revise el horario del plan: fuera de él nadie debe pagar la llamada."
        return Check("answered", title, ms is None, wanted, found, advice, ms)
    wanted = f"antes de {SLOWEST_MS} ms"
    if ms is None:
        advice = "Mire el recorrido de la llamada: dónde se detuvo."
        return Check("answered", "La línea atiende", False, wanted, "no atendió", advice)
    advice = "" if ms <= SLOWEST_MS else "Mire la carga de la central y la demora del operador."
    return Check("answered", "La línea atiende", not advice, wanted, f"a los {ms} ms", advice, ms)


def _typed(trial: Trial, observed: Observed) -> Iterator[Check]:
    """What was typed for each question, as a coordinator would see it."""
    got = {told.get("Name", ""): told.get("Digits", "") for kind, told in observed.marks if kind == "digits"}
    for name, wanted in trial.digits.items():
        found = got.get(name, "")
        advice = "" if found == wanted else "Revise cómo envía los tonos el operador (RFC 4733)."
        shown = f"llegó «{found}»" if found else "no llegó ningún dígito"
        yield Check("digits", f"Se leen los dígitos de «{name}»", not advice, f"«{wanted}»", shown, advice)


def _at_the_desk(
    trial: Trial, version: PlanVersion, site: Site, observed: Observed, evidence: Evidence
) -> Iterator[Check]:
    """The name on the phone and the pop on the screen, of calls that reach coordinators."""
    if trial.reach.kind != "queue":
        return
    phone = observed.phone
    shown = phone.display if phone else None
    yield name_check(version.plan.fantasy_name, shown, site.fantasy_name, phone.after_ms if phone else None)
    if evidence.watched:
        yield _pop(version, evidence.desk)


def _pop(version: PlanVersion, desk: DeskShown | None) -> Check:
    title = "La pantalla del puesto de prueba muestra el plan"
    wanted = f"«{version.plan.name}»"
    if desk is None:
        advice = "Mire el estado de la conexión con la central (página «Estado»)."
        return Check("pop", title, False, wanted, "no apareció nada", advice)
    right = desk.plan == version.plan.plan and desk.fantasy_name == version.plan.fantasy_name
    found = f"«{version.plan.name}»" if right else f"el plan «{desk.plan}», «{desk.fantasy_name}»"
    advice = "" if right else "Publique el plan otra vez y repita la prueba."
    return Check("pop", title, right, wanted, found, advice, desk.after_ms)
