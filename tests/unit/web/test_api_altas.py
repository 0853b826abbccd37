"""Altas moved by programs: in a person's name, when it is their turn, with the console's own refusals."""

from staff.audit_trail import AuditFilter
from staff.tokens import LABELS
from tests.unit.web.altas import CONTRACT, at_work, begun, contracted, observed
from tests.unit.web.test_api_acts import asked, posted, sent_file, token_of

DATA = {
    "name": "Hogar Premium",
    "client": "Seguros Ñandú S.A.",
    "type": "aseguradora",
    "tax_id": "30-71234567-8",
    "contacts": "Ana Paz, jefa de producto",
    "subsidiary": "AR",
    "carrier": "telecom-ar",
    "sold_by": ["TMK"],
    "share": 80,
    "within": 20,
}
GRUA = {"name": "Grúa", "kind": "emergencia", "events": 3, "amount": 80000, "currency": "ars"}


def step_of(alta, id):
    return next(each for each in alta["steps"] if each["step"] == id)


async def read(answer, status=200):
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_program_begins_an_alta_and_closes_the_step_of_its_person(house):
    await at_work(house)
    carla, ivan = await token_of(house, "carla"), await token_of(house, "ivan")
    async with house.at() as visitor:
        alta = await read(await posted(visitor, "altas", carla, **DATA))
        assert (alta["plan"], alta["asked_by"], alta["data"]["sold_by"]) == (
            "hogar-premium",
            "carla",
            ["tmk"],
        )
        assert (alta["data"]["share"], alta["data"]["within"]) == (80, 20)
        again = await read(await posted(visitor, "altas", carla, **DATA), 422)
        assert "ya tiene un alta en curso: ALTA-1" in again["detail"]
        step = step_of(alta, "prospecto")
        path, given = "altas/ALTA-1/steps/prospecto/finish", {"revision": step["revision"]}
        refused = await read(await posted(visitor, path, ivan, **given), 422)
        assert "Le corresponde a Comercial: Carla Mora." in refused["detail"]
        done = await read(await posted(visitor, path, carla, **given))
        assert (step_of(done, "prospecto")["state"], step_of(done, "prospecto")["by"]) == ("done", "carla")
        stale = await read(await posted(visitor, path, carla, **given), 409)
        assert (stale["code"], "Este paso ya cambió" in stale["detail"]) == ("changed", True)
    rows = (await house.audit.page(AuditFilter(actor="carla"))).rows
    assert {row.after.get("by_token") for row in rows if row.action.startswith("alta")} == {"de-carla"}


async def test_all_that_is_wrong_is_said_at_once(house):
    await at_work(house)
    carla, ivan = await token_of(house, "carla"), await token_of(house, "ivan")
    async with house.at() as visitor:
        wrong = await read(await posted(visitor, "altas", carla, subsidiary="AR", share=0), 422)
        for said in ("cómo se llama el plan", "cómo se llama el cliente", "tipo de cliente", "1 a 100"):
            assert said in wrong["detail"]
        assert (await posted(visitor, "altas", ivan, **DATA)).status == 422
        assert (await asked(visitor, "altas", carla))["items"] == []


async def test_an_otro_si_takes_from_the_plan_in_service_what_is_left_out(house):
    await at_work(house)
    carla = await token_of(house, "carla")
    async with house.at() as visitor:
        given = {"kind": "otro-si", "plan": "hogar-nandu", "levels": "Grúa en 60 minutos"}
        alta = await read(await posted(visitor, "altas", carla, **given))
        assert (alta["kind"], alta["name"]) == ("otro-si", "Asistencia Hogar Ñandú Plus")
        assert (
            alta["data"]["levels"] == "Grúa en 60 minutos" and alta["data"]["client"] == "Seguros Ñandú S.A."
        )


async def test_data_that_is_left_out_stays_and_an_older_sight_is_refused(house):
    await begun(house)
    carla = await token_of(house, "carla")
    async with house.at() as visitor:
        alta = await asked(visitor, "altas/1", carla)
        given = {"revision": alta["revision"], "starts": "2031-03-01", "reason": "La cuenta lo pidió"}
        now = await read(await posted(visitor, "altas/1", carla, **given))
        assert (now["starts"], now["name"], now["data"]["sold_by"]) == (
            "2031-03-01",
            "Hogar Premium",
            ["tmk"],
        )
        stale = await posted(visitor, "altas/1", carla, **given | {"starts": "2031-04-01"})
        assert stale.status == 409
        cleared = {"revision": now["revision"], "starts": None, "reason": "Se posterga"}
        assert (await read(await posted(visitor, "altas/1", carla, **cleared)))["starts"] is None


