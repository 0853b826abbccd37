"""An alta's papers in the console: coverages version by version, the signed request, what people attach."""

import re
import sys

import pytest

from provisioning.alta.coverage_list import from_yaml
from provisioning.alta.load import read_procedure
from tests.unit.web.altas import begun, contracted, coverages, observed, send_file
from tests.unit.web.test_altas import read
from web.alta import documents
from web.alta.coverage_form import CELLS, Row, WrongRows, arranged, coverages_of, read_rows, row_of

PLUMBING = {"name": "Plomería", "kind": "emergencia", "events": "3", "amount": "60.000", "currency": "ARS"}
PDF = b"%PDF-1.4 acta"


def typed(*rows, **others):
    """A form of coverages as the page sends it: each cell once a row."""
    fields = [(name, row.get(name, "")) for row in rows for name in CELLS]
    return [*fields, *others.items()]


async def send(visitor, path, fields):
    headers = {"X-CSRF-Token": visitor.csrf}
    address = visitor.root.join(visitor.root.with_path(path))
    return await visitor.session.post(address, data=fields, headers=headers, allow_redirects=False)


def test_rows_become_coverages_with_codes_and_services_of_their_own():
    first, second = coverages_of([Row(PLUMBING), Row({}), Row(PLUMBING | {"events": "", "amount": ""})])
    assert (first.code, first.service, first.amount.limit, first.events.per) == (
        "PLOM",
        "plomeria",
        60000,
        "year",
    )
    assert (second.code, second.events, second.amount) == ("PLOM1", None, None)
    assert coverages_of([row_of(first), row_of(second)]) == (first, second)


def test_every_problem_of_the_rows_is_said_at_its_cell():
    wrong = [
        Row({"name": "Grúa", "code": "GRUA", "events": "muchos"}),
        Row(PLUMBING | {"code": "GRUA", "currency": "$"}),
    ]
    with pytest.raises(WrongRows) as refused:
        coverages_of(wrong)
    assert [set(row.problems) for row in refused.value.rows] == [
        {"kind", "events", "code"},
        {"currency", "code"},
    ]


def test_rows_are_moved_added_and_taken_out_by_buttons():
    one, two, three = (Row({"name": name}) for name in ("uno", "dos", "tres"))
    assert arranged([one, two, three], "up:2") == ((one, three, two), 1)
    assert arranged([one, two, three], "down:0") == ((two, one, three), 1)
    assert arranged([one, two, three], "remove:1") == ((one, three), 1)
    assert arranged([one], "add") == ((one, Row()), 1)
    for nonsense in ("up:9", "remove:-1", "remove:x", "drop", ""):
        assert arranged([one], nonsense) == ((one,), None)


async def test_coverages_are_written_arranged_without_saving_and_saved_as_versions(house):
    alta = await begun(house)
    await house.office.altas.finish(alta.id, "prospecto", await house.person("carla"))
    path = f"/altas/{alta.id}/coverages"
    async with house.at("carla") as carla:
        assert "Traerlas de un plan" in await read(carla, f"{path}/edit")
        fields = typed(PLUMBING, {"name": "Grúa", "kind": "emergencia"}, version="0", conditions="Todas.")
        rows = await (await send(carla, f"{path}/rows", [*fields, ("act", "up:1")])).text()
        assert rows.index('value="Grúa"') < rows.index('value="Plomería"') and "<html" not in rows
        wrong = await send(carla, f"{path}/edit", typed({"name": "Grúa"}, version="0"))
        assert wrong.status == 422 and "Elija si es emergencia o programada." in await wrong.text()
        assert (await send(carla, f"{path}/edit", fields)).status == 303
        page = await read(carla, path)
        assert "Versión 1" in page and "ARS 60.000 por evento" in page
        stale = await send(carla, f"{path}/edit", typed(PLUMBING, version="0", note="Sin grúa"))
        text = await stale.text()
        assert stale.status == 409 and "Otra persona guardó" in text and 'value="Sin grúa"' in text
        assert (await send(carla, f"{path}/edit", typed(PLUMBING, version="1"))).status == 303
        compared = await read(carla, f"{path}/compare")
        assert compared.count(">Quitada<") == 1 and compared.count(">Igual<") == 1
        assert (await carla.get(f"{path}/compare?old=1&new=7")).status == 404


