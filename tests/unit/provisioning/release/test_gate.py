"""The gate opens when everything stands, and each thing that is missing keeps it shut with its own reason."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from plans.model import Account
from provisioning.alta.evidence import Found, Item
from provisioning.alta.load import SHIPPED, load_procedure
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaState, AltaView, StepState, StepView
from provisioning.release.gate import Case, Demand, Passed, demands, open_to

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
REQUEST = AltaRequest(
    plan="hogar-nandu",
    name="Asistencia Hogar Ñandú",
    account=Account(name="Seguros Ñandú", type="aseguradora"),
    subsidiary="AR",
)


def alta(**changed: StepState) -> AltaView:
    """One whose steps are all done up to the release, but for those `changed` (by id, `_` for `-`)."""
    procedure = load_procedure(SHIPPED).procedure
    states = {name.replace("_", "-"): state for name, state in changed.items()}
    steps = tuple(
        StepView(
            step,
            states.get(step.id, StepState.NOT_NEEDED if step.only else StepState.DONE),
            found={name: Found(True, "Está.") for name in step.evidence},
        )
        for step in procedure.of("alta")
    )
    return AltaView(7, REQUEST, procedure, "0" * 64, AltaState.RUNNING, steps, 1, NOW, "carla")


READY = Case(
    plan="hogar-nandu",
    candidate=True,
    answers=False,
    configured_by=frozenset({"ivan"}),
    it=Passed(1, "ines", NOW),
    operations=Passed(2, "olga", NOW),
    alta=alta(liberado=StepState.OPEN, lanzamiento=StepState.WAITING),
    by="oscar",
    names={"oscar": "Óscar Gil", "ines": "Inés Paz"},
)


def unmet(case: Case) -> list[Demand]:
    return [demand for demand in demands(case) if not demand.met]


def test_it_opens_when_everything_stands() -> None:
    assert unmet(READY) == []
    assert open_to(demands(READY))


def test_who_releases_is_named_for_the_dossier() -> None:
    said = {demand.code: demand.said for demand in demands(READY)}["releaser"]
    assert said == "Óscar Gil, que no configuró esta versión ni la probó por Sistemas."


def test_who_only_looks_is_not_judged() -> None:
    assert open_to(demands(replace(READY, by=None)))
    assert "releaser" not in {demand.code for demand in demands(replace(READY, by=None))}


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        (replace(READY, candidate=False), "candidate", "publíquela"),
        (replace(READY, it=None), "tested-it", "no tiene una prueba aprobada de Sistemas"),
        (replace(READY, operations=None), "tested-operations", "aprobada de Operaciones"),
        (replace(READY, operations=Passed(2, "ines", NOW)), "two-people", "Inés Paz hizo las dos"),
        (replace(READY, it=Passed(1, "root", NOW, known=False)), "two-people", "«root» no es una cuenta"),
        (replace(READY, alta=replace(alta(), state=AltaState.SUSPENDED)), "alta", "suspendida"),
        (replace(READY, by="ivan"), "releaser", "ivan configuró"),
        (replace(READY, by="ines"), "releaser", "Inés Paz la probó"),
        (replace(READY, may=False), "releaser", "una persona de Operaciones"),
        (replace(READY, alta=None), "alta", "inicie una"),
        (replace(READY, alta=alta(prestadores=StepState.OPEN)), "prestadores", "Falta cerrar"),
        (replace(READY, alta=alta(coordinadores=StepState.WAITING)), "coordinadores", "espera a otros"),
        (replace(READY, alta=alta(cuenta_y_plan=StepState.OPEN)), "cuenta-y-plan", "Falta cerrar"),
        (replace(READY, alta=alta(tmk=StepState.OPEN)), "tmk", "Falta cerrar"),
    ],
)
def test_what_is_missing_keeps_it_shut_and_is_said(case: Case, code: str, said: str) -> None:
    (demand,) = unmet(case)
    assert demand.code == code
    assert said in demand.said


def test_evidence_that_is_gone_again_shuts_it_though_its_step_was_closed() -> None:
    seen = alta()
    steps = tuple(
        replace(step, found={"providers-sufficient": Found(False, "Falta una grúa en Salta.")})
        if step.id == "prestadores"
        else step
        for step in seen.steps
    )
    (demand,) = unmet(replace(READY, alta=replace(seen, steps=steps)))
    assert (demand.code, demand.said) == ("prestadores", "Falta una grúa en Salta.")


def with_step(seen: AltaView, id: str, **changes: object) -> AltaView:
    steps = (replace(step, **changes) if step.id == id else step for step in seen.steps)  # type: ignore[arg-type]
    return replace(seen, steps=tuple(steps))


def demanded(seen: AltaView, code: str) -> Demand:
    return next(demand for demand in demands(replace(READY, alta=seen)) if demand.code == code)


def test_what_proved_a_step_is_told_with_who_and_when() -> None:
    read = Found(True, "Se leyó la ficha.", items=(Item("Cora Díaz", True),), at=NOW, by=("cora",))
    seen = with_step(alta(), "coordinadores", found={"coordinators-confirmed": read}, by="altavoz")
    demand = demanded(seen, "coordinadores")
    assert (demand.said, demand.by, demand.at, demand.items) == (read.said, ("cora",), NOW, read.items)


def test_where_evidence_names_nobody_it_is_who_closed_the_step_but_not_the_service() -> None:
    closed = {"found": {"account-complete": Found(True, "Cuenta y plan completos.")}, "closed": NOW}
    by_olga = demanded(with_step(alta(), "cuenta-y-plan", by="olga", **closed), "cuenta-y-plan")
    assert (by_olga.said, by_olga.by, by_olga.at) == ("Cuenta y plan completos.", ("olga",), NOW)
    by_itself = demanded(with_step(alta(), "cuenta-y-plan", by="altavoz", **closed), "cuenta-y-plan")
    assert (by_itself.by, by_itself.at) == ((), NOW)


def test_who_is_missing_is_told_one_by_one() -> None:
    items = (Item("Cora Díaz", True), Item("Beto Ruiz", False))
    lacks = Found(False, "Falta que lean la ficha 1 de 2.", items=items)
    seen = with_step(alta(), "coordinadores", found={"coordinators-confirmed": lacks})
    assert demanded(seen, "coordinadores").items == items[1:]


def test_both_tests_are_told_with_who_and_when() -> None:
    told = {demand.code: demand for demand in demands(READY)}
    assert (told["tested-it"].by, told["tested-it"].at) == (("ines",), NOW)
    assert told["two-people"].by == ("ines", "olga")


def test_a_gate_that_asks_for_no_evidence_is_a_gate_all_the_same() -> None:
    seen = alta(entrega_a_operaciones=StepState.OPEN)
    steps = tuple(
        replace(step, step=step.step.model_copy(update={"gate": True, "evidence": ()}))
        if step.id == "entrega-a-operaciones"
        else step
        for step in seen.steps
    )
    (demand,) = unmet(replace(READY, alta=replace(seen, steps=steps)))
    assert demand.code == "entrega-a-operaciones"


def test_a_suspended_alta_keeps_it_shut_also_for_a_plan_that_answers() -> None:
    seen = replace(alta(), state=AltaState.SUSPENDED, reason="Falta la firma.")
    (demand,) = unmet(replace(READY, alta=seen, answers=True))
    assert "Falta la firma" in demand.said


def test_a_change_of_a_plan_that_answers_needs_no_alta_but_both_tests() -> None:
    change = replace(READY, alta=None, answers=True)
    assert open_to(demands(change))
    assert [demand.code for demand in unmet(replace(change, operations=None))] == ["tested-operations"]


def test_the_launch_after_the_release_is_not_asked_before_it() -> None:
    assert "lanzamiento" not in {demand.code for demand in demands(READY)}
    assert "liberado" not in {demand.code for demand in demands(READY)}
