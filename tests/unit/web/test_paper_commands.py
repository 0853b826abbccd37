"""The command line's way to an alta's coverages and letters, to clients' folders and providers' papers."""

import base64
from pathlib import Path

import pytest
from sqlalchemy import select

from altavoz.alta_paper_operations import AltaPaperOperations
from altavoz.commands.alta_papers import differences
from altavoz.provider_operations import ProviderOperations
from altavoz.unknown import Unknown
from mail.tables import outbox
from provisioning.alta.load import read_procedure
from provisioning.alta.refusals import AltaRefused
from provisioning.network.profile import profile_of
from provisioning.network.values import NetworkRefused
from provisioning.notices.drafts import NO_SERVER, DraftRefused
from staff.audit_trail import AuditFilter
from tests.unit.web.altas import contracted
from tests.unit.web.test_alta_papers import ARCHIVE
from tests.unit.web.test_api_coverages import two_versions
from tests.unit.web.test_network import WHOLE
from tests.unit.web.test_notices import alta  # noqa: F401 - a fixture
from web.app import make_app

ALTA = {"id": "alta-1"}


@pytest.fixture
async def ask(house):
    house.app = make_app(house.services(), secure_cookies=False)
    return AltaPaperOperations(house).handlers()


async def test_versions_of_coverages_are_written_out_compared_and_taken_away_as_a_document(house, ask):
    gone = await two_versions(house)
    assert (await ask["alta/coverages"](ALTA))["number"] == 2
    first = await ask["alta/coverages"](ALTA | {"version": 1, "pdf": True})
    assert f"code: {gone.code}" in first["yaml"] and first["file"] == "coberturas-hogar-premium-v1.pdf"
    assert base64.b64decode(first["pdf"]).startswith(b"%PDF-")
    seen = await ask["alta/compare"](ALTA)
    assert (seen["old"], seen["new"], [each["code"] for each in seen["removed"]]) == (1, 2, [gone.code])
    assert [each["after"] for each in seen["texts"]] == ["Otras."]
    gone_line, conditions = differences(seen)
    assert gone_line == f"− {gone.code} {gone.name}" and conditions.startswith(
        "≠ Condiciones generales: «Cubre"
    )
    back = await ask["alta/compare"](ALTA | {"old": 2, "new": 1})
    assert [each["code"] for each in back["added"]] == [gone.code]
    loaded = await ask["alta/coverages"](ALTA | {"text": first["yaml"], "note": "Como antes"})
    assert (loaded["number"], loaded["note"]) == (3, "Como antes")
    for wrong, said in (({"version": 9}, "de la 1 a la 3"), ({"id": "x"}, "no es un alta")):
        with pytest.raises(AltaRefused, match=said):
            await ask["alta/coverages"](ALTA | wrong)
    with pytest.raises(AltaRefused, match="no existe"):
        await ask["alta/compare"](ALTA | {"old": 9})


async def test_the_last_version_is_archived_where_the_step_asks_for_it(house, ask):
    house.office.altas.written = read_procedure(ARCHIVE)
    await two_versions(house)
    kept = await ask["alta/archive"](ALTA | {"step": "archivado"})
    assert (kept["name"], kept["file"]) == ("coberturas", "coberturas-hogar-premium-v2.pdf")
    assert (await house.office.altas.find(1)).step("archivado").closable
    with pytest.raises(AltaRefused):
        await ask["alta/archive"](ALTA | {"step": "nada"})


async def test_a_letter_is_shown_and_goes_only_in_the_name_of_whose_turn_it_is(house, ask, alta):  # noqa: F811
    given = {"id": alta.number, "kind": "announcement", "by": "carla", "text": "Empieza hoy."}
    seen = await ask["alta/letter"](given)
    assert seen["everybody"] and len(seen["recipients"]) == 4 and seen["against"] == []
    assert (seen["sent"], seen["text"]) == (False, "Empieza hoy.") and "Hogar Ñandú" in seen["subject"]
    drafts = house.office.notices.drafts
    outbox_, drafts._outbox = drafts._outbox, None
    assert (await ask["alta/letter"](given))["against"] == [NO_SERVER]
    drafts._outbox = outbox_
    (said,) = (await ask["alta/letter"](given | {"by": "olga"}))["against"]
    assert "Le corresponde a Commercial" in said
    with pytest.raises(DraftRefused, match="Le corresponde a Commercial"):
        await ask["alta/letter"](given | {"by": "olga", "send": True})
    for wrong, refused, said in (
        ({"by": "fabio"}, Unknown, "no puede hacer eso"),
        ({"kind": "otro"}, AltaRefused, "hay: number-request, data, announcement"),
        ({"to": ["x@x.example"]}, AltaRefused, "todo el personal"),
    ):
        with pytest.raises(refused, match=said):
            await ask["alta/letter"](given | wrong | {"send": True})
    async with house.engine.connect() as connection:
        wanted = select(outbox.c.id).where(outbox.c.kind == "announcement")
        assert (await connection.execute(wanted)).scalars().all() == []
        sent = await ask["alta/letter"](given | {"send": True})
        assert (sent["sent"], sent["by"], sent["recipients"]) == (True, "carla", 4)
        assert len((await connection.execute(wanted)).scalars().all()) == 4
    assert "mail.sent" in {row.action for row in (await house.audit.page(AuditFilter(actor="carla"))).rows}


async def test_a_clients_folder_is_searched_and_each_document_taken_away_is_noted(house, ask):
    await contracted(house)
    (folder,) = await ask["folder/list"]({})
    assert (folder["account"], folder["documents"]) == ("Seguros Ñandú S.A.", 1)
    (found,) = await ask["folder/find"]({"text": "contrato", "year": folder["year"], "limit": 5})
    assert (found["title"], found["number"]) == ("Contrato firmado", "ALTA-1")
    assert await ask["folder/find"]({"account": "Nadie", "limit": 5}) == []
    read = await ask["folder/show"]({"id": found["id"]})
    assert Path(read["path"]).read_bytes() == b"%PDF-1.4 firmado"
    with pytest.raises(AltaRefused, match="No hay un documento 9"):
        await ask["folder/show"]({"id": 9})
    assert "document.read" in {row.action for row in (await house.audit.page(AuditFilter())).rows}


async def test_a_providers_papers_are_kept_and_taken_away_from_the_machine(house, tmp_path):
    provider = await house.office.providers.add(profile_of(WHOLE))
    ask, file, one = ProviderOperations(house).handlers(), tmp_path / "seguro.pdf", {"id": provider.id}
    with pytest.raises(NetworkRefused, match="No se puede leer"):
        await ask["provider/attach"](one | {"file": str(file)})
    file.write_bytes(b"%PDF-1.4 seguro")
    kept = await ask["provider/attach"](one | {"file": str(file), "title": "Seguro"})
    assert [each["title"] for each in await ask["provider/documents"](one)] == ["Seguro"]
    read = await ask["provider/document"](one | {"document": kept["id"]})
    assert Path(read["path"]).read_bytes() == file.read_bytes()
    with pytest.raises(NetworkRefused, match="no tiene un documento 9"):
        await ask["provider/document"](one | {"document": 9})
    with pytest.raises(NetworkRefused, match="No hay un prestador 9"):
        await ask["provider/documents"]({"id": 9})
    deeds = {row.action for row in (await house.audit.page(AuditFilter())).rows}
    assert {"provider.attached", "provider.document-read"} <= deeds
