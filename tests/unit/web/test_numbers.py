"""The inventory in the console: found, loaded, reserved, linked, moved; out of sight is not there."""

import io
from dataclasses import replace
from html import unescape

import openpyxl
import pytest
from aiohttp import FormData

from db.engine import writing
from plans.model import Account
from provisioning.alta.load import read_procedure
from provisioning.alta.request import AltaRequest
from provisioning.notices.drafts import Dispatch, DraftRefused
from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.values import Entry, Holder
from staff.permissions import Permission
from staff.profile import profile_of
from staff.scope import Scope
from staff.tokens import Tokens
from tests.unit.web.altas import at_work
from web.alta import words

HTML = {"Accept": "text/html"}
H1, H2, PUBLIC, BOGOTA = "+541140003000", "+541140003001", "+548005550001", "+576015550001"
ATLAS = Holder("vial-atlas", "AR", "Banco Atlas")
VIAL_ATLAS = AltaRequest(
    plan="vial-atlas",
    name="Vial Atlas",
    account=Account(name="Banco Atlas", type="banco"),
    subsidiary="AR",
)
NUMBER_STEPS = """\
altavoz: 1
procedure: solo-numeros
name: Solo números
areas: {it: Sistemas}
steps:
  - {id: cabecera, title: Cabecera, areas: [it], days: 2, evidence: [header-number]}
  - {id: publico, title: Público, areas: [it], days: 2, evidence: [public-number]}
"""


@pytest.fixture
async def numbers(house):
    made = house.office.numbers
    await made.add([Entry(each, NumberKind.HEADER, "AR", "telecom-ar", "=2+2") for each in (H1, H2)])
    await made.add([Entry(BOGOTA, NumberKind.HEADER, "CO", "claro-co")])
    return made


@pytest.fixture
async def alta(house):
    return await house.office.altas.start(VIAL_ATLAS, None)


async def _scoped(house, name, subsidiaries=(), accounts=()):
    person = await house.person(name)
    wanted = replace(profile_of(person), scope=Scope(frozenset(subsidiaries), frozenset(accounts)))
    await house.staffing.change(person, wanted, person.revision, "campaña")


async def test_numbers_are_listed_counted_and_found_as_typed(house, numbers):
    await numbers.reserve(ATLAS, "telecom-ar", H1)
    async with house.at("ivan") as visitor:
        html = await (await visitor.get("/numbers")).text()
        assert "011 4000-3000" in html and "601 555 0001" in html and "Banco Atlas" in html
        assert "Todos <strong>3</strong>" in html and "Reservado <strong>1</strong>" in html
        found = await (await visitor.get("/numbers?text=011%204000-3001")).text()
        assert "011 4000-3001" in found and "011 4000-3000" not in found.split("<tbody")[1]
        none = await (await visitor.get("/numbers?text=0800")).text()
        assert "Ningún número cumple" in none


async def test_an_empty_inventory_says_what_to_do(house):
    async with house.at("ivan") as visitor:
        assert "Cargue las cabeceras" in await (await visitor.get("/numbers")).text()
    async with house.at("carla") as visitor:
        assert "Sistemas los carga" in await (await visitor.get("/numbers")).text()


