"""Numbers reserved, asked for, linked and given back: who, when, why; what is refused changes nothing."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.tables import number_history
from provisioning.numbers.tables import numbers as table
from provisioning.numbers.values import (
    Entry,
    Holder,
    NoneFree,
    NoSuchNumber,
    NotNow,
    NumberFilter,
    NumberRefused,
    NumberTaken,
    StaleNumber,
)
from staff.actor import Actor, acting
from staff.audit_trail import AuditFilter, AuditTrail
from staff.scope import Scope
from tests.unit.numbers.conftest import ATLAS, BOGOTA, H1, H2, H3, PUBLIC, PUBLIC_TOO, header, stored_plans

IVAN = Actor("ivan", "web", "127.0.0.1")


async def _everything(engine):
    """Every row of numbers and history, to see that nothing changed."""
    async with engine.connect() as connection:
        rows = (await connection.execute(select(table).order_by(table.c.id))).all()
        return rows, await connection.scalar(select(func.count()).select_from(number_history))


async def _linked(numbers):
    await numbers.reserve(ATLAS, "telecom-ar", H1)
    await numbers.request(H1, reason="un 0800")
    return await numbers.link(H1, PUBLIC, "correo del 4/3")


async def test_a_free_header_is_reserved_for_an_alta_and_its_history_says_by_whom_and_why(stocked, clock):
    with acting(IVAN):
        got = await stocked.reserve(ATLAS, "telecom-ar", reason="alta de Vial Atlas")
    assert (got.e164, got.state, got.plan, got.account, got.alta) == (
        H1,
        NumberState.RESERVED,
        "vial-atlas",
        "Banco Atlas",
        7,
    )
    reserved, added = await stocked.history(got)
    assert (reserved.actor, reserved.move, reserved.before, reserved.after, reserved.reason) == (
        "ivan",
        "reserve",
        NumberState.FREE,
        NumberState.RESERVED,
        "alta de Vial Atlas",
    )
    assert (added.move, added.before, added.reason) == ("add", None, "rango de prueba")
    assert await stocked.of_alta(7) == (got,)


async def test_the_header_that_has_been_free_for_longest_is_given_first(stocked, clock):
    clock.pass_(days=1)
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    await stocked.move(H1, Move.GIVE_BACK, "no se firmó")
    assert [(await stocked.reserve(ATLAS, "telecom-ar")).e164 for _ in range(3)] == [H2, H3, H1]
    with pytest.raises(NoneFree, match="No queda ninguna cabecera libre de «telecom-ar»"):
        await stocked.reserve(ATLAS, "telecom-ar")


async def test_of_many_who_reserve_at_once_each_gets_another_number(stocked):
    async def take():
        try:
            return (await stocked.reserve(ATLAS, "telecom-ar")).e164
        except (NoneFree, StaleNumber):
            return None

    got = [number for number in await asyncio.gather(*(take() for _ in range(8))) if number]
    assert sorted(got) == [H1, H2, H3]


async def test_the_carrier_links_a_new_public_number_and_it_enters_the_inventory(stocked):
    below, above = await _linked(stocked)
    assert (below.state, below.linked) == (NumberState.LINKED, (PUBLIC,))
    assert (above.kind, above.state, above.plan, above.alta, above.linked) == (
        NumberKind.PUBLIC,
        NumberState.LINKED,
        "vial-atlas",
        7,
        (H1,),
    )
    assert [each.move for each in await stocked.history(above)] == ["link", "add"]
    assert (await stocked.history(above))[0].other == H1


async def test_the_carrier_gives_a_number_and_confirms_the_link_later(stocked, clock):
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    await stocked.request(H1)
    asked = clock()
    clock.pass_(days=2)
    below, above = await stocked.grant(H1, PUBLIC, "correo del 4/3")
    assert {below.state, above.state} == {NumberState.GRANTED}
    assert (below.asked_at, below.granted_at, below.linked_at) == (asked, clock(), None)
    assert (below.linked, above.linked, above.alta) == ((PUBLIC,), (H1,), 7)
    given = clock()
    clock.pass_(days=1)
    below, above = await stocked.link(H1, PUBLIC)
    assert {below.state, above.state} == {NumberState.LINKED}
    assert (below.asked_at, below.granted_at, below.linked_at) == (asked, given, clock())
    assert [each.move for each in await stocked.history(above)] == ["link", "grant", "add"]
    with pytest.raises(NumberRefused, match="está vinculado: en ese estado no se puede «dar por otorgado»"):
        await stocked.grant(H1, PUBLIC)


async def test_a_number_given_by_mistake_is_taken_off_and_another_one_noted(stocked):
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    await stocked.grant(H1, PUBLIC)
    with pytest.raises(NumberRefused, match="ya tiene montado 0800-555-0001: desvincúlelo antes"):
        await stocked.grant(H1, PUBLIC_TOO)
    below = await stocked.unlink(H1, "lo leí mal")
    assert (below.state, below.granted_at, below.linked) == (NumberState.RESERVED, None, ())
    assert (await stocked.get(PUBLIC)).state is NumberState.RESERVED
    assert (await stocked.grant(H1, PUBLIC_TOO))[0].linked == (PUBLIC_TOO,)


async def test_what_the_carrier_gave_but_never_linked_is_free_when_its_alta_is_called_off(stocked):
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    await stocked.grant(H1, PUBLIC)
    await stocked.give_back(7, "no")
    for each in (await stocked.get(H1), await stocked.get(PUBLIC)):
        assert (each.state, each.granted_at, each.linked) == (NumberState.FREE, None, ())


async def test_a_public_number_may_stand_on_two_headers_of_one_plan_and_leaves_with_the_last(stocked):
    await _linked(stocked)
    await stocked.reserve(ATLAS, "telecom-ar", H2)
    _, above = await stocked.link(H2, PUBLIC)
    assert above.linked == (H1, H2)
    await stocked.unlink(H1, "se pasa a otra cabecera")
    assert (await stocked.get(PUBLIC)).state is NumberState.LINKED
    await stocked.unlink(H2, "tampoco")
    assert (await stocked.get(PUBLIC)).state is NumberState.RESERVED


CANNOT_BE_LINKED = (
    ((H1, "+541155550000"), "es un fijo"),
    ((H1, H2), "público con uno de cabecera"),
    ((H1, "+5718000912345"), "es un número de CO"),
    ((H2, PUBLIC), "está libre: en ese estado no se puede «vincular»"),
    (("+541199999999", PUBLIC), "no está en el inventario"),
)


async def test_what_cannot_be_linked_is_refused_and_nothing_changes(stocked, engine):
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    before = await _everything(engine)
    for link, words in CANNOT_BE_LINKED:
        with pytest.raises(NumberRefused, match=words):
            await stocked.link(*link)
    assert await _everything(engine) == before


async def test_a_public_number_of_another_plan_is_told_with_its_plan(stocked):
    await _linked(stocked)
    await stocked.reserve(Holder("hogar-x", "AR", "Otra"), "telecom-ar", H2)
    with pytest.raises(NumberTaken, match="público, vinculado, del plan «vial-atlas»"):
        await stocked.link(H2, PUBLIC)


async def test_a_second_public_number_on_a_header_is_refused_until_the_first_is_taken_off(stocked):
    await _linked(stocked)
    with pytest.raises(NumberRefused, match="ya tiene montado 0800-555-0001"):
        await stocked.link(H1, PUBLIC_TOO)
    await stocked.unlink(H1, "vino otro")
    below, _ = await stocked.link(H1, PUBLIC_TOO)
    assert below.linked == (PUBLIC_TOO,)


async def test_an_illegal_move_says_the_state_and_changes_nothing(stocked, engine):
    before = await _everything(engine)
    with pytest.raises(NotNow, match="está libre: en ese estado no se puede «liberar»") as refused:
        await stocked.move(H1, Move.RELEASE)
    assert (refused.value.state, refused.value.move) == (NumberState.FREE, Move.RELEASE)
    with pytest.raises(NumberRefused, match="Diga para qué plan"):
        await stocked.move(H1, Move.RESERVE)
    with pytest.raises(NoSuchNumber):
        await stocked.move("+541199999999", Move.RETIRE)
    assert await _everything(engine) == before


async def test_who_comes_second_with_an_old_revision_is_told(stocked):
    seen = await stocked.get(H1)
    await stocked.move(H1, Move.RETIRE, "el operador lo cortó", seen.revision)
    with pytest.raises(StaleNumber, match="Otra persona cambió 011 4000-1000"):
        await stocked.move(H1, Move.RETIRE, "otra vez", seen.revision)


async def test_a_number_that_was_linked_rests_in_quarantine_and_then_is_free_of_its_past(stocked, clock):
    await _linked(stocked)
    below, above = await stocked.give_back(7, "el cliente desistió")
    assert {below.state, above.state} == {NumberState.QUARANTINE}
    assert below.until == clock() + timedelta(days=180)
    assert (below.plan, below.linked) == ("vial-atlas", ())
    with pytest.raises(NumberRefused, match="en cuarentena hasta el 29/08/2026"):
        await stocked.move(H1, Move.FREE)
    clock.pass_(days=179)
    assert await stocked.end_quarantines() == ()
    clock.pass_(days=1)
    assert {number.e164 for number in await stocked.end_quarantines()} == {H1, PUBLIC}
    free = await stocked.get(H1)
    assert (free.state, free.plan, free.account, free.alta) == (NumberState.FREE, None, "", None)
    assert (await stocked.history(free))[0].plan == "vial-atlas"


async def test_a_number_that_is_retired_forgets_what_its_carrier_did_for_it(stocked):
    await _linked(stocked)
    resting = await stocked.move(H1, Move.QUARANTINE, "terminó la campaña")
    assert resting.granted_at and resting.linked_at
    retired = await stocked.move(H1, Move.RETIRE, "el operador lo cortó")
    assert (retired.asked_at, retired.granted_at, retired.linked_at, retired.linked) == (None, None, None, ())


async def test_what_nobody_linked_is_free_at_once_when_its_alta_is_called_off(stocked):
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    await stocked.reserve(ATLAS, "telecom-ar", H2)
    await stocked.request(H2)
    assert {each.state for each in await stocked.give_back(7, "no")} == {NumberState.FREE}
    assert await stocked.of_alta(7) == ()


async def test_a_number_that_went_by_mistake_comes_back_to_its_plan(stocked):
    await _linked(stocked)
    await stocked.move(H1, Move.QUARANTINE, "por error")
    back = await stocked.move(H1, Move.RECALL, "era por error")
    assert (back.state, back.plan, back.until) == (NumberState.RESERVED, "vial-atlas", None)


async def test_no_number_is_taken_from_a_plan_that_has_it_in_the_pbx(stocked, book):
    await _linked(stocked)
    plan = stored_plans()[0].version.plan
    line = plan.lines[0].model_copy(update={"header": H1, "public": PUBLIC})
    version = stored_plans()[0].version.model_copy(
        update={"plan": plan.model_copy(update={"lines": (line,), "plan": "vial-atlas"})}
    )
    book.replace([type(stored_plans()[0])(version, 1, "", True, stored_plans()[0].applied_at, "raul")])
    for take in (
        stocked.move(H1, Move.QUARANTINE),
        stocked.unlink(H1, "x"),
        stocked.move(PUBLIC, Move.QUARANTINE),
    ):
        with pytest.raises(NumberRefused, match="El plan «vial-atlas» tiene"):
            await take
    assert await stocked.give_back(7, "x") == ()


async def test_a_number_is_taken_once_in_whatever_writing(stocked):
    writings = ("011 4000-1000", "+54 11 4000 1000", "1140001000", "(011) 4000.1000", "0054 11 4000-1000")
    assert {(await stocked.get(written)).e164 for written in writings} == {H1}
    with pytest.raises(NumberTaken, match="011 4000-1000 ya está en el inventario: cabecera, libre"):
        await stocked.add([header(H1)])


async def test_numbers_of_a_plan_in_the_pbx_are_taken_too(numbers, book):
    book.replace(stored_plans())
    nandu = next(each.version.plan for each in stored_plans() if each.version.plan.plan == "hogar-nandu")
    with pytest.raises(NumberTaken, match="el plan «hogar-nandu» lo tiene en la central") as taken:
        await numbers.add([header(nandu.lines[0].header)])
    assert taken.value.by == "hogar-nandu"


async def test_of_two_who_add_the_same_number_at_once_one_is_refused(numbers):
    results = await asyncio.gather(
        *(numbers.add([header(H1), header(each)]) for each in (H2, H3)), return_exceptions=True
    )
    assert sum(isinstance(each, NumberRefused) for each in results) == 1
    assert sum((await numbers.counts()).values()) == 2


async def test_a_carrier_of_another_subsidiary_delivers_nothing_here(numbers):
    with pytest.raises(NumberRefused, match="No hay un operador «claro-co» en AR; hay: telecom-ar"):
        await numbers.add([header(H1, "claro-co")])


SEARCHES = (
    ("011 4000-1000", [H1]),
    ("+54 11 4000", [H1, H2, H3]),
    ("4000-10", [H1, H2, H3]),
    ("0800-555", [PUBLIC]),
    ("1 5550001", [BOGOTA]),
    ("banco atlas", [H1, PUBLIC]),
    ("atlas 0800", [PUBLIC]),
    ("ATLÁS", [H1, PUBLIC]),
    ("%", []),
    ("nada", []),
)


async def test_numbers_are_found_as_they_are_typed(stocked):
    await _linked(stocked)
    for text, found in SEARCHES:
        assert [each.e164 for each in (await stocked.page(NumberFilter(text))).items] == found, text


async def test_lists_come_in_pages_and_say_how_many_there_are_in_each_state(stocked):
    await _linked(stocked)
    first = await stocked.page(limit=2)
    rest = await stocked.page(limit=10, after=first.next)
    assert [each.e164 for each in (*first.items, *rest.items)] == [H1, H2, H3, PUBLIC, BOGOTA]
    assert rest.next is None
    assert [each.e164 async for each in stocked.stream(NumberFilter(kind=NumberKind.HEADER))] == [
        H1,
        H2,
        H3,
        BOGOTA,
    ]
    counts = await stocked.counts(NumberFilter(subsidiary="AR"))
    assert (counts[NumberState.FREE], counts[NumberState.LINKED]) == (2, 2)


async def test_a_number_that_serves_nobody_is_seen_by_who_sees_its_subsidiary(stocked):
    await _linked(stocked)
    other = Scope(frozenset({"AR"}), frozenset({"Seguros del Sur"}))
    assert [each.e164 for each in (await stocked.page(scope=other)).items] == [H2, H3]
    assert await stocked.get(H1, other) is None
    assert (await stocked.counts(scope=other))[NumberState.LINKED] == 0
    theirs = Scope(accounts=frozenset({"Banco Atlas"}))
    assert [each.e164 for each in (await stocked.page(scope=theirs)).items] == [H1, H2, H3, PUBLIC, BOGOTA]
    with pytest.raises(NumberTaken, match="de una cuenta que usted no ve"):
        await stocked.add([header(H1)], scope=other)


async def test_a_ported_number_changes_its_carrier_and_a_note_is_kept(stocked):
    site = stocked._site
    changed = await stocked.change(H1, note="  línea  de la sede ", carrier="telecom-ar")
    assert (changed.note, changed.revision) == ("línea de la sede", 2)
    assert "telecom-ar" in site.carriers
    with pytest.raises(NumberRefused, match="No hay un operador «telmex» en AR"):
        await stocked.change(H1, note="", carrier="telmex")
    assert [each.e164 for each in (await stocked.page(NumberFilter("sede"))).items] == [H1]


async def test_every_change_stands_in_the_audit_trail(stocked, engine):
    with acting(IVAN):
        await _linked(stocked)
    rows = (await AuditTrail(engine).page(AuditFilter(), 50)).rows
    told = [(row.actor, row.action, row.subject) for row in rows]
    assert told == [
        ("ivan", "number.moved", PUBLIC),
        ("ivan", "number.moved", H1),
        ("ivan", "number.moved", H1),
        ("ivan", "number.moved", H1),
        ("altavoz", "number.added", BOGOTA),
        ("altavoz", "number.added", f"{H1}…{H3}"),
    ]
    assert rows[1].after["linked"] == [PUBLIC]
    assert rows[1].reason == "correo del 4/3"


async def test_a_public_number_the_house_has_can_be_asked_for_by_name(stocked):
    await stocked.add([Entry(PUBLIC, NumberKind.PUBLIC, "AR", "telecom-ar")])
    await stocked.reserve(ATLAS, "telecom-ar", H1)
    below, above = await stocked.request(H1, PUBLIC, "el 0800 que ya tenemos")
    assert {below.state, above.state} == {NumberState.REQUESTED}
    assert above.plan == "vial-atlas"
    back = await stocked.move(PUBLIC, Move.CALL_OFF, "se pide otro")
    assert back.state is NumberState.RESERVED
