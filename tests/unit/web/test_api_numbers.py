"""Numbers by programs: loaded with every problem at once, reserved, what the carrier said, put away."""

from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import Entry
from staff.audit_trail import AuditFilter
from tests.unit.web.altas import begun
from tests.unit.web.test_api_acts import asked, posted, sent_file, token_of
from tests.unit.web.test_api_altas import read
from tests.unit.web.test_numbers import BOGOTA, H1, H2, _scoped, numbers  # noqa: F401 - a fixture

HEAD = "número,hasta,tipo,operador,filial,nota\n"
FILE = HEAD + "011 4000-1000,011 4000-1002,cabecera,telecom-ar,AR,nuevo\n"
WRONG = HEAD + "011 4,,cabecera,telecom-ar,AR,\n0800-555-0001,,cabecera,nadie,AR,\n"


async def test_a_file_is_looked_at_with_every_problem_and_then_loaded_whole(house):
    ivan, raul = await token_of(house, "ivan"), await token_of(house, "raul")
    async with house.at() as visitor:
        wrong = await read(await sent_file(visitor, "number-loads", ivan, WRONG.encode(), named="n.csv"))
        assert wrong["load"] is None and {each["line"] for each in wrong["problems"]} == {2, 3}
        assert (await sent_file(visitor, "number-loads", ivan, b"\xff\x00\x01", named="n.csv")).status == 422
        seen = await read(await sent_file(visitor, "number-loads", ivan, FILE.encode(), named="n.csv"))
        assert (seen["count"], seen["loaded"], seen["problems"]) == (3, False, [])
        path = f"number-loads/{seen['load']}"
        assert (await asked(visitor, path, ivan))["numbers"][0]["e164"] == "+541140001000"
        assert (await posted(visitor, path, raul)).status == 404, "another person's file"
        assert (await read(await posted(visitor, path, ivan, reason="Rango nuevo")))["loaded"]
        assert (await posted(visitor, path, ivan)).status == 404
        again = await read(await sent_file(visitor, "number-loads", ivan, FILE.encode(), named="n.csv"))
        assert again["load"] is None and len(again["problems"]) >= 1
        listed = (await asked(visitor, "numbers?text=4000-100", ivan))["items"]
        assert [each["state"] for each in listed] == ["free"] * 3


async def test_what_became_wrong_between_looking_and_loading_is_told(house):
    ivan = await token_of(house, "ivan")
    async with house.at() as visitor:
        seen = await read(await sent_file(visitor, "number-loads", ivan, FILE.encode(), named="n.csv"))
        await house.office.numbers.add([Entry("+541140001001", NumberKind.HEADER, "AR", "telecom-ar")])
        path = f"number-loads/{seen['load']}"
        late = await read(await posted(visitor, path, ivan), 409)
        assert "no se cargó nada" in late["detail"] and "4000-1001" in late["detail"]
        assert (await read(await posted(visitor, f"{path}/drop", ivan)))["load"] is None
        assert (await posted(visitor, path, ivan)).status == 404


async def test_a_number_is_reserved_for_an_alta_asked_for_given_and_linked(house, numbers):  # noqa: F811
    await begun(house)
    ivan, carla = await token_of(house, "ivan"), await token_of(house, "carla")
    path = "altas/1/numbers"
    async with house.at() as visitor:
        assert (await posted(visitor, f"{path}/reserve", carla, carrier="telecom-ar")).status == 403
        none = await read(await posted(visitor, f"{path}/reserve", ivan, carrier="claro-co"), 422)
        assert none["detail"]
        given = {"carrier": "telecom-ar", "header": "011 4000-3001"}
        (one,) = (await read(await posted(visitor, f"{path}/reserve", ivan, **given)))["items"]
        assert (one["e164"], one["state"], one["plan"], one["alta"]) == (H2, "reserved", "hogar-premium", 1)
        other = await read(await posted(visitor, f"{path}/request", ivan, header=H1), 422)
        assert "no es de esta alta" in other["detail"]
        (one,) = (await read(await posted(visitor, f"{path}/request", ivan, header=H2)))["items"]
        assert one["state"] == "requested"
        public = {"header": H2, "public": "0800-555-0001"}
        held = (await read(await posted(visitor, f"{path}/link", ivan, **public)))["items"]
        assert [each["state"] for each in held] == ["granted", "granted"]
        held = (await read(await posted(visitor, f"{path}/link", ivan, **public, linked=True)))["items"]
        assert [each["state"] for each in held] == ["linked", "linked"]
        await house.office.altas.cancel(1, await house.person("raul"), "El cliente desistió")
        over = await read(await posted(visitor, f"{path}/reserve", ivan, carrier="telecom-ar"), 422)
        assert "ya no está en curso" in over["detail"]
    rows = (await house.audit.page(AuditFilter(actor="ivan"))).rows
    assert rows and {row.after.get("by_token") for row in rows if row.via == "api"} == {"de-ivan"}


async def test_a_number_is_moved_as_its_page_offers(house, numbers):  # noqa: F811
    await begun(house)
    ivan = await token_of(house, "ivan")
    path = "numbers/541140003000"
    async with house.at() as visitor:
        seen = await asked(visitor, path, ivan)
        assert set(seen["moves"]) == {"reserve", "retire"} and seen["history"][-1]["move"] == "add"
        why = {"revision": seen["revision"], "reason": "Cortado"}
        assert (await posted(visitor, f"{path}/move", ivan, move="release", **why)).status == 400
        assert (await posted(visitor, f"{path}/move", ivan, move="retire", revision=1)).status == 422
        assert (await posted(visitor, f"{path}/move", ivan, move="reserve", alta="9", **why)).status == 422
        held = await read(await posted(visitor, f"{path}/move", ivan, move="reserve", alta="1", **why))
        assert (held["state"], held["alta"]) == ("reserved", 1)
        stale = await read(await posted(visitor, f"{path}/move", ivan, move="quarantine", **why), 409)
        assert "Otra persona cambió" in stale["detail"]
        given = await read(await posted(visitor, f"{path}/link", ivan, other="0800-555-0001"))
        assert (given["state"], given["linked"]) == ("granted", ["+548005550001"])
        bad = await read(await posted(visitor, f"{path}/link", ivan, other="0800 12"), 422)
        assert "dígitos" in bad["detail"]
        noted = {"revision": given["revision"], "note": "Ojo", "reason": "Orden"}
        assert (await read(await posted(visitor, f"{path}/change", ivan, **noted)))["note"] == "Ojo"


async def test_several_are_put_away_each_by_itself_and_out_of_sight_is_not_there(house, numbers):  # noqa: F811
    await _scoped(house, "ivan", ["AR"])
    ivan = await token_of(house, "ivan")
    async with house.at() as visitor:
        sent = {"numbers": [H1, H2, BOGOTA], "move": "retire", "reason": "Cortados"}
        done = (await read(await posted(visitor, "number-moves", ivan, **sent)))["items"]
        assert [(each["e164"], each["state"], each["refused"]) for each in done] == [
            (H1, "retired", ""), (H2, "retired", ""),
        ]  # fmt: skip
        again = (await read(await posted(visitor, "number-moves", ivan, **sent)))["items"]
        assert all(each["refused"] for each in again)
        assert (
            await posted(visitor, "numbers/576015550001/change", ivan, note="x", revision=1)
        ).status == 404
