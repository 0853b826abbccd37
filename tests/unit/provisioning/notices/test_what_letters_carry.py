"""What of a plan stands in the letters of its alta: P8, P20, P24, P25, P33; to whom, and how much of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mail.tables import outbox
from plans.model import AmountLimit, Coverage, EventLimit, ServiceLevel
from provisioning.alta.coverage_list import Coverages
from provisioning.alta.number_request import IvrOption, NumberRequest
from provisioning.alta.procedure import EVERYBODY
from provisioning.alta.views import AltaView
from provisioning.notices.carried import Known, as_text, parts_of, sheet
from provisioning.notices.occasions import Kind, Occasion
from provisioning.notices.preferences import How
from provisioning.notices.subjects import subject_of
from provisioning.notices.teller import Item
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import Entry, Holder
from staff.changes import PeopleChanges
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.provisioning.notices.conftest import REQUEST, Bench, everywhere
from tests.unit.provisioning.notices.test_sheets import stands

HEADER, PUBLIC = "+541143218765", "+548005551234"
ASKED = REQUEST.model_copy(
    update={
        "sold_by": ("agencia", "tmk"),
        "scope": "nacional",
        "starts": date(2026, 4, 1),
        "service_level": ServiceLevel(answer_within=20, share=80),
        "contacts": "Ana Paz, jefa de producto",
        "service": "Asistencia al hogar",
        "levels": "Grúa en 60 minutos.",
    }
)
PLUMBING = Coverage(
    code="PLOM",
    name="Plomería",
    service="hogar",
    kind="emergencia",
    events=EventLimit(limit=3, per="year"),
    amount=AmountLimit(limit=60000, currency="ARS", per="event"),
)
LOCKS = Coverage(
    code="CERR", name="Cerrajería & <llaves>", service="hogar", kind="emergencia", excludes="Autos"
)
AGREED = Coverages(coverages=(PLUMBING, LOCKS), conditions="Cubre la vivienda declarada.")
FORM = NumberRequest(
    header="011",
    line="0800",
    fantasy_name="ASISTENCIA ÑANDÚ",
    options=(IvrOption(digit="1", label="Emergencias"),),
    notice="ley-25326",
    notice_text="Sus datos serán tratados conforme a la Ley 25.326. Esta llamada puede ser grabada.",
    starts=date(2026, 4, 2),
)
PLAN_PART = """\
EL PLAN
Cliente: Seguros Ñandú (aseguradora)
Plan: Hogar Ñandú
Empieza el: 01/04/2026
Lo atiende: Filial Argentina
Lo vende: Agencia, TMK
Alcance: Nacional"""
REQUIREMENTS = """\
QUÉ REQUIERE EL CLIENTE
Tipo de servicio: Asistencia al hogar
Nivel de servicio: 80 % de las llamadas atendidas en 20 segundos
Niveles y calidad: Grúa en 60 minutos."""
COVERED = """\
COBERTURAS Y EVENTOS (2)
- Plomería (emergencia): 3 eventos por año, hasta ARS 60.000 por evento.
- Cerrajería & <llaves> (emergencia): sin tope de eventos. No cubre: Autos"""
CONDITIONS = """\
CONDICIONES GENERALES
Cubre la vivienda declarada."""


async def last(bench: Bench, person: str) -> Mapping[str, str]:
    """The text and the HTML of the last letter to somebody."""
    wanted = select(outbox.c.text, outbox.c.html).where(outbox.c.recipient == f"{person}@empresa.example")
    async with bench.engine.connect() as connection:
        rows = await connection.execute(wanted.order_by(outbox.c.id.desc()).limit(1))
        return dict(rows.mappings().one())


async def observed(bench: Bench, coverages: Coverages = AGREED) -> AltaView:
    """An alta whose coverages Operations has before it."""
    alta = await bench.office.altas.start(ASKED, bench.people["clara"])
    await bench.closed(alta.id, "prospecto")
    await bench.office.altas.coverages.save(alta.id, coverages, bench.people["clara"])
    return await bench.closed(alta.id, "coberturas", "enviadas")


async def requested(bench: Bench, alta: AltaView) -> AltaView:
    """The number request written and signed by both areas."""
    await bench.closed(alta.id, "observaciones", "ajustadas", "contrato")
    forms, clara, olga = bench.office.altas.forms, bench.people["clara"], bench.people["olga"]
    written = await forms.save(alta.id, FORM, clara)
    for area, person in (("commercial", clara), ("operations", olga)):
        await forms.sign(alta.id, area, person, version=written.version, approved=True)
    bench.true.add("number-request")
    await bench.office.altas.by_itself.look()
    found = await bench.office.altas.find(alta.id)
    assert found is not None
    return found


async def linked(bench: Bench, alta: AltaView) -> AltaView:
    """Header and public number in the inventory, as the carrier gave them."""
    numbers = bench.office.numbers
    await numbers.add([Entry(HEADER, NumberKind.HEADER, "AR", "telecom-ar")])
    await numbers.reserve(Holder(alta.plan, "AR", alta.account, alta.id), "telecom-ar", HEADER)
    await bench.closed(alta.id, "plan-cargado", "archivado", "numero-de-cabecera")
    await numbers.link(HEADER, PUBLIC)
    return await bench.closed(alta.id, "numero-publico", "numero-vinculado")


@everywhere
async def test_operations_reads_the_coverages_that_it_is_to_observe(bench: Bench) -> None:
    """P33."""
    await observed(bench)
    letter = await last(bench, "olga")
    assert "\n\n".join((PLAN_PART, REQUIREMENTS, COVERED, CONDITIONS)) in letter["text"]
    assert "Cerrajería &amp; &lt;llaves&gt;" in letter["html"] and "<llaves>" not in letter["html"]
    assert "https://altavoz.example/altas/1/steps/observaciones\n" in letter["text"]


async def test_the_areas_are_told_of_the_contract_with_what_was_agreed(bench: Bench) -> None:
    """P8: areas that did not take part until now read the conditions and requirements."""
    alta = await observed(bench)
    await bench.closed(alta.id, "observaciones", "ajustadas", "contrato")
    for person in ("ivan", "lea", "paula"):
        text = (await last(bench, person))["text"]
        assert "Diferencias con la cotización y cómo se resolvieron: Ninguna." in text
        assert "\n\n".join((PLAN_PART, REQUIREMENTS, COVERED, CONDITIONS)) in text
    assert "EL PLAN" not in (await last(bench, "clara"))["text"]


async def test_what_is_told_is_what_stands_when_it_is_written(bench: Bench) -> None:
    alta = await observed(bench)
    await bench.closed(alta.id, "observaciones")
    other = Coverages(coverages=(PLUMBING,), conditions="Solo la vivienda.")
    await bench.office.altas.coverages.save(alta.id, other, bench.people["clara"])
    changed = ASKED.model_copy(update={"starts": date(2026, 5, 4)})
    await bench.office.altas.change(alta.id, changed, bench.people["ada"], "Lo pide el cliente.")
    await bench.closed(alta.id, "ajustadas", "contrato")
    text = (await last(bench, "ivan"))["text"]
    assert "Cerrajería" not in text and "Solo la vivienda." in text and "Empieza el: 04/05/2026" in text


async def test_systems_is_asked_for_a_header_with_the_request_that_was_signed(bench: Bench) -> None:
    """P20; and then, with the header, for the public number (P21)."""
    alta = await requested(bench, await observed(bench))
    text = (await last(bench, "ivan"))["text"]
    assert "Es su turno: Número de cabecera asignado" in text
    for said in (
        "Empieza el: 02/04/2026",
        "Línea que se pide: 0800",
        "Cabecera que se prefiere: 011",
        "Nombre de fantasía: ASISTENCIA ÑANDÚ",
        "Opciones del menú: 1 Emergencias",
        "Aviso de privacidad: Sus datos serán tratados conforme a la Ley 25.326.",
    ):
        assert text.count(said) == 1, said
    assert "COBERTURAS" not in text
    numbers = bench.office.numbers
    await numbers.add([Entry(HEADER, NumberKind.HEADER, "AR", "telecom-ar")])
    await numbers.reserve(Holder(alta.plan, "AR", alta.account, alta.id), "telecom-ar", HEADER)
    await bench.closed(alta.id, "numero-de-cabecera")
    text = (await last(bench, "ivan"))["text"]
    assert "Número de cabecera: 011 4321-8765" in text and "afiliado" not in text


async def test_all_of_the_plan_is_asked_for_and_handed_to_operations(bench: Bench) -> None:
    """P24: the step asks for all of it, and tells Operations all of it."""
    alta = await requested(bench, await observed(bench))
    handed = bench.office.notices.evidence["plan-data"]
    lacking = await handed(alta)
    assert not lacking.ok and lacking.link == "/numbers?plan=hogar-nandu"
    assert [item.said for item in lacking.items if not item.ok] == ["Número que marca el afiliado: falta"]
    alta = await linked(bench, alta)
    found = await handed(alta)
    assert found.ok and [item.said for item in found.items] == [
        "Número que marca el afiliado: 0800-555-1234",
        "Plan: Hogar Ñandú",
        "2 coberturas con sus eventos",
        "Condiciones generales",
    ]
    assert found.said == (
        "Se entregan 0800-555-1234, «Hogar Ñandú», 2 coberturas con sus eventos y las condiciones generales."
    )
    await bench.closed(alta.id, "audios", "configurado", "probado-sistemas", "entrega-a-operaciones")
    numbers = """\