async def test_a_number_is_reserved_for_an_alta_linked_and_moved_on_its_page(house, numbers, alta):
    async with house.at("ivan") as visitor:
        page = await (await visitor.get(f"/numbers/{H1}")).text()
        assert "Reservar para" in page and "ALTA-1" in page and "Liberar" not in page
        form = {"move": "reserve", "alta": str(alta.id), "revision": "1"}
        done = await visitor.post(f"/numbers/{H1}/moves", form, **HTML)
        assert done.headers["Location"] == f"/numbers/{H1}?done=reserve"
        page = await (await visitor.get(done.headers["Location"])).text()
        assert "Se reservó." in page and "Deshacer" in page and "Iván Sosa" in page
        refused = await visitor.post(f"/numbers/{H1}/link", {"other": "0800 12", "reason": "correo"}, **HTML)
        text = await refused.text()
        assert refused.status == 422 and "lleva 7 dígitos más" in text and 'value="0800 12"' in text
        given = await visitor.post(f"/numbers/{H1}/link", {"other": "0800-555-0001"}, **HTML)
        page = await (await visitor.get(given.headers["Location"])).text()
        assert "El operador dio el número." in page and "Todavía no confirmó el vínculo" in page
        form = {"other": PUBLIC, "linked": "1", "reason": "correo"}
        await visitor.post(f"/numbers/{H1}/link", form, **HTML)
        found = await numbers.get(H1)
        assert (found.linked, found.state) == ((PUBLIC,), NumberState.LINKED)
        stale = {"move": "quarantine", "reason": "x", "revision": "1"}
        late = await visitor.post(f"/numbers/{H1}/moves", stale, **HTML)
        assert late.status == 409 and "Otra persona cambió" in await late.text()


@pytest.mark.parametrize("move", ["release", "test", "adopt", "grant", "link", "nothing"])
async def test_nobody_releases_a_number_by_its_page(house, numbers, move):
    async with house.at("ivan") as visitor:
        form = {"move": move, "reason": "x", "revision": "1"}
        assert (await visitor.post(f"/numbers/{H1}/moves", form, **HTML)).status == 400
    assert (await numbers.get(H1)).state is NumberState.FREE


async def test_several_are_moved_at_once_and_what_was_refused_is_said(house, numbers):
    await numbers.reserve(ATLAS, "telecom-ar", H2)
    async with house.at("ivan") as visitor:
        data = FormData({"move": "retire", "reason": "cortados", "csrf": visitor.csrf})
        for each in (H1, H2):
            data.add_field("number", each)
        html = await (await visitor.post("/numbers/moves", data, **HTML)).text()
    assert "Se hizo con un número" in html and "Con uno no se pudo" in html and "está reservado" in html
    assert (await numbers.get(H1)).state is NumberState.RETIRED


async def _send(visitor, content=b"", name="rango.csv", **fields):
    form = FormData({"csrf": visitor.csrf, **fields}, default_to_multipart=True)
    if content:
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
    return await visitor.post("/numbers/load", form, **HTML)


async def test_a_file_is_looked_at_and_then_loaded(house, numbers):
    async with house.at("ivan") as visitor:
        wrong = await _send(visitor, "número;filial\n011 4000-3000;AR\n1;AR\n".encode("latin-1"))
        html = await wrong.text()
        assert wrong.status == 422 and "Hay 2 problemas en «rango.csv»" in html
        assert "está en el inventario: cabecera" in html and "«1» no es un número" in html
        seen = await _send(visitor, pasted="011 4000-2000..2004\n0800-555-0001", subsidiary="AR")
        place = seen.headers["Location"]
        assert "Se cargarán 6 números" in await (await visitor.get(place)).text()
        async with house.visit(visitor.root, "raul") as other:
            assert (await other.get(place)).status == 404
        loaded = await visitor.post(place, {"reason": "rango nuevo"}, **HTML)
        assert loaded.headers["Location"] == "/numbers?done=loaded-6"
        assert (await visitor.get(place)).status == 404
    assert (await numbers.history(await numbers.get("011 4000-2003")))[0].reason == "rango nuevo"


async def test_a_file_that_became_wrong_meanwhile_loads_nothing(house, numbers):
    async with house.at("ivan") as visitor:
        place = (await _send(visitor, pasted="011 4000-2000..2001", subsidiary="AR")).headers["Location"]
        await numbers.add([Entry("+541140002001", NumberKind.HEADER, "AR", "telecom-ar")])
        late = await visitor.post(place, {}, **HTML)
        assert late.status == 409 and "ya está en el inventario" in await late.text()
    assert await numbers.get("011 4000-2000") is None


