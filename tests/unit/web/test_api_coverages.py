"""Coverages as a document by programs: its versions, what changes between them, archived; a step signed."""

from sqlalchemy import insert, select

from provisioning.alta.evidence import Found
from provisioning.alta.load import read_procedure
from provisioning.alta.tables import alta_hooks
from tests.unit.web.altas import begun, contracted, coverages
from tests.unit.web.test_alta_papers import ARCHIVE
from tests.unit.web.test_api_acts import asked, posted, token_of
from tests.unit.web.test_api_altas import read, step_of

PATH = "altas/1/coverages"


async def two_versions(house, **changes):
    """An alta whose second version lacks a coverage and says other conditions."""
    alta, carla = await begun(house, **changes), await house.person("carla")
    first, store = coverages(house), house.office.altas.coverages
    if alta.step("prospecto") is not None:
        await house.office.altas.finish(alta.id, "prospecto", carla)
    await store.save(alta.id, first, carla, "Primera versión")
    fewer = first.model_copy(update={"coverages": first.coverages[1:], "conditions": "Otras."})
    await store.save(alta.id, fewer, carla, "Sin la primera")
    return first.coverages[0]


async def test_versions_are_listed_read_and_compared(house):
    gone = await two_versions(house)
    token = await token_of(house, "fabio")
    async with house.at() as visitor:
        second, first = (await asked(visitor, f"{PATH}/versions", token))["items"]
        assert (second["version"], second["note"], second["by"]) == (2, "Sin la primera", "carla")
        assert first["coverages"] == second["coverages"] + 1
        assert (await asked(visitor, PATH, token))["version"] == 2
        former = await asked(visitor, f"{PATH}?version=1", token)
        assert former["coverages"][0]["code"] == gone.code
        seen = await asked(visitor, f"{PATH}/compare", token)
        assert (seen["old"], seen["new"], seen["added"], seen["changed"]) == (1, 2, [], [])
        assert seen["removed"] == [former["coverages"][0]]
        assert [(each["label"], each["after"]) for each in seen["texts"]] == [
            ("Condiciones generales", "Otras.")
        ]
        back = await asked(visitor, f"{PATH}/compare?old=2&new=1", token)
        assert back["added"] == seen["removed"] and back["texts"][0]["before"] == "Otras."
        for nothing in ("?version=7", "/compare?old=1&new=7", "/pdf?version=7", "/yaml?version=7"):
            bearer = {"Authorization": f"Bearer {token}"}
            answer = await visitor.get(f"/api/v1/{PATH}{nothing}", **bearer)
            assert "Esa versión de las coberturas no existe" in (await read(answer, 404))["title"], nothing
        assert (await visitor.get(f"/api/v1/{PATH}?version=x", **bearer)).status == 400


async def test_the_document_is_taken_away_as_pdf_and_as_yaml(house):
    gone = await two_versions(house)
    bearer = {"Authorization": f"Bearer {await token_of(house, 'fabio')}"}
    async with house.at() as visitor:
        pdf = await visitor.get(f"/api/v1/{PATH}/pdf", **bearer)
        assert (await pdf.read()).startswith(b"%PDF-") and pdf.content_type == "application/pdf"
        assert "coberturas-hogar-premium-v2.pdf" in pdf.headers["Content-Disposition"]
        text = await (await visitor.get(f"/api/v1/{PATH}/yaml?version=1", **bearer)).text()
        assert f"code: {gone.code}" in text
        assert f"code: {gone.code}" not in await (await visitor.get(f"/api/v1/{PATH}/yaml", **bearer)).text()


