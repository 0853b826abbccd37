"""The list of accounts: what a search finds, and pages that neither lose nor repeat anybody."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staff.areas import Areas
from staff.changes import PeopleChanges
from staff.directory import Directory, PeopleFilter
from staff.names import sought
from staff.profile import Profile
from staff.roles import Role


@pytest.fixture
async def directory(people, engine, clock):
    await Areas(engine).add("quality", "Calidad")
    await people.open("sofia", Profile("Sofía Luna", frozenset({Role.SUPERVISOR, Role.IT}), "103"))
    await people.open(
        "ana.paz",
        Profile("Ana Peña", frozenset({Role.COORDINATOR}), "101", email="ap@x.com", areas=("quality",)),
    )
    await people.open("ivan", Profile("Iván 100% Sosa", frozenset({Role.IT})))
    await PeopleChanges(engine, clock).deactivate("ivan")
    return Directory(engine)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PeopleFilter(), ["ana.paz", "ivan", "sofia"]),
        (PeopleFilter("SOFIA"), ["sofia"]),
        (PeopleFilter("sofía luna"), ["sofia"]),
        (PeopleFilter("luna sofi"), ["sofia"]),
        (PeopleFilter("pena"), ["ana.paz"]),
        (PeopleFilter("101"), ["ana.paz"]),
        (PeopleFilter("ap@x"), ["ana.paz"]),
        (PeopleFilter("100%"), ["ivan"]),
        (PeopleFilter("%"), ["ivan"]),
        (PeopleFilter("_"), []),
        (PeopleFilter(role="it"), ["ivan", "sofia"]),
        (PeopleFilter(role="i"), []),
        (PeopleFilter(role="%"), []),
        (PeopleFilter(area="quality"), ["ana.paz"]),
        (PeopleFilter(active=True), ["ana.paz", "sofia"]),
        (PeopleFilter(role="it", active=False), ["ivan"]),
    ],
)
async def test_a_search_finds(directory, wanted, found):
    assert [person.name for person in (await directory.page(wanted)).people] == found


async def test_pages_follow_one_another(people, engine):
    names = sorted(f"p{n:02}" for n in range(11))
    for name in names:
        await people.add(name, [Role.IT])
    directory, seen, after = Directory(engine), [], None
    while True:
        page = await directory.page(limit=4, after=after)
        seen += [person.name for person in page.people]
        if page.next is None:
            break
        after = page.next
    assert seen == names


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sought_is_found_whatever_its_case_or_accents(text):
    assert sought(text.upper()) == sought(sought(text.upper()))
    assert len(sought(text * 50)) <= 400
