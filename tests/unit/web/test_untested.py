"""What was let in without its tests is marked wherever people look, and told, until both tests passed."""

from pathlib import Path

import pytest
from sqlalchemy import select

from mail.tables import outbox
from provisioning.marking import Going
from provisioning.proof.reports import Check, Kind, Report, Result, TestedCall
from tests.unit.web.test_notices import changed
from tests.unit.web.test_release import AT

NANDU = Path(__file__).parents[3] / "plans/examples/hogar-nandu.yaml"
PAGES = ("/releases", "/releases/hogar-nandu", "/plans", "/plans/hogar-nandu", "/line-tests/of/hogar-nandu")


async def urgent(house):
    await house.publishes_the_examples()
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse", "Gracias por llamar")
    await house.office.provisioner.apply_text(text, "raul", going=Going.URGENT, reason="El saludo <b>mentía")


async def passes(house, kind, by):
    stored = house.book.of("hogar-nandu").live
    fingerprint = house.office.provisioner.entry_of("hogar-nandu", stored.version.hash)
    call = TestedCall("entrada", "Entrada", "+541143218765", AT, AT, (Check("a", "Número", True, "s", "s"),))
    of = ("hogar-nandu", "Hogar", "AR", "Seguros Ñandú S.A.", stored.version.hash, fingerprint)
    await house.office.reports.add(Report(kind, *of, "r", by, AT, AT, Result.PASSED, (call,)))


@pytest.mark.parametrize("path", PAGES)
async def test_it_is_marked_until_both_tests_passed(house, path):
    await urgent(house)
    async with house.at("olga") as visitor:
        page = await (await visitor.get(path)).text()
        assert "Urgente, sin pruebas" in page and "El saludo &lt;b&gt;mentía" in page and "Raúl Vega" in page
        await passes(house, Kind.IT, "ivan")
        assert "Urgente, sin pruebas" in await (await visitor.get(path)).text()
        await passes(house, Kind.OPERATIONS, "olga")
        assert "sin pruebas" not in await (await visitor.get(path)).text()


async def test_it_and_operations_are_told_at_once(house):
    for name, area in {"ivan": "it", "olga": "operations", "carla": "commercial"}.items():
        await house.areas.add(area, area.title())
        await changed(house, name, email=f"{name}@empresa.example", areas=(area,))
    await urgent(house)
    async with house.engine.connect() as connection:
        letters = (
            await connection.execute(select(outbox.c.recipient, outbox.c.subject, outbox.c.text))
        ).all()
    told = {letter.recipient: letter for letter in letters if "sin pruebas" in letter.subject}
    assert set(told) == {"ivan@empresa.example", "olga@empresa.example"}
    assert all("El saludo <b>mentía" in letter.text for letter in told.values())


async def test_the_next_version_by_the_gate_is_not_marked_and_examples_never_are(house):
    await house.publishes_the_examples()
    provisioner = house.office.provisioner
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse", "Gracias por llamar")
    await provisioner.apply([NANDU], "raul", going=Going.EXAMPLES, reason="ejemplo")
    assert "hogar-nandu" not in await house.office.untested.now()
    await provisioner.apply_text(text, "raul", going=Going.URGENT, reason="urge")
    assert (await house.office.untested.now())["hogar-nandu"].urgent
    await provisioner.apply_text(NANDU.read_text("utf-8"), "raul")
    await provisioner.go_live(
        "hogar-nandu", house.book.of("hogar-nandu").candidate.version.hash, "olga", "bien"
    )
    assert "hogar-nandu" not in await house.office.untested.now()