async def test_a_step_is_assigned_dated_sent_back_and_opened_again(house):
    await observed(house)
    olga, carla = await token_of(house, "olga"), await token_of(house, "carla")
    path = "altas/1/steps/observaciones"

    async def act(token, act, **given):
        seen = step_of(await asked(visitor, "altas/1", token), "observaciones")
        return await posted(visitor, f"{path}/{act}", token, revision=seen["revision"], **given)

    async with house.at() as visitor:
        assert (await act(olga, "assign", owner="carla")).status == 422
        mine = await read(await act(olga, "assign", owner="olga"))
        assert step_of(mine, "observaciones")["owner"] == "olga"
        dated = await read(await act(olga, "due", due="2031-01-31", reason="Vacaciones"))
        assert step_of(dated, "observaciones")["due"].startswith(("2031-01-31", "2031-02-01"))
        assert (await act(carla, "back", to="coberturas", reason="Falta")).status == 422
        unanswered = await read(await act(olga, "finish", answers={"otra": "x"}), 422)
        assert "no pregunta «otra»" in unanswered["detail"]
        back = await read(await act(olga, "back", to="coberturas", reason="Falta el tope de grúa"))
        written = step_of(back, "coberturas")
        assert (written["state"], written["round"], written["back"]) == ("open", 2, "Falta el tope de grúa")
        needed = {"revision": written["revision"]}
        skipped = await read(await posted(visitor, "altas/1/steps/coberturas/skip", carla, **needed), 422)
        assert "no es optativo" in skipped["detail"]
        first = step_of(back, "prospecto")
        given = {"revision": first["revision"], "reason": "Otra cuenta"}
        opened = await read(await posted(visitor, "altas/1/steps/prospecto/reopen", carla, **given))
        assert step_of(opened, "prospecto")["state"] == "open"
        assert (await posted(visitor, "altas/1/steps/nada/finish", olga, revision=1)).status == 404


async def test_it_is_commented_suspended_resumed_and_cancelled(house):
    await begun(house)
    raul, ivan = await token_of(house, "raul"), await token_of(house, "ivan")
    async with house.at() as visitor:
        said = {"text": "Falta la grúa", "step": "prospecto", "about": "GRUA"}
        await read(await posted(visitor, "altas/1/comments", ivan, **said))
        (event,) = [
            each
            for each in (await asked(visitor, "altas/1/events", ivan))["items"]
            if each["kind"] == "commented"
        ]
        assert (event["by"], event["step"]) == ("ivan", "prospecto")
        assert (await posted(visitor, "altas/1/suspend", ivan, reason="x")).status == 422
        for act, state in (("suspend", "suspended"), ("resume", "running"), ("cancel", "cancelled")):
            now = await read(await posted(visitor, f"altas/1/{act}", raul, reason="El cliente lo pidió"))
            assert now["state"] == state
        gone = await read(await posted(visitor, "altas/1/move", raul, reason="Otro procedimiento"), 422)
        assert gone["detail"]


async def test_coverages_are_written_as_versions_by_whose_turn_it_is(house):
    alta = await begun(house)
    await house.office.altas.finish(alta.id, "prospecto", await house.person("carla"))
    carla, ivan = await token_of(house, "carla"), await token_of(house, "ivan")
    path = "altas/1/coverages"
    async with house.at() as visitor:
        wrong = [GRUA | {"currency": "pesos"}, {"name": "", "code": "G", "kind": "emergencia"}]
        refused = await read(await posted(visitor, path, carla, version=0, coverages=wrong), 422)
        for said in ("Cobertura 1: Tres letras", "Cobertura 2: De 2 a 12", "Cobertura 2: Escriba cómo"):
            assert said in refused["detail"]
        given = {"version": 0, "coverages": [GRUA], "conditions": "Todo el año."}
        assert (await posted(visitor, path, ivan, **given)).status == 422
        first = await read(await posted(visitor, path, carla, **given))
        assert (first["version"], first["coverages"][0]["code"]) == (1, "GRUA")
        assert first["coverages"][0]["amount"] == "ARS 80000 por evento"
        assert (await posted(visitor, path, carla, **given)).status == 409
        more = [GRUA, {"name": "Plomería", "kind": "programada"}]
        second = await read(
            await posted(visitor, path, carla, version=1, coverages=more, note="Falta plomero")
        )
        assert (second["version"], second["conditions"]) == (2, "Todo el año.")