async def test_coverages_are_brought_from_a_plan_or_a_file_and_saved_only_when_asked(house):
    alta = await begun(house)
    path = f"/altas/{alta.id}/coverages/import"
    text = next(each.text for each in house.book.live() if each.version.plan.plan == "hogar-nandu")
    async with house.at("carla") as carla:
        brought = await (await send_file(carla, path, "plan.yaml", text.encode())).text()
        assert 'value="PLOM"' in brought and "todavía no está guardado" in brought
        brought = await (await carla.post(path, {"plan": "hogar-nandu"})).text()
        assert 'value="PLOM"' in brought
        for name, body in (
            ("x.yaml", b"coverages: [{code: p}]"),
            ("x.yaml", b"\xff\xfe"),
            ("x.yaml", b"- 1"),
        ):
            refused = await send_file(carla, path, name, body)
            assert refused.status == 422 and 'class="problem"' in await refused.text()
        assert (await carla.post(path, {"plan": "no-hay"})).status == 422
    assert await house.office.altas.coverages.current(alta.id) is None


async def test_a_file_of_coverages_is_read_beside_what_else_goes_on(house):
    """A large one takes seconds: calls are told to desks meanwhile."""
    alta = await begun(house)
    in_the_loop: list[str] = []

    def note(frame, what, _told):
        if what == "call" and frame.f_code is from_yaml.__code__:
            in_the_loop.append(frame.f_code.co_name)

    async with house.at("carla") as carla:
        sys.setprofile(note)
        try:
            path = f"/altas/{alta.id}/coverages/import"
            answer = await send_file(carla, path, "x.yaml", b"coverages: [{code: p}]")
        finally:
            sys.setprofile(None)
    assert (answer.status, in_the_loop) == (422, [])


async def test_observations_stand_beside_the_coverage_they_are_of(house):
    alta = await observed(house)
    path = f"/altas/{alta.id}/coverages"
    async with (
        house.serving() as root,
        house.visit(root, "olga") as olga,
        house.visit(root, "carla") as carla,
    ):
        assert (
            await olga.post(f"{path}/observe", {"about-PLOM": "Subir el tope", "about-NO": "x"})
        ).status == 303
        page = await read(carla, path)
        assert re.search(r"Plomería.*?Subir el tope.*?Cerrajería", page, re.DOTALL)
        assert len(await house.office.altas.events(alta.id, kind="commented")) == 1


async def test_the_documents_of_coverages_and_request_are_pdf_with_label_and_revision(house):
    alta = await contracted(house)
    path = f"/altas/{alta.id}"
    async with (
        house.serving() as root,
        house.visit(root, "carla") as carla,
        house.visit(root, "olga") as olga,
    ):
        page = await read(olga, f"{path}/coverages/document")
        assert "Uso de la compañía" in page and "Control de cambios" in page
        assert (await olga.get(f"{path}/number-request.pdf")).status == 404
        request = {
            "line": "0800",
            "fantasy_name": "HOGAR PREMIUM",
            "starts": "2031-03-01",
            "option-1": "Emergencia",
        }
        assert (await carla.post(f"{path}/number-request", request)).status == 422
        notice = re.search(r'name="notice" value="([^"]+)"', await read(carla, f"{path}/number-request"))[1]
        assert (await carla.post(f"{path}/number-request", request | {"notice": notice})).status == 303
        signed = {"area": "commercial", "version": "1", "decision": "approved"}
        assert (await carla.post(f"{path}/number-request/sign", signed)).status == 303
        assert (
            await carla.post(f"{path}/number-request/sign", signed | {"area": "operations"})
        ).status == 422
        without = signed | {"area": "operations", "decision": "rejected", "reason": ""}
        assert (await olga.post(f"{path}/number-request/sign", without)).status == 422
        assert (await olga.post(f"{path}/number-request/sign", signed | {"version": "7"})).status in (
            409,
            422,
        )
        assert (await olga.post(f"{path}/number-request/sign", signed | {"area": "operations"})).status == 303
        assert "Firmada · versión 1" in re.sub(r"<[^>]+>", "", await read(carla, f"{path}/number-request"))
        assert "code: PLOM" in await read(carla, f"{path}/coverages.yaml?version=1")
        assert (await carla.post(f"{path}/coverages/send", {"delivery": "1"})).status == 422
        for paper in ("coverages/document.pdf", "number-request.pdf"):
            answer = await carla.get(f"{path}/{paper}")
            assert answer.status == 200 and (await answer.read()).startswith(b"%PDF-"), paper
            assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


ARCHIVE = """\
altavoz: 1
procedure: archivo
name: Archivo
steps:
  - id: archivado
    title: Coberturas archivadas
    areas: [commercial]
    days: 2
    evidence: [coverages]
    documents: [{name: coberturas, title: Documento definitivo, of: coverages}]
"""


