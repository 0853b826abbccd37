"""What the form of a case sends."""

import pytest


@pytest.fixture
async def case(house):
    await house.rings()
    return await house.answers()


async def test_a_field_is_saved_as_typed_and_comes_back_as_it_is_written(house, case):
    async with house.at("ana") as visitor:
        answer = await visitor.post(f"/cases/{case}/field", {"field": "telephone", "value": "4321 8765"})
        assert answer.status == 422
        answer = await visitor.post(
            f"/cases/{case}/field", {"field": "telephone", "value": "+54 11 4321 8765"}
        )
        present = (await answer.json())["case"]
        assert present["fields"]["telephone"] == "011 4321-8765"
        assert (await house.store.case(case)).telephone == "+541143218765"
        assert present["revision"] == (await house.store.case(case)).revision


async def test_a_value_that_does_not_fit_is_refused_and_says_what_to_write(house, case):
    async with house.at("ana") as visitor:
        answer = await visitor.post(f"/cases/{case}/field", {"field": "coverage", "value": "NADA"})
        assert answer.status == 422
        assert "no es de este plan" in (await answer.json())["error"]["message"]


async def test_a_field_that_somebody_else_changed_meanwhile_is_not_overwritten(house, case):
    seen = (await house.store.case(case)).revision
    await house.desk.edit(case, "who", "Marta Gil", "beto")
    async with house.at("ana") as visitor:
        given = {"field": "who", "value": "Marta Gómez", "revision": str(seen)}
        answer = await visitor.post(f"/cases/{case}/field", given)
        assert answer.status == 409
        body = await answer.json()
        assert "Marta Gil" in body["error"]["message"]
        again = given | {"revision": str(body["case"]["revision"])}
        assert (await visitor.post(f"/cases/{case}/field", again)).status == 200


async def test_a_case_closes_with_an_outcome_and_opens_again(house, case):
    async with house.at("ana") as visitor:
        assert (await visitor.post(f"/cases/{case}/close", {"outcome": "resuelto"})).status == 200
        assert (await house.store.case(case)).outcome == "resuelto"
        edit = await visitor.post(f"/cases/{case}/field", {"field": "who", "value": "x"})
        assert edit.status == 422 and "está cerrado" in (await edit.json())["error"]["message"]
        assert (await visitor.post(f"/cases/{case}/reopen")).status == 200
        assert (await house.store.case(case)).state == "open"


async def test_closing_says_what_is_missing(house, case):
    async with house.at("ana") as visitor:
        answer = await visitor.post(f"/cases/{case}/close", {"outcome": "coordinado"})
        assert answer.status == 422
        assert "«Domicilio o lugar»" in (await answer.json())["error"]["message"]


async def test_another_coordinator_may_take_a_case(house, case):
    async with house.at("beto") as visitor:
        assert (await visitor.post(f"/cases/{case}/take")).status == 200
        assert (await house.store.case(case)).owner == "beto"


async def test_without_script_a_form_leads_back_to_the_case(house, case):
    async with house.at("ana") as visitor:
        answer = await visitor.post(f"/cases/{case}/close", {"outcome": "resuelto"}, Accept="text/html")
        assert (answer.status, answer.headers["Location"]) == (303, f"/cases/{case}")


async def test_a_case_that_is_not_there_is_said_to_be_so(house):
    async with house.at("ana") as visitor:
        answer = await visitor.post("/cases/77/field", {"field": "who", "value": "x"})
        assert answer.status == 404
