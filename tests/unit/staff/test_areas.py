"""The areas: named, headed by somebody active, changed by one person at a time."""

import asyncio

import pytest

from staff.areas import AreaRefused, Areas, StaleArea
from staff.changes import PeopleChanges
from staff.roles import Role


@pytest.fixture
async def areas(engine, people):
    await people.add("ana", [Role.COORDINATOR])
    await people.add("raul", [Role.ADMINISTRATOR])
    return Areas(engine)


async def test_an_area_is_added_and_listed_by_what_it_is_called(areas):
    await areas.add("sac", "SAC")
    made = await areas.add("Legales ", "  Área   legal", "ANA", "raul")
    assert (made.name, made.label, made.head, made.deputy) == ("legales", "Área legal", "ana", "raul")
    assert [area.label for area in await areas.all()] == ["Área legal", "SAC"]
    assert await areas.get("LEGALES") == made


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        (("x", "X"), "name", "de 2 a 20"),
        (("dos palabras", "X"), "name", "por ejemplo «legales»"),
        (("área", "X"), "name", "sin tilde"),
        (("legal", " "), "label", "cómo se llama"),
        (("legal", "a\nb"), "label", "una sola línea"),
        (("legal", "Legal", "nadie"), "head", "no es una cuenta activa"),
        (("legal", "Legal", "ana", "nadie"), "deputy", "no es una cuenta activa"),
        (("legal", "Legal", "ana", "ana"), "deputy", "otra persona"),
        (("sac", "Otra"), "name", "Ya hay un área «sac»"),
        (("legal", "sác"), "label", "Ya hay un área que se llama"),
    ],
)  # fmt: skip
async def test_an_area_that_cannot_be_is_refused_at_its_field(areas, asked, field, words):
    await areas.add("sac", "SAC")
    with pytest.raises(AreaRefused, match=words) as refused:
        await areas.add(*asked)
    assert list(refused.value.problems) == [field]
    assert len(await areas.all()) == 1


async def test_who_heads_an_area_is_active(areas, engine, clock):
    await areas.add("sac", "SAC")
    await PeopleChanges(engine, clock).deactivate("ana")
    with pytest.raises(AreaRefused, match="«ana» no es una cuenta activa"):
        await areas.change("sac", "SAC", "ana", None)


async def test_an_area_never_keeps_somebody_who_is_being_closed(areas, engine, clock):
    changes = PeopleChanges(engine, clock)
    await areas.add("sac", "SAC")
    for _ in range(5):
        await asyncio.gather(
            areas.change("sac", "SAC", "ana", None), changes.deactivate("ana"), return_exceptions=True
        )
        assert (await areas.get("sac")).head is None
        await changes.reactivate("ana")


async def test_who_comes_second_is_told(areas):
    await areas.add("sac", "SAC")
    first = await areas.change("sac", "Servicio al cliente", "ana", None, 1)
    assert first.revision == 2 and await areas.get("sac") == first
    with pytest.raises(StaleArea, match="antes que usted") as stale:
        await areas.change("sac", "SAC", None, None, 1)
    assert stale.value.now == first


async def test_a_change_of_nothing_is_none(areas):
    await areas.add("sac", "SAC", "ana")
    assert (await areas.change("sac", "SAC", "ana", None, 1)).revision == 1


async def test_an_area_that_does_not_exist_is_refused(areas):
    with pytest.raises(AreaRefused, match="«nada»"):
        await areas.change("nada", "Nada", None, None)