async def test_the_coverages_are_archived_as_altavoz_draws_them_up_the_last_version_each_time(house):
    house.office.altas.written = read_procedure(ARCHIVE)
    alta, carla = await begun(house), await house.person("carla")
    path, altas = f"/altas/{alta.id}", house.office.altas
    form = {"step": "archivado", "name": "coberturas"}
    async with (
        house.serving() as root,
        house.visit(root, "carla") as visitor,
        house.visit(root, "olga") as olga,
    ):
        assert "Archivar la versión" not in await read(visitor, path)
        assert (await visitor.post(f"{path}/coverages/archive", form)).status == 404
        await altas.coverages.save(alta.id, coverages(house), carla, "Primera versión")
        assert "Archivar la versión 1" in await read(visitor, path)
        assert "Archivar la versión" not in await read(olga, path)
        refused = await olga.post(f"{path}/coverages/archive", form)
        assert refused.status == 422 and "Coberturas archivadas" in await refused.text()
        assert await altas.documents.of_alta(alta.id) == ()
        archived = await visitor.post(f"{path}/coverages/archive", form)
        assert archived.headers["Location"] == f"{path}?done=archived&step=archivado"
        page = await read(visitor, archived.headers["Location"])
        assert "Coberturas archivadas." in page and "Archivar la versión" not in page
        changed = coverages(house).model_copy(update={"conditions": "Otras condiciones."})
        await altas.coverages.save(alta.id, changed, carla, "Segunda versión")
        assert "Archivar la versión 2" in await read(visitor, path)
        await visitor.post(f"{path}/coverages/archive", form)
        second, first = await altas.documents.of_alta(alta.id)
        assert (first.file, second.file) == (
            "coberturas-hogar-premium-v1.pdf",
            "coberturas-hogar-premium-v2.pdf",
        )
        assert (second.revision, second.title, second.drew_up) == (2, "Documento definitivo", "carla")
        body = await (await visitor.get(f"{path}/documents/{second.id}")).read()
        assert body.startswith(b"%PDF-")
    assert (await altas.find(alta.id)).step("archivado").closable


async def test_a_document_is_attached_read_again_by_its_label_and_approved_by_somebody_else(house):
    alta = await contracted(house)
    path = f"/altas/{alta.id}/documents"
    async with house.serving() as root:
        async with house.visit(root, "carla") as carla, house.visit(root, "olga") as olga:
            for body in (PDF, PDF + b"2"):
                sent = await send_file(carla, path, "Acta «ñ».pdf", body, title="Acta de visita")
                assert sent.status == 303
            page = await read(olga, f"/altas/{alta.id}")
            assert "Revisión 2 · Acta «ñ».pdf" in page and "Revisión 1, anterior" in page
            answer = await olga.get(f"{path}/3")
            assert await answer.read() == PDF + b"2"
            assert (
                answer.headers["Content-Disposition"]
                == "attachment; filename*=UTF-8''Acta%20%C2%AB%C3%B1%C2%BB.pdf"
            )
            assert (await carla.post(f"{path}/3/sign-off", {"what": "approved"})).status == 422
            assert (await olga.post(f"{path}/3/sign-off", {"what": "approved"})).status == 303
            assert "aprobó Olga Díaz" in await read(carla, f"/altas/{alta.id}")
            assert (await olga.get("/altas/1/documents/99")).status == 404
        async with house.visit(root, "fabio") as fabio:
            refused = await fabio.get(f"{path}/1")
            assert refused.status == 403 and "confidencial" in await refused.text()
            assert (await fabio.get(f"{path}/3")).status == 200


async def test_what_is_too_large_or_no_document_is_refused_with_a_clear_sentence(house, monkeypatch):
    alta = await contracted(house)
    path = f"/altas/{alta.id}/documents"
    async with house.at("carla") as carla:
        for name, body in (("a.exe", b"MZ"), ("a.pdf", b"<script>"), ("", b""), ("a.pdf", b"")):
            refused = await send_file(carla, path, name, body, title="Acta", label="company")
            text = await refused.text()
            assert refused.status == 422 and 'class="problem"' in text and 'value="Acta"' in text, name
        huge = await send_file(carla, path, "a.pdf", PDF + b"0" * documents.LARGEST, title="Acta")
        assert huge.status == 413 and "MB" in await huge.text()
    assert len(await house.office.altas.documents.of_alta(alta.id)) == 1


def test_a_row_lacks_no_cell_whatever_is_sent():
    class Given:
        def getall(self, name, default):
            return ["x"] * (3 if name == "name" else 1)

    assert [row.get("name") for row in read_rows(Given())] == ["x"]


async def test_a_clients_folder_holds_its_documents_by_year_and_finds_them_by_a_word(house):
    alta = await contracted(house)
    async with house.serving() as root, house.visit(root, "fabio") as fabio:
        year = alta.started.year
        for query in ("", f"?year={year}", "?text=contrato", "?account=Seguros+Ñandú+S.A."):
            assert "Contrato.pdf" in await read(fabio, f"/folders{query}"), query
        for query in ("?year=1999", "?text=acta", "?account=Nadie"):
            assert "Ningún documento cumple" in await read(fabio, f"/folders{query}"), query
        assert (await fabio.get("/folders?after=x")).status == 400