NÚMEROS
Número que marca el afiliado: 0800-555-1234
Número de cabecera: 011 4321-8765
Nombre de fantasía: ASISTENCIA ÑANDÚ"""
    plan = PLAN_PART.replace("01/04", "02/04")
    text = (await last(bench, "olga"))["text"]
    assert "Hecho: Todo entregado a Operaciones" in text
    assert "\n\n".join((plan, REQUIREMENTS, numbers, COVERED, CONDITIONS)) in text
    await bench.closed(alta.id, "cuenta-y-plan")


async def test_coordinators_read_the_plan_in_the_letter_that_asks_them_to_read_its_sheet(
    bench: Bench,
) -> None:
    """P25: the new plan, its start date, coverages and events, as they stand in the PBX."""
    alta = await linked(bench, await requested(bench, await observed(bench)))
    stands(bench, at=bench.clock())
    steps = ("audios", "configurado", "probado-sistemas", "entrega-a-operaciones", "cuenta-y-plan")
    await bench.closed(alta.id, *steps)
    letter = await last(bench, "cora")
    for said in (
        "Lea y confirme la ficha del plan",
        "Plan: Asistencia Hogar Ñandú Plus",
        "Empieza el: 01/03/2026",
        "Número que marca el afiliado: 0800-555-1234",
        "- Electricidad (emergencia): 3 eventos por año, hasta ARS 60.000 por evento. No cubre: Tendido",
        "Cubre la vivienda declarada en la póliza.",
        "https://altavoz.example/sheets/hogar-nandu",
    ):
        assert said in letter["text"], said
    assert "Grúa en 60 minutos" not in letter["text"]


async def test_a_step_that_opens_again_asks_only_those_who_have_not_read_the_sheet_as_it_is(
    bench: Bench,
) -> None:
    alta = await linked(bench, await requested(bench, await observed(bench)))
    stands(bench, at=bench.clock())
    steps = ("audios", "configurado", "probado-sistemas", "entrega-a-operaciones", "cuenta-y-plan")
    await bench.closed(alta.id, *steps)
    assert {"cora", "cesar"} <= {who for who, _ in await bench.mails()}
    sheets, cora = bench.office.notices.sheets, bench.people["cora"]
    [sheet] = await sheets.unread(cora)
    await sheets.read(cora, sheet.plan.plan, sheet.hash)
    await bench.office.altas.reopen(alta.id, "cuenta-y-plan", bench.people["ada"], "Falta un dato")
    await bench.closed(alta.id, "cuenta-y-plan")
    asked = [who for who, _ in await bench.mails() if who in ("cora", "cesar")]
    assert asked == ["cesar"]


async def test_who_does_not_see_the_plan_is_told_without_it(bench: Bench) -> None:
    cora = bench.people["cora"]
    scope = Scope(accounts=frozenset({"Otro banco"}))
    changes = PeopleChanges(bench.engine, bench.clock)
    await changes.change("cora", replace(profile_of(cora), scope=scope), cora.revision)
    alta, teller = await bench.begun("ada"), bench.office.notices.teller
    assert teller is not None
    occasion = Occasion("k", Kind.TOLD, "Hecho", areas=(EVERYBODY,), carries=("coverages",))
    parts = parts_of(Known(ASKED, "Argentina", "Hogar", coverages=AGREED))
    async with bench.engine.begin() as connection:
        await teller.tell(connection, subject_of(alta), [Item(occasion)], "ada", parts)
    for person, told in (("cora", False), ("cesar", True)):
        letter = await last(bench, person)
        assert ("Plomería" in letter["text"], "Plomería" in letter["html"]) == (told, told)


async def test_a_digest_stays_short(bench: Bench) -> None:
    zone = "America/Argentina/Buenos_Aires"
    await bench.office.preferences.choose(bench.people["olga"], How.DIGEST, 17, zone)
    await observed(bench)
    bench.clock.at(2, 17)
    await bench.office.notices.minder.look()
    text = (await last(bench, "olga"))["text"]
    assert "- Es su turno: Observaciones de Operaciones\n  https://altavoz.example/altas/1/steps/obs" in text
    assert "Plomería" not in text and "Aconsejan" not in text


async def test_a_step_that_opens_and_closes_in_one_settling_is_nobodys_turn(bench: Bench) -> None:
    alta = await requested(bench, await observed(bench))
    await bench.closed(alta.id, "plan-cargado", "archivado", "numero-de-cabecera")
    await bench.mails()
    bench.true |= {"public-number", "number-linked"}
    assert await bench.office.altas.by_itself.look() == 2
    assert await bench.mails() == []
    again = await bench.office.altas.reopen(alta.id, "numero-vinculado", bench.people["ada"], "Por error.")
    assert await bench.mails() == [], "it closes by itself at once"
    bench.true.discard("number-linked")
    await bench.office.altas.by_itself.look()
    await bench.office.altas.reopen(again.id, "numero-publico", bench.people["ada"], "Era otro número.")
    assert await bench.mails() == [], "what was given still stands"


async def test_what_opens_without_its_evidence_is_somebodys_turn(bench: Bench) -> None:
    alta = await requested(bench, await observed(bench))
    await bench.closed(alta.id, "plan-cargado", "archivado", "numero-de-cabecera")
    await bench.mails()
    bench.true.add("public-number")
    await bench.office.altas.by_itself.look()
    assert await bench.mails() == [("ivan", "Es su turno: Número público vinculado a la cabecera")]


async def test_a_public_number_is_told_once_the_carrier_gave_it(bench: Bench) -> None:
    alta, numbers = await bench.begun("ada"), bench.office.numbers
    facts = bench.office.notices.plan_facts
    await numbers.add(
        [
            Entry(HEADER, NumberKind.HEADER, "AR", "telecom-ar"),
            Entry(PUBLIC, NumberKind.PUBLIC, "AR", "telecom-ar"),
        ]
    )
    await numbers.reserve(Holder(alta.plan, "AR", alta.account, alta.id), "telecom-ar", HEADER)
    await numbers.request(HEADER, PUBLIC)
    known = await facts.now(alta)
    assert (known.headers, known.publics) == ((HEADER,), ())
    await numbers.link(HEADER, PUBLIC)
    assert (await facts.now(alta)).publics == (PUBLIC,)


@pytest.mark.parametrize(("count", "rest"), [(60, ""), (121, "Hay 1 más: léalas en Altavoz.")])
def test_long_lists_and_long_texts_say_what_is_not_there(count: int, rest: str) -> None:
    many = tuple(
        PLUMBING.model_copy(update={"code": f"C{n}", "name": f"Cobertura {n}"}) for n in range(count)
    )
    long = Coverages(coverages=many, conditions="Cubre la vivienda. " * 300)
    known = Known(ASKED, "Argentina", "Hogar", coverages=long)
    text = as_text(sheet(parts_of(known), {"coverages", "conditions"}))
    assert text.count("\n- Cobertura ") == min(count, 120)
    assert (rest in text) and text.endswith("Cubre la …\nSigue en Altavoz.") and len(text) < 13_000


def test_what_nobody_said_yet_is_not_there() -> None:
    bare = Known(REQUEST.model_copy(update={"sold_by": ()}), "Argentina", "Hogar")
    everything = {"plan", "requirements", "number-request", "numbers", "coverages", "conditions"}
    assert as_text(sheet(parts_of(bare), everything)) == (
        "EL PLAN\nCliente: Seguros Ñandú (aseguradora)\nPlan: Hogar\nLo atiende: Argentina"
    )
