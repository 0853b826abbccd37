"""Each thing that a person may do to an alta: judged on how it stands, said as what happens. Pure.

Every function raises `AltaRefused`, with a sentence for the person, and changes nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from plans.site import Site
from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.engine import before, closes_itself, lost
from provisioning.alta.events import Happened
from provisioning.alta.ledger import Doing
from provisioning.alta.load import Written
from provisioning.alta.refusals import AltaRefused, NotYours, StaleStep
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaState, AltaView, StepState, StepView
from staff.written import said

LONGEST = 4000
_NO_REASON = "Escriba el motivo: queda en la historia del alta."


def named(alta: AltaView, step: str) -> StepView:
    """The step of an alta."""
    found = alta.step(step)
    if found is None:
        raise AltaRefused(
            f"El alta no tiene un paso «{step}»; los tiene: {', '.join(s.id for s in alta.steps)}."
        )
    return found


def against(request: AltaRequest, site: Site, *, in_service: bool | None) -> dict[str, str]:
    """What stands against a request on this site, by field. `in_service`: whether the plan already was."""
    problems: dict[str, str] = {}
    if request.subsidiary not in site.subsidiaries:
        problems["subsidiary"] = (
            f"No hay una filial «{request.subsidiary}»; hay: {', '.join(site.subsidiaries)}."
        )
    carrier = site.carriers.get(request.carrier or "")
    if request.carrier and (carrier is None or carrier.subsidiary != request.subsidiary):
        problems["carrier"] = f"«{request.carrier}» no es un operador de esa filial."
    if in_service and request.kind == "alta":
        problems["plan"] = f"El plan «{request.plan}» ya está en servicio: inicie un otro sí."
    if in_service is False and request.kind == "otro-si":
        problems["plan"] = f"El plan «{request.plan}» todavía no está en servicio: inicie un alta."
    return problems


def finishing(
    alta: AltaView, step: str, answers: Mapping[str, str], reason: str, revision: int | None
) -> Doing:
    now = open_step(alta, step, revision)
    if not now.closable:
        raise AltaRefused(f"«{now.step.title}» todavía no se puede cerrar: {' '.join(now.missing)}")
    if now.missing and not text(reason):
        raise AltaRefused(
            problems={
                "reason": f"Falta evidencia ({' '.join(now.missing)}): escriba por qué se cierra igual."
            }
        )
    proved = {name: found.said for name, found in now.found.items() if found.ok}
    data = {"answers": _answers(now, answers), "evidence": proved}
    return Doing(Happened.FINISHED, step, text(reason), data)


def closing_itself(alta: AltaView, step: str, now: datetime) -> Doing | None:
    """What closes a step without anybody; None when nothing does."""
    found = named(alta, step)
    why = closes_itself(alta, found, now)
    if why is None:
        return None
    proved = {name: each.said for name, each in found.found.items()}
    return Doing(Happened.FINISHED, step, "", {"answers": {}, "evidence": proved, "itself": why})


def skipping(alta: AltaView, step: str, reason: str, revision: int | None) -> Doing:
    now = open_step(alta, step, revision)
    if not now.step.optional:
        raise AltaRefused(f"«{now.step.title}» no es optativo: ciérrelo o devuélvalo con un motivo.")
    return Doing(Happened.SKIPPED, step, text(reason))


def sending(alta: AltaView, step: str, to: str, reason: str, revision: int | None) -> Doing:
    now = open_step(alta, step, revision)
    possible = [each.id for each in before(alta, step)]
    if to not in possible:
        hint = (
            f" Puede devolverse a: {', '.join(possible)}."
            if possible
            else " No hay un paso anterior cerrado."
        )
        raise AltaRefused(problems={"to": f"«{now.step.title}» no se apoya en «{to}».{hint}"})
    return Doing(Happened.SENT_BACK, to, why(reason), {"from": step})


def reopening(alta: AltaView, step: str, reason: str, revision: int | None) -> Doing:
    now = named(alta, step)
    if alta.state is AltaState.CANCELLED:
        raise AltaRefused("El alta está cancelada: inicie otra.")
    _unsuspended(alta)
    _fresh(alta, now, revision)
    if now.state not in (StepState.DONE, StepState.SKIPPED):
        raise AltaRefused(f"«{now.step.title}» no está cerrado: no hay nada que deshacer.")
    return Doing(Happened.REOPENED, step, why(reason))


def reopening_itself(alta: AltaView, step: str) -> Doing | None:
    """What opens a closed gate again without anybody; None while its evidence is there."""
    gone = lost(alta).get(step)
    return Doing(Happened.REOPENED, step, text(gone), {"itself": "evidence"}) if gone else None


def signing(
    alta: AltaView, step: str, area: str, by: str, approved: bool, reason: str, revision: int | None
) -> Doing:
    """An area's word that what proves a step without a form is as it should be."""
    now = open_step(alta, step, revision)
    if now.step.form or area not in now.step.signatures:
        raise AltaRefused(problems={"area": f"«{now.step.title}» no lleva la firma de esa área."})
    if lacking := [found.said for found in now.found.values() if not found.ok]:
        raise AltaRefused(f"Todavía no hay qué firmar: {' '.join(lacking)}")
    for each in now.signatures:
        if each.area == area and each.approved:
            raise AltaRefused(f"Ya firmó {each.person} por esa área.")
        if each.area != area and each.person == by:
            raise NotYours("Usted ya firmó por la otra área: la segunda firma es de otra persona.")
    told = {"form": step, "version": now.round, "area": area}
    decision = "approved" if approved else "rejected"
    return Doing(
        Happened.SIGNED, step, text(reason) if approved else why(reason), told | {"decision": decision}
    )