async def test_a_document_is_attached_signed_off_by_somebody_else_and_read(house):
    await observed(house)
    carla, raul = await token_of(house, "carla"), await token_of(house, "raul")
    path = "altas/1/documents"
    async with house.at() as visitor:
        sent = await sent_file(
            visitor, path, carla, CONTRACT[1], named="Contrato.pdf", title="Contrato marco"
        )
        kept = await read(sent)
        assert (kept["title"], kept["label"], kept["by"], kept["name"]) == (
            "Contrato marco", "company", "carla", "contrato-marco",
        )  # fmt: skip
        own = await read(await posted(visitor, f"{path}/1/sign-off", carla, what="approved"), 422)
        assert "otra persona" in own["detail"]
        signed = await read(await posted(visitor, f"{path}/1/sign-off", raul, what="approved"))
        assert (signed["approved"], signed["reviewed"]) == ("raul", None)
        file = await visitor.get(f"/api/v1/{path}/1", Authorization=f"Bearer {raul}")
        assert await file.read() == CONTRACT[1]
        assert (await sent_file(visitor, path, carla, b"MZ", named="virus.exe")).status == 422
        assert (await visitor.get(f"/api/v1/{path}/2", Authorization=f"Bearer {raul}")).status == 404
        secret = await sent_file(visitor, path, raul, CONTRACT[1], named="Tarifa.pdf", label="restricted")
        reader = await house.tokens.add("lector", [each for each in LABELS if each == "alta:read"])
        closed = await visitor.get(
            f"/api/v1/{path}/{(await read(secret))['id']}", Authorization=f"Bearer {reader}"
        )
        assert closed.status == 403
        assert len((await asked(visitor, path, raul))["items"]) == 2
    deeds = {row.action for row in (await house.audit.page(AuditFilter(actor="raul"))).rows}
    assert "document.read" in deeds


async def test_the_number_request_is_signed_by_two_people_on_the_version_that_they_read(house):
    await contracted(house)
    carla, olga, ivan = [await token_of(house, name) for name in ("carla", "olga", "ivan")]
    path = "altas/1/number-request"
    async with house.at() as visitor:
        empty = await asked(visitor, path, carla)
        assert (empty["version"], empty["data"], empty["signed"]) == (0, None, False)
        assert (
            await posted(visitor, f"{path}/sign", olga, area="it", version=1, approved=True)
        ).status == 422
        given = {
            "line": empty["lines"][0],
            "fantasy_name": "HOGAR PREMIUM",
            "notice": empty["notices"][0]["name"],
            "starts": "2031-03-01",
            "options": [{"digit": "1", "label": "Grúa"}],
        }
        by, nobody = (carla, ivan)
        assert (await posted(visitor, path, nobody, **given | {"notice": "otro"})).status == 422
        wrong = await read(await posted(visitor, path, by, **given | {"line": "0600"}), 422)
        assert "En esta filial se pide" in wrong["detail"]
        twice = given | {"options": [{"digit": "1", "label": "Grúa"}, {"digit": "1", "label": "Otra"}]}
        assert (await posted(visitor, path, by, **twice)).status == 422
        first = await read(await posted(visitor, path, by, **given))
        assert (first["version"], first["data"]["options"]) == (1, given["options"])
        first_area, second_area = first["unsigned"]
        tokens = {"commercial": carla, "operations": olga, "it": ivan}
        strangers = next(each for area, each in tokens.items() if area not in first["unsigned"])
        word = {"version": 1, "approved": True}
        assert (await posted(visitor, f"{path}/sign", strangers, area=first_area, **word)).status == 422
        one = await read(await posted(visitor, f"{path}/sign", tokens[first_area], area=first_area, **word))
        assert one["unsigned"] == [second_area]
        twice = await posted(visitor, f"{path}/sign", tokens[first_area], area=second_area, **word)
        assert twice.status == 422
        old = {"area": second_area, "version": 2, "approved": True}
        assert (await posted(visitor, f"{path}/sign", tokens[second_area], **old)).status == 409
        both = await read(
            await posted(visitor, f"{path}/sign", tokens[second_area], area=second_area, **word)
        )
        assert both["signed"]