async def test_the_template_can_be_loaded_and_formulas_leave_as_text(house, numbers):
    async with house.at("ivan") as visitor:
        for form in ("csv", "xlsx"):
            body = await (await visitor.get(f"/numbers/load/template/{form}")).read()
            answer = await _send(visitor, body, f"p.{form}")
            assert "/numbers/load/" in answer.headers["Location"], form
        text = await (await visitor.get("/numbers/export/csv?text=3001")).text()
        assert text.count("\r\n") == 2 and "011 4000-3001" in text and ",'=2+2" in text
        book = await (await visitor.get("/numbers/export/xlsx")).read()
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    assert rows[0][0] == "Número" and len(rows) == 4
    assert {row[-1] for row in rows[1:]} == {"=2+2", None} or rows[1][-1] == "=2+2"


async def test_a_number_out_of_sight_is_not_there(house, numbers):
    await numbers.reserve(ATLAS, "telecom-ar", H1)
    await _scoped(house, "ivan", ("AR",), ("Banco Cóndor",))
    async with house.at("ivan") as visitor:
        html = await (await visitor.get("/numbers")).text()
        assert "011 4000-3001" in html and "011 4000-3000" not in html and "601 555 0001" not in html
        for number in (H1, BOGOTA):
            assert (await visitor.get(f"/numbers/{number}")).status == 404
            form = {"move": "retire", "reason": "x", "revision": "1"}
            assert (await visitor.post(f"/numbers/{number}/moves", form)).status == 404
        carriers = await (await visitor.get("/carriers")).text()
        assert "telecom-ar" in carriers and "claro-co" not in carriers
        csv = await (await visitor.get("/numbers/export/csv")).text()
        assert "1140003000" not in csv


async def test_the_carriers_page_says_what_was_really_delivered(house, numbers):
    await house.office.carriers.observed("telecom-ar", H1, {"request-uri": "991140003000"})
    async with house.at("olga") as visitor:
        html = await (await visitor.get("/carriers")).text()
    assert "No coincide" in html and "Antepone «99»" in html and "Sin llamadas de prueba" in html


async def test_an_alta_gets_its_numbers_from_its_own_page_and_gives_them_back(house, numbers, alta):
    async with house.at("ivan") as visitor:
        for act, fields, done in (
            ("reserve", {"carrier": "telecom-ar"}, "header-reserved"),
            ("request", {"header": H1, "reason": "por teléfono"}, "number-asked"),
            ("link", {"header": H1, "public": "0800-555-0001"}, "number-granted"),
            ("link", {"header": H1, "public": PUBLIC, "linked": "1", "reason": "correo"}, "number-linked"),
        ):
            form = fields | {"step": "numero-publico"}
            answer = await visitor.post(f"/altas/{alta.id}/numbers/{act}", form, **HTML)
            assert answer.headers["Location"] == f"/altas/{alta.id}?done={done}&step=numero-publico"
            page = await (await visitor.get(answer.headers["Location"])).text()
            assert words.DONE[done] in page
    evidence = house.office.evidence
    found = {name: await evidence[name](alta) for name in ("header-number", "public-number", "number-linked")}
    assert all(each.ok and each.by == ("ivan",) for each in found.values())
    assert found["number-linked"].said == "Vinculado: 0800-555-0001 sobre 011 4000-3000."
    await house.office.altas.cancel(alta.id, None, "el cliente desistió")
    assert (await numbers.get(H1)).state is NumberState.QUARANTINE
    assert not (await evidence["header-number"](alta)).ok


async def test_one_form_notes_the_number_and_its_link(house, numbers, alta):
    await numbers.reserve(Holder(alta.plan, "AR", "Banco Atlas", alta.id), "telecom-ar")
    async with house.at("ivan") as visitor:
        form = {"header": H1, "public": "0800-555-0001", "linked": "1"}
        await visitor.post(f"/altas/{alta.id}/numbers/link", form, **HTML)
    for name in ("public-number", "number-linked"):
        assert (await house.office.evidence[name](alta)).ok


REFUSED = (
    ("reserve", {"carrier": "telecom-ar", "header": "011 99"}, "011 99", "«011 99»"),
    ("link", {"header": H1, "public": "011 5555-0000"}, "011 5555-0000", "es un fijo"),
    ("link", {"header": H1, "public": "0800-555-0009"}, "0800-555-0009", "del plan «otro-plan»"),
    ("link", {"header": H2, "public": "0800-555-0001"}, "", "no es de esta alta"),
)


