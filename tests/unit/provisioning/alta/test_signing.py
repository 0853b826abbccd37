"""A step of two areas closes by the word of both on what is there: two people, on the same plan."""

from datetime import datetime

import pytest

from provisioning.alta.evidence import Found
from provisioning.alta.refusals import AltaRefused, NotYours
from provisioning.alta.views import AltaView, StepState
from tests.unit.provisioning.alta.conftest import Bench
from tests.unit.provisioning.alta.test_reviews import advanced, found

STEP = "plan-cargado"


def written_at(bench: Bench, at: datetime) -> None:
    """The plan's draft is as it was saved then."""

    async def written(_alta: AltaView) -> Found:
        return Found(True, "El borrador no tiene errores.", at=at)

    bench.office.evidence["plan-written"] = written


async def agreed(bench: Bench) -> AltaView:
    """An alta whose plan is to be loaded."""
    return await advanced(bench, "contrato")


async def test_it_closes_once_both_areas_signed_and_by_one_alone_it_does_not(bench: Bench) -> None:
    alta, altas = await agreed(bench), bench.office.altas
    await altas.sign(alta.id, STEP, "commercial", bench.people["clara"])
    await altas.by_itself.look()
    now = await found(bench, alta)
    assert now.step(STEP).open and now.step(STEP).missing == ("Falta la firma de Operaciones.",)
    with pytest.raises(AltaRefused, match="todavía no se puede cerrar"):
        await altas.finish(alta.id, STEP, bench.people["ada"], reason="Ya está.")
    with pytest.raises(AltaRefused, match="Ya firmó clara"):
        await altas.sign(alta.id, STEP, "commercial", bench.people["carlos"])
    with pytest.raises(NotYours):
        await altas.sign(alta.id, STEP, "operations", bench.people["clara"])
    await altas.sign(alta.id, STEP, "operations", bench.people["olga"])
    await altas.by_itself.look()
    after = (await found(bench, alta)).step(STEP)
    assert after.state is StepState.DONE
    assert [(each.area, each.person) for each in after.signatures] == [
        ("commercial", "clara"),
        ("operations", "olga"),
    ]


async def test_what_changes_after_a_signature_is_signed_again(bench: Bench) -> None:
    alta, altas = await agreed(bench), bench.office.altas
    written_at(bench, bench.clock.now)
    await altas.sign(alta.id, STEP, "commercial", bench.people["clara"])
    bench.clock.pass_days(0.01)
    written_at(bench, bench.clock.now)
    await altas.sign(alta.id, STEP, "operations", bench.people["olga"])
    await altas.by_itself.look()
    now = (await found(bench, alta)).step(STEP)
    assert now.open and now.missing == ("Falta la firma de Comercial.",)
    await altas.sign(alta.id, STEP, "commercial", bench.people["carlos"])
    await altas.by_itself.look()
    assert (await found(bench, alta)).step(STEP).state is StepState.DONE


async def test_nothing_is_signed_that_is_not_there_and_a_no_says_why_until_it_is_a_yes(bench: Bench) -> None:
    alta, altas, olga = await agreed(bench), bench.office.altas, bench.people["olga"]
    bench.true -= {"plan-written"}
    with pytest.raises(AltaRefused, match="Todavía no hay qué firmar: Plan escrito: todavía no"):
        await altas.sign(alta.id, STEP, "operations", olga)
    bench.true |= {"plan-written"}
    with pytest.raises(AltaRefused, match="motivo"):
        await altas.sign(alta.id, STEP, "operations", olga, approved=False)
    await altas.sign(alta.id, STEP, "operations", olga, approved=False, reason="Falta cerrajería.")
    await altas.sign(alta.id, STEP, "commercial", bench.people["clara"])
    await altas.by_itself.look()
    assert "Operaciones no firmó: Falta cerrajería." in (await found(bench, alta)).step(STEP).missing
    await altas.sign(alta.id, STEP, "operations", olga)
    await altas.by_itself.look()
    assert (await found(bench, alta)).step(STEP).state is StepState.DONE


async def test_signatures_are_of_one_round(bench: Bench) -> None:
    alta, altas = await agreed(bench), bench.office.altas
    for area, name in (("commercial", "clara"), ("operations", "olga")):
        await altas.sign(alta.id, STEP, area, bench.people[name])
    await altas.by_itself.look()
    await altas.reopen(alta.id, STEP, bench.people["clara"], "Cambió el menú.")
    await altas.by_itself.look()
    again = (await found(bench, alta)).step(STEP)
    assert again.open and again.round == 2 and not again.signatures