async def test_the_last_version_is_archived_by_whose_turn_it_is(house):
    house.office.altas.written = read_procedure(ARCHIVE)
    await two_versions(house)
    carla, olga = await token_of(house, "carla"), await token_of(house, "olga")
    path, given = f"{PATH}/archive", {"step": "archivado"}
    async with house.at() as visitor:
        refused = await read(await posted(visitor, path, olga, **given), 422)
        assert "Le corresponde a Comercial" in refused["detail"]
        assert (await posted(visitor, path, carla, step="nada")).status == 422
        kept = await read(await posted(visitor, path, carla, **given))
        assert (kept["name"], kept["file"], kept["drew_up"]) == (
            "coberturas", "coberturas-hogar-premium-v2.pdf", "carla",
        )  # fmt: skip
        file = await visitor.get(f"/api/v1/altas/1/documents/{kept['id']}", Authorization=f"Bearer {olga}")
        assert (await file.read()).startswith(b"%PDF-")
    assert (await house.office.altas.find(1)).step("archivado").closable


async def test_a_step_that_archives_none_asks_which_document_it_is(house):
    await contracted(house)
    carla = await token_of(house, "carla")
    async with house.at() as visitor:
        refused = await read(await posted(visitor, f"{PATH}/archive", carla, step="plan-cargado"), 422)
        assert "no archiva coberturas" in refused["detail"]
        named = {"step": "plan-cargado", "name": "coberturas"}
        assert (await read(await posted(visitor, f"{PATH}/archive", carla, **named)))[
            "step"
        ] == "plan-cargado"


async def test_a_version_that_did_not_arrive_is_sent_again_and_no_other_altas(house):
    await two_versions(house)
    await begun(house, plan="otro-plan", name="Otro")
    carla = await token_of(house, "carla")
    row = {"alta": 1, "version": 2, "state": "failed", "tries": 20, "due": house.clock(), "error": "500"}
    async with house.engine.begin() as connection:
        await connection.execute(insert(alta_hooks).values(row))
    async with house.at() as visitor:
        (sent,) = (await asked(visitor, f"{PATH}/deliveries", carla))["items"]
        assert (sent["state"], sent["error"]) == ("failed", "500")
        other = await posted(visitor, f"altas/2/coverages/deliveries/{sent['id']}/again", carla)
        assert "ya salió o no existe" in (await read(other, 422))["detail"]
        path = f"{PATH}/deliveries/{sent['id']}/again"
        assert (await read(await posted(visitor, path, carla)))["items"][0]["state"] == "pending"
        assert (await posted(visitor, path, carla)).status == 422
    async with house.engine.connect() as connection:
        assert (await connection.execute(select(alta_hooks.c.tries))).scalars().all() == [0]


async def test_the_plan_that_was_loaded_is_signed_by_two_people_each_for_their_area(house):
    async def written(_alta):
        return Found(True, "El borrador no tiene errores.")

    house.office.evidence["plan-written"] = written
    await contracted(house)
    carla, olga = await token_of(house, "carla"), await token_of(house, "olga")
    path = "altas/1/steps/plan-cargado"

    async def signed(token, area, **given):
        seen = step_of(await asked(visitor, "altas/1", token), "plan-cargado")
        word = {"area": area, "approved": True, "revision": seen["revision"]} | given
        return await posted(visitor, f"{path}/sign", token, **word)

    async with house.at() as visitor:
        assert (
            "Le corresponde a Operaciones" in (await read(await signed(carla, "operations"), 422))["detail"]
        )
        assert (await signed(carla, "commercial", revision=0)).status == 409
        assert (await signed(carla, "commercial", approved=False)).status == 422
        one = step_of(await read(await signed(carla, "commercial")), "plan-cargado")
        assert [(each["area"], each["person"]) for each in one["signed"]] == [("commercial", "carla")]
        assert one["signatures"] == ["commercial", "operations"]
        assert "Ya firmó carla" in (await read(await signed(carla, "commercial"), 422))["detail"]
        assert (await signed(olga, "operations")).status == 200
        await house.office.altas.by_itself.look()
        assert step_of(await asked(visitor, "altas/1", olga), "plan-cargado")["state"] == "done"