@pytest.mark.parametrize(("act", "fields", "kept", "said"), REFUSED)
async def test_what_is_refused_comes_back_with_what_was_typed(house, numbers, act, fields, kept, said):
    await at_work(house)
    house.office.altas.written = read_procedure(NUMBER_STEPS)
    alta = await house.office.altas.start(VIAL_ATLAS, None)
    if act == "link":
        await numbers.reserve(Holder(alta.plan, "AR", "Banco Atlas", alta.id), "telecom-ar", H1)
        await numbers.reserve(Holder("otro-plan", "AR", "Otra"), "telecom-ar", H2)
        await numbers.grant(H2, "+548005550009")
    async with house.at("ivan") as visitor:
        answer = await visitor.post(f"/altas/{alta.id}/numbers/{act}", fields | {"step": "x"}, **HTML)
        html = unescape(await answer.text())
    assert answer.status == 422 and f"ALTA-{alta.id}" in html and said in html
    if kept:
        assert f'value="{kept}" aria-invalid="true"' in html


async def test_evidence_says_what_is_missing(house, numbers, alta):
    evidence = house.office.evidence
    assert "Falta reservar" in (await evidence["header-number"](alta)).said
    await numbers.reserve(Holder(alta.plan, "AR", "Banco Atlas", alta.id), "telecom-ar")
    assert "Falta pedir" in (await evidence["public-number"](alta)).said
    await numbers.request(H1)
    waits = await evidence["public-number"](alta)
    assert not waits.ok and "todavía no respondió" in waits.said and waits.items
    assert "011 4000-3000 no tiene público" in (await evidence["number-linked"](alta)).said
    await numbers.grant(H1, PUBLIC)
    given, waits = await evidence["public-number"](alta), await evidence["number-linked"](alta)
    assert given.ok and given.said == "El operador dio 0800-555-0001."
    assert not waits.ok and "no confirmó que 0800-555-0001 llega a 011 4000-3000" in waits.said


async def test_the_api_lists_numbers_in_sight(house, numbers):
    await numbers.move(H2, Move.RETIRE, "x")
    tokens: Tokens = house.tokens
    made = await tokens.add("crm", [Permission.NUMBER_READ], Scope(frozenset({"AR"})), 30)
    bearer = {"Authorization": f"Bearer {made['token'] if isinstance(made, dict) else made}"}
    async with house.at() as visitor:
        first = await (await visitor.get("/api/v1/numbers?limit=1", **bearer)).json()
        assert [each["e164"] for each in first["items"]] == [H1]
        rest = await (await visitor.get(f"/api/v1/numbers?after={first['next']}", **bearer)).json()
        assert [(each["e164"], each["state"]) for each in rest["items"]] == [(H2, "retired")]
        assert rest["next"] is None
        found = await (await visitor.get("/api/v1/numbers?text=4000-3001&state=retired", **bearer)).json()
        assert len(found["items"]) == 1


async def test_the_letter_to_the_carrier_is_written_of_the_alta_and_marks_its_header(house, numbers, alta):
    write, sent = house.office.drafts["number-request"], house.office.sent["number-request"]
    with pytest.raises(DraftRefused, match="Falta reservar la cabecera"):
        await write(alta, await house.person("carla"))
    await numbers.reserve(Holder(alta.plan, "AR", "Banco Atlas", alta.id), "telecom-ar")
    draft = await write(alta, await house.person("carla"))
    assert "011 4000-3000" in draft.subject and "Vial Atlas" in draft.text and draft.to == ()
    dispatch = Dispatch(1, "number-request", "carla", house.clock(), draft.subject, draft.text, 1)
    async with writing(house.engine) as connection:
        await sent(connection, alta, dispatch)
    assert (await numbers.get(H1)).state is NumberState.REQUESTED
    assert (await write(alta, await house.person("carla"))).subject == draft.subject