def assigning(alta: AltaView, step: str, owner: str | None, revision: int | None) -> Doing:
    now = _unclosed(alta, step, revision)
    return Doing(Happened.ASSIGNED, step, "", {"owner": owner, "before": {"owner": now.owner}})


def dating(
    alta: AltaView, step: str, due: date, reason: str, revision: int | None, calendar: BusinessCalendar
) -> Doing:
    now = open_step(alta, step, revision)
    if now.since is not None and due < calendar.local(now.since):
        raise AltaRefused(problems={"due": "La fecha es anterior al comienzo del paso: elija otra."})
    former = now.due.isoformat() if now.due else None
    return Doing(Happened.DUE_SET, step, why(reason), {"due": due.isoformat(), "before": {"due": former}})


def commenting(alta: AltaView, step: str | None, written: str, about: str = "") -> Doing:
    if step is not None:
        named(alta, step)
    if not (said := text(written)):
        raise AltaRefused(problems={"text": "Escriba el comentario."})
    return Doing(Happened.COMMENTED, step, "", {"text": said} | ({"about": about[:12]} if about else {}))


def changing(alta: AltaView, request: AltaRequest, reason: str, revision: int | None) -> Doing:
    _under_way(alta)
    if revision is not None and revision != alta.revision:
        raise StaleStep(alta)
    was, wanted = _plain(alta.request), _plain(request)
    if any(was[name] != wanted[name] for name in ("kind", "plan", "subsidiary")):
        raise AltaRefused("El plan, la filial y la clase de alta no cambian: cancele esta e inicie otra.")
    changed = [name for name in wanted if was[name] != wanted[name]]
    if not changed:
        raise AltaRefused("No cambió nada.")
    data = {
        "before": {name: was[name] for name in changed},
        "after": {name: wanted[name] for name in changed},
    }
    return Doing(Happened.CHANGED, None, text(reason), data, request=request)


def suspending(alta: AltaView, reason: str) -> Doing:
    _running(alta)
    return Doing(Happened.SUSPENDED, None, why(reason))


