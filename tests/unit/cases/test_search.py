"""Cases found by what is written in them, alike on SQLite and PostgreSQL."""

import pytest

from cases.filters import CaseFilter


@pytest.fixture
async def written(house, told):
    """A case with something in every field, and another with nothing."""
    await house.feed(*told("pbx1-1.1").served("101").facts)
    case = (await house.store.call("pbx1-1.1")).case
    for field, value in (
        ("who", "María Ñúñez O'Higgins"),
        ("address", "Av. Álvarez Thomas 1234, 5º B"),
        ("telephone", "011 4321-8765"),
        ("notes", "Pérdida de agua; llave de paso rota\nperro_suelto"),
    ):
        await house.desk.edit(case, field, value, "ana")
    await house.feed(*told("pbx1-2.1", caller=None).arrives("Zoilo").waits().is_answered("102").facts)
    return house


async def found(house, typed, **more):
    return [case.id for case in (await house.store.search(typed, **more)).items]


@pytest.mark.parametrize(
    "typed",
    [
        "maría", "MARIA", "nunez", "ñúñez", "higgins", "alvar", "Álvarez 1234", "llave rota", "perro",
        "4321-8765", "011 4321 8765", "+54 11 4321-8765", "8765", "20123456", "5555-0001", "maria 1234",
        "peña", "maria)",
    ],
)  # fmt: skip
async def test_words_and_numbers_are_found_however_they_are_typed(written, typed):
    assert await found(written, typed) == [1]


@pytest.mark.parametrize(
    "typed",
    ["maria zoilo", "4321-8766", "aria", "ez", "", "   ", "a", "'", '"', "*", "AND", "NOT maria",
     "who:maria", "-maria\" OR \"x", "; DROP TABLE cases", "ʼ", "&|!<->", "'':*", "\\"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found_and_no_sign_means_anything(written, typed):
    assert await found(written, typed) == []


async def test_what_was_written_over_is_found_no_more(written):
    await written.desk.edit(1, "who", "Otra persona", "ana")
    assert await found(written, "nunez") == []
    assert await found(written, "otra") == [1]


async def test_what_is_found_can_be_narrowed_and_comes_newest_first(written):
    await written.desk.edit(2, "notes", "llave", "beto")
    assert await found(written, "llave") == [2, 1]
    assert await found(written, "llave", filter=CaseFilter(owner="ana")) == [1]
    first = await written.store.search("llave", limit=1)
    assert [case.id for case in (await written.store.search("llave", limit=1, after=first.next)).items] == [1]
