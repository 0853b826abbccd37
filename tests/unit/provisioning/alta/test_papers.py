"""Documents, the number request and its two signatures, coverages round after round."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from plans.book import StoredPlan
from plans.load import read_plan
from plans.model import Account, AmountLimit, Coverage, EventLimit
from plans.problems import PlanProblems
from plans.write import version_of
from provisioning.alta.coverage_list import Coverages, FieldChange, compare, from_yaml, of_plan, to_yaml
from provisioning.alta.documents import Control
from provisioning.alta.files import kind_of
from provisioning.alta.number_request import IvrOption, NumberRequest
from provisioning.alta.refusals import AltaRefused, NotYours, StaleStep
from provisioning.alta.views import AltaView, StepState
from provisioning.editing.evidence import configured_evidence
from provisioning.marking import Going
from staff.scope import Scope
from tests.support.databases import fresh_engine
from tests.unit.provisioning.alta.conftest import MONDAY, REQUEST, Bench

EXAMPLES = Path(__file__).parents[4] / "plans/examples"
PDF = b"%PDF-1.7\nuno"
TOW = Coverage(
    code="GRUA",
    name="Grúa",
    service="grua",
    kind="emergencia",
    events=EventLimit(limit=3, per="year"),
    amount=AmountLimit(limit=80000, currency="ARS", per="event"),
)
LOCK = Coverage(code="CERR", name="Cerrajería", service="cerrajeria", kind="emergencia")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """One database is enough here: test_store.py runs on both."""
    async with fresh_engine("sqlite", tmp_path, metadata) as opened:
        yield opened


async def at_the_contract(bench: Bench) -> AltaView:
    """An alta whose coverages are final: the contract is awaited."""
    bench.true.add("coverages")
    altas, ada = bench.office.altas, bench.people["ada"]
    alta = await altas.start(REQUEST, bench.people["clara"])
    for step in ("prospecto", "coberturas", "enviadas", "observaciones", "ajustadas"):
        alta = await altas.finish(alta.id, step, ada)
    return alta


async def at_the_request(bench: Bench) -> AltaView:
    """An alta whose contract came in: the number request is open."""
    alta = await at_the_contract(bench)
    altas, clara = bench.office.altas, bench.people["clara"]
    await altas.documents.attach(alta.id, "contrato", "contrato", "contrato.pdf", PDF, clara)
    return await altas.finish(alta.id, "contrato", clara, {"diferencias": "Ninguna."})


async def request_of(bench: Bench, alta: AltaView, **other: object) -> NumberRequest:
    notice = bench.office.altas.forms.notices(alta)[0]
    asked = {
        "line": "0800",
        "fantasy_name": "ASISTENCIA ÑANDÚ",
        "options": (IvrOption(digit="1", label="Emergencia"),),
        "notice": notice.name,
        "notice_text": notice.text,
        "starts": date(2026, 6, 1),
    }
    return NumberRequest.model_validate(asked | other)


async def test_the_contract_closes_with_its_document_and_its_differences_only(bench: Bench) -> None:
    alta = await at_the_contract(bench)
    altas, clara = bench.office.altas, bench.people["clara"]
    with pytest.raises(AltaRefused, match="Adjunte «Contrato firmado»"):
        await altas.finish(alta.id, "contrato", clara, {"diferencias": "Ninguna."})
    made = await altas.documents.attach(alta.id, "contrato", "contrato", "Contrato 2026.pdf", PDF, clara)
    assert (made.revision, made.label, made.drew_up, made.year) == (1, "confidential", "clara", 2026)
    with pytest.raises(AltaRefused, match="Diferencias con la cotización"):
        await altas.finish(alta.id, "contrato", clara)
    done = await altas.finish(alta.id, "contrato", clara, {"diferencias": "Suma cerrajería."})
    assert done.step("contrato").answers == {"diferencias": "Suma cerrajería."}


async def test_a_document_has_revisions_and_is_reviewed_by_somebody_else(bench: Bench) -> None:
    alta = await at_the_contract(bench)
    documents, clara, carlos = bench.office.altas.documents, bench.people["clara"], bench.people["carlos"]
    both = await asyncio.gather(
        *(
            documents.attach(alta.id, "contrato", "contrato", "c.pdf", PDF + bytes([65 + n]), clara)
            for n in range(2)
        )
    )
    assert sorted(each.revision for each in both) == [1, 2]
    with pytest.raises(AltaRefused, match="otra persona"):
        await documents.sign_off(both[0].id, clara, "approved")
    approved = await documents.sign_off(both[0].id, carlos, "approved")
    assert approved.approved == "carlos"
    with pytest.raises(AltaRefused, match="Ya lo hizo"):
        await documents.sign_off(both[0].id, carlos, "approved")
    _, path = await documents.open(both[1].id, clara)
    assert path.read_bytes().startswith(PDF)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("virus.exe", b"MZ"),
        ("falso.pdf", b"MZ\0"),
        ("vacio.pdf", b""),
        ("pagina.html", b"<html>"),
        ("x", PDF),
    ],
)
def test_what_is_no_document_is_refused(name: str, body: bytes) -> None:
    with pytest.raises(AltaRefused) as refused:
        kind_of(name, body)
    assert "file" in refused.value.problems


async def test_documents_are_found_by_client_and_year_and_read_by_their_label(bench: Bench) -> None:
    alta = await at_the_contract(bench)
    documents, clara, lea = bench.office.altas.documents, bench.people["clara"], bench.people["lea"]
    made = await documents.attach(
        alta.id, "", "", "acta.txt", b"Acta de visita", clara, Control(title="Acta de visita")
    )
    await documents.attach(alta.id, "contrato", "contrato", "c.pdf", PDF, clara)
    (folder,) = await documents.folders()
    assert (folder.account, folder.year, folder.documents) == ("Seguros Ñandú", 2026, 2)
    found, following = await documents.folder("Seguros Ñandú", 2026, "acta VISITA")
    assert [each.id for each in found] == [made.id] and following is None
    assert (await documents.folder(scope=Scope(frozenset({"CO"}))))[0] == ()
    assert (await documents.open(made.id, lea))[0].label == "company"
    contract = (await documents.of_alta(alta.id))[0]
    with pytest.raises(NotYours, match="confidencial"):
        await documents.open(contract.id, lea)


async def test_the_request_is_signed_by_two_people_of_two_areas(bench: Bench) -> None:
    bench.office.evidence["number-request"] = bench.office.altas.forms.evidence
    alta = await at_the_request(bench)
    forms, clara, olga = bench.office.altas.forms, bench.people["clara"], bench.people["olga"]
    saved = await forms.save(alta.id, await request_of(bench, alta), clara)
    with pytest.raises(NotYours, match="Operaciones: Olga"):
        await forms.sign(alta.id, "operations", clara, version=saved.version)
    await forms.sign(alta.id, "commercial", clara, version=saved.version)
    found = await forms.evidence(await bench.office.altas.find(alta.id))
    assert [item.said for item in found.items] == ["Comercial: firmó", "Operaciones: falta su firma"]
    assert found.by == ("clara",)
    assert await bench.office.altas.by_itself.look() == 0
    signed = await forms.sign(alta.id, "operations", olga, version=saved.version)
    assert signed.signed
    assert await bench.office.altas.by_itself.look() == 1
    step = (await bench.office.altas.find(alta.id)).step("solicitud-de-numero")
    assert step.state is StepState.DONE and "number-request" in step.found


async def test_nobody_signs_for_both_areas(bench: Bench) -> None:
    alta = await at_the_request(bench)
    forms, areas = bench.office.altas.forms, bench.office.areas
    await areas.change("operations", "Operaciones", "clara", None)
    clara = bench.people["clara"]
    saved = await forms.save(alta.id, await request_of(bench, alta), clara)
    await forms.sign(alta.id, "commercial", clara, version=saved.version)
    with pytest.raises(NotYours, match="la segunda firma es de otra persona"):
        await forms.sign(alta.id, "operations", clara, version=saved.version)


async def test_a_signature_is_void_once_the_request_changes(bench: Bench) -> None:
    alta = await at_the_request(bench)
    forms, clara, olga = bench.office.altas.forms, bench.people["clara"], bench.people["olga"]
    first = await forms.save(alta.id, await request_of(bench, alta), clara)
    await forms.sign(alta.id, "commercial", clara, version=first.version)
    with pytest.raises(AltaRefused, match="No cambió nada"):
        await forms.save(alta.id, await request_of(bench, alta), clara)
    second = await forms.save(alta.id, await request_of(bench, alta, line="0810"), olga)
    assert (second.version, second.signatures, second.unsigned) == (2, (), ("commercial", "operations"))
    with pytest.raises(StaleStep):
        await forms.sign(alta.id, "operations", olga, version=first.version)


async def test_a_refused_signature_says_why_and_asks_for_another_version(bench: Bench) -> None:
    alta = await at_the_request(bench)
    forms, clara, olga = bench.office.altas.forms, bench.people["clara"], bench.people["olga"]
    saved = await forms.save(alta.id, await request_of(bench, alta), clara)
    with pytest.raises(AltaRefused, match="motivo"):
        await forms.sign(alta.id, "operations", olga, version=saved.version, approved=False)
    said = "El menú no tiene reclamos."
    await forms.sign(alta.id, "operations", olga, version=saved.version, approved=False, reason=said)
    step = (await bench.office.altas.find(alta.id)).step("solicitud-de-numero")
    assert f"Operaciones no firmó: {said}" in step.missing
    await forms.sign(alta.id, "commercial", clara, version=saved.version)
    current = await forms.current(await bench.office.altas.find(alta.id))
    assert current is not None and current.unsigned == () and not current.signed
    assert not (await forms.evidence(await bench.office.altas.find(alta.id))).ok
    with pytest.raises(AltaRefused, match="Ya respondió clara"):
        await forms.sign(alta.id, "commercial", bench.people["carlos"], version=saved.version)
    again = await forms.save(alta.id, await request_of(bench, alta), clara)
    assert again.version == 2 and again.signatures == ()


async def test_a_request_that_cannot_be_is_refused_at_its_fields(bench: Bench) -> None:
    alta = await at_the_request(bench)
    wrong = {
        "fantasy_name": "ASISTENCIA " * 3,
        "line": "800",
        "notice_text": "Inventado.",
        "starts": date(2020, 1, 1),
    }
    asked = await request_of(bench, alta, **wrong)
    with pytest.raises(AltaRefused) as refused:
        await bench.office.altas.forms.save(alta.id, asked, bench.people["clara"])
    assert set(refused.value.problems) == {"fantasy_name", "line", "notice", "starts"}
    with pytest.raises(NotYours):
        await bench.office.altas.forms.save(alta.id, await request_of(bench, alta), bench.people["lea"])


def test_versions_are_compared_field_by_field() -> None:
    old = Coverages(coverages=(TOW, LOCK), conditions="Las de siempre.")
    dearer = TOW.model_copy(update={"amount": AmountLimit(limit=90000, currency="ARS", per="event")})
    new = Coverages(coverages=(dearer, LOCK.model_copy(update={"code": "LLAVE"})), conditions="Otras.")
    found = compare(old, new)
    assert [each.code for each in found.added] == ["LLAVE"]
    assert [each.code for each in found.removed] == ["CERR"]
    assert found.changed[0].fields == (FieldChange("Tope", "ARS 80000 por evento", "ARS 90000 por evento"),)
    assert found.texts == (FieldChange("Condiciones generales", "Las de siempre.", "Otras."),)
    guided = compare(old, old.model_copy(update={"guide": "Salude."}))
    assert guided.texts == (FieldChange("Guía del coordinador", "", "Salude."),)
    assert not compare(new, new)


def test_coverages_go_out_as_yaml_and_come_back_the_same() -> None:
    coverages = Coverages(coverages=(TOW, LOCK), conditions="Una.\nDos.", guide="Salude.")
    assert from_yaml(to_yaml(coverages)) == coverages
    with pytest.raises(PlanProblems) as wrong:
        from_yaml("coverages:\n  - code: grua\n    name: Grúa\n")
    assert {each.line for each in wrong.value.problems} == {2}


async def test_coverages_are_written_while_a_step_of_theirs_is_open(bench: Bench) -> None:
    bench.office.evidence["coverages"] = bench.office.altas.coverages.evidence
    altas, clara = bench.office.altas, bench.people["clara"]
    alta = await altas.start(REQUEST, clara)
    with pytest.raises(AltaRefused, match="cuando llegue su paso"):
        await altas.coverages.save(alta.id, Coverages(coverages=(TOW,)), clara)
    await altas.finish(alta.id, "prospecto", clara)
    await altas.coverages.save(alta.id, Coverages(coverages=(TOW,)), clara)
    with pytest.raises(AltaRefused, match="condiciones generales"):
        await altas.finish(alta.id, "coberturas", clara)
    whole = Coverages(coverages=(TOW, LOCK), conditions="Las de siempre.")
    second = await altas.coverages.save(alta.id, whole, clara, "Suma cerrajería", former=1)
    with pytest.raises(StaleStep):
        await altas.coverages.save(alta.id, Coverages(coverages=(LOCK,)), clara, former=1)
    assert (second.number, (await altas.find(alta.id)).coverages) == (2, 2)
    assert [each.code for each in (await altas.coverages.between(alta.id, 1, 2)).added] == ["CERR"]
    closed = await altas.finish(alta.id, "coberturas", clara)
    assert closed.step("coberturas").found["coverages"].said == "Versión 2 con 2 coberturas."


async def test_the_account_is_complete_once_the_plan_on_file_is_what_was_agreed_whole(bench: Bench) -> None:
    text = (EXAMPLES / "hogar-nandu.yaml").read_text("utf-8")
    plan = read_plan(text, "hogar-nandu.yaml").plan
    altas, clara = bench.office.altas, bench.people["clara"]
    asked = REQUEST.model_copy(update={"account": plan.account, "subsidiary": plan.subsidiary})
    alta = await altas.start(asked, clara)
    await altas.finish(alta.id, "prospecto", clara)
    await altas.coverages.save(alta.id, of_plan(plan), clara)
    assert "todavía no está cargado" in (await altas.coverages.account_complete(alta)).said
    await bench.office.provisioner.apply_text(text, "ivan", going=Going.CANDIDATE, reason="Alta")
    found = await altas.coverages.account_complete(alta)
    wrong = [item.said for item in found.items if not item.ok]
    assert wrong == []
    other = asked.model_copy(update={"account": Account(name="Otra", type="banco"), "subsidiary": "CO"})
    found = await altas.coverages.account_complete(replace(alta, request=other))
    assert [item.said for item in found.items if not item.ok] == [
        "la cuenta no es «Otra»",
        "la filial no es CO",
    ]
    untaxed = text.replace(', tax_id: "30-71234567-8"', "")
    assert untaxed != text
    await bench.office.provisioner.apply_text(untaxed, "ivan", going=Going.CANDIDATE, reason="Alta")
    found = await altas.coverages.account_complete(alta)
    assert "falta la identificación fiscal de la cuenta" in [item.said for item in found.items if not item.ok]
    first, *rest = plan.coverages
    renamed = of_plan(plan).model_copy(
        update={"coverages": (first.model_copy(update={"name": "Otra cosa"}), *rest)}
    )
    await altas.coverages.save(alta.id, renamed, clara)
    found = await altas.coverages.account_complete(alta)
    assert not found.ok and "las coberturas no son las acordadas" in found.said


async def test_coverages_with_one_code_twice_or_in_no_currency_are_refused(bench: Bench) -> None:
    altas, clara = bench.office.altas, bench.people["clara"]
    alta = await altas.start(REQUEST, clara)
    await altas.finish(alta.id, "prospecto", clara)
    lost = TOW.model_copy(update={"amount": AmountLimit(limit=1, currency="XQX", per="event")})
    for wrong, said in (
        ((TOW, TOW), "dos veces"),
        ((lost,), "no hay una moneda «XQX»"),
        ((), "al menos una"),
    ):
        with pytest.raises(AltaRefused) as refused:
            await altas.coverages.save(alta.id, Coverages(coverages=wrong), clara)
        assert said in refused.value.problems["coverages"]


async def test_an_amendment_is_shorter_and_only_of_a_plan_in_service(bench: Bench) -> None:
    altas, clara = bench.office.altas, bench.people["clara"]
    asked = REQUEST.model_copy(update={"kind": "otro-si"})
    with pytest.raises(AltaRefused, match="todavía no está en servicio"):
        await altas.start(asked, clara)
    plan = read_plan((EXAMPLES / "hogar-nandu.yaml").read_text("utf-8"), "hogar-nandu.yaml").plan
    bench.office.book.replace([StoredPlan(version_of(plan, {}), 1, "", True, MONDAY, "admin")])
    with pytest.raises(AltaRefused, match="inicie un otro sí"):
        await altas.start(REQUEST, clara)
    alta = await altas.start(asked, clara)
    assert [step.id for step in alta.open] == ["coberturas"]
    found = await bench.office.altas.coverages.current(alta.id)
    assert found is not None and found.content == of_plan(plan), "it begins with what is in force"
    assert alta.step("contrato") is None and alta.step("otro-si") is not None


async def test_what_stands_in_the_pbx_is_what_was_signed(bench: Bench) -> None:
    alta = await at_the_request(bench)
    forms, book, clara = bench.office.altas.forms, bench.office.book, bench.people["clara"]
    parts = (bench.office.plan_drafts, book, bench.office.plan_history, bench.office.numbers, forms)
    proof = configured_evidence(*parts)["configured"]
    asked = await request_of(bench, alta, fantasy_name="ASISTENCIA TERO")
    await forms.save(alta.id, asked, clara)
    assert not (await proof(alta)).ok
    plan = read_plan((EXAMPLES / "hogar-nandu.yaml").read_text("utf-8"), "hogar-nandu.yaml").plan
    book.replace([StoredPlan(version_of(plan, {}), 1, "", False, MONDAY, "ivan", candidate=True)])
    cut = await proof(alta)
    assert not cut.ok and "«ASISTENCIA ÑANDÚ» y la solicitud firmada dice «ASISTENCIA TERO»" in cut.said
    await forms.save(alta.id, await request_of(bench, alta), clara)
    whole = await proof(alta)
    assert whole.ok and whole.by == ("ivan",)