def resuming(alta: AltaView, reason: str) -> Doing:
    if alta.state is not AltaState.SUSPENDED:
        raise AltaRefused("El alta no está suspendida.")
    return Doing(Happened.RESUMED, None, text(reason))


def cancelling(alta: AltaView, reason: str) -> Doing:
    _under_way(alta)
    return Doing(Happened.CANCELLED, None, why(reason))


def moving(alta: AltaView, procedure: Written, reason: str) -> Doing:
    _under_way(alta)
    if alta.procedure_hash == procedure.hash:
        raise AltaRefused("El alta ya sigue el procedimiento vigente.")
    if not procedure.procedure.of(alta.request.kind):
        raise AltaRefused("El procedimiento vigente no tiene pasos para esta clase de alta.")
    data = {
        "before": {"procedure": alta.procedure_hash[:12]},
        "after": {"procedure": procedure.hash[:12]},
    }
    return Doing(Happened.MOVED, None, why(reason), data, procedure=procedure)


def open_step(alta: AltaView, step: str, revision: int | None = None) -> StepView:
    """An open step of a running alta, as whoever moves it saw it."""
    now = named(alta, step)
    _under_way(alta)
    _running(alta)
    _fresh(alta, now, revision)
    if now.state is StepState.WAITING:
        raise AltaRefused(f"«{now.step.title}» todavía no empezó. {' '.join(now.missing)}")
    if not now.open:
        closed = f"ya lo cerró {now.by}" if now.closed else "no hace falta en esta alta"
        raise AltaRefused(f"«{now.step.title}»: {closed}.")
    return now


def _unclosed(alta: AltaView, step: str, revision: int | None) -> StepView:
    now = named(alta, step)
    _under_way(alta)
    _fresh(alta, now, revision)
    if now.state.over:
        raise AltaRefused(f"«{now.step.title}» ya está cerrado.")
    return now


def _fresh(alta: AltaView, step: StepView, revision: int | None) -> None:
    if revision is not None and revision != step.revision:
        raise StaleStep(alta)


def _under_way(alta: AltaView) -> None:
    if alta.state is AltaState.CANCELLED:
        raise AltaRefused(f"El alta está cancelada: {alta.reason} Inicie otra.")
    if alta.state is AltaState.DONE:
        raise AltaRefused("El alta está terminada. Si un paso se cerró por error, reábralo con un motivo.")


def _unsuspended(alta: AltaView) -> None:
    if alta.state is AltaState.SUSPENDED:
        raise AltaRefused(f"El alta está suspendida ({alta.reason}): retómela primero.")


def _running(alta: AltaView) -> None:
    _under_way(alta)
    _unsuspended(alta)


def _answers(step: StepView, given: Mapping[str, str]) -> dict[str, str]:
    """What was asked in words, answered; raises with a sentence for each that is lacking."""
    known = {question.name for question in step.step.questions}
    if unknown := sorted(given.keys() - known):
        raise AltaRefused(f"«{step.step.title}» no pregunta «{unknown[0]}».")
    answers = {name: text(given.get(name, "")) for name in sorted(known)}
    lacking = {
        q.name: f"Responda «{q.title}»." for q in step.step.questions if q.required and not answers[q.name]
    }
    if lacking:
        raise AltaRefused(problems=lacking)
    return {name: said for name, said in answers.items() if said}


def why(reason: str) -> str:
    """A reason that must be given."""
    if not (given := text(reason)):
        raise AltaRefused(problems={"reason": _NO_REASON})
    return given


def text(written: str) -> str:
    """As it is kept: what can be seen of it, at most 4000 letters."""
    kept = said(written)
    if len(kept) > LONGEST:
        raise AltaRefused(f"El texto es demasiado largo: deje {LONGEST} letras como mucho.")
    return kept


def _plain(request: AltaRequest) -> dict[str, Any]:
    return request.model_dump(mode="json", by_alias=True)
