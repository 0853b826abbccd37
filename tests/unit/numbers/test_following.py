"""The inventory follows the PBX: what of a plan stands there moves its numbers, whoever published it."""

from dataclasses import replace

import pytest

from plans.book import StoredPlan
from provisioning.changed import Changed
from provisioning.numbers.following import PlanNumbers
from provisioning.numbers.standing import MOVES, Stand
from provisioning.numbers.states import TRANSITIONS, Move, NumberKind, NumberState, after
from provisioning.numbers.values import Holder, NumberRefused
from tests.unit.numbers.conftest import header, stored_plans

NANDU, NANDU_PUBLIC, NEW = "+541143218765", "+548005551234", "+541140001000"
PLAN = "hogar-nandu"


def _version(lines=((NANDU, NANDU_PUBLIC),), **marks) -> StoredPlan:
    stored = next(each for each in stored_plans() if each.version.plan.plan == PLAN)
    plan = stored.version.plan
    wanted = tuple(
        plan.lines[0].model_copy(update={"header": header, "public": public}) for header, public in lines
    )
    version = stored.version.model_copy(update={"plan": plan.model_copy(update={"lines": wanted})})
    return replace(stored, version=version, **marks)


def _changed(what="standing", live=None, candidate=None, suspended=None) -> Changed:
    return Changed(PLAN, live, candidate, suspended, "ivan", what, "por la campaña", "3f2a9c1b7d04")


@pytest.fixture
def following(engine, clock, numbers):
    return PlanNumbers(engine, clock, numbers)


@pytest.fixture
def states(numbers):
    async def told():
        return {each.e164: str(each.state) for each in (await numbers.page()).items}

    return told


async def test_at_a_start_the_numbers_of_live_plans_are_taken_in_once(following, numbers, states):
    for _ in range(2):
        await following.plan_changed(_changed(live=_version()))
    assert await states() == {NANDU: "released", NANDU_PUBLIC: "released"}
    found = await numbers.get(NANDU)
    assert (found.plan, found.account, found.linked) == (PLAN, "Seguros Ñandú S.A.", (NANDU_PUBLIC,))
    assert [each.move for each in await numbers.history(found)] == ["adopt", "add"]
    assert found.carrier == "telecom-ar"


async def test_a_line_goes_from_candidate_over_its_tests_to_strangers(following, numbers, states):
    await numbers.add([header(NANDU)])
    await numbers.reserve(Holder(PLAN, "AR", "Seguros Ñandú S.A.", 7), "telecom-ar", NANDU)
    await numbers.link(NANDU, NANDU_PUBLIC)
    version = _version()
    await following.plan_changed(_changed("candidate", candidate=version))
    assert set((await states()).values()) == {"configured"}
    assert len(await following.tested(version.version.plan, "dos pruebas")) == 2
    await following.plan_changed(_changed("standing", candidate=version))
    assert set((await states()).values()) == {"tested"}
    await following.plan_changed(_changed("candidate", candidate=version))
    assert set((await states()).values()) == {"configured"}, "what changed is untested again"
    await following.tested(version.version.plan)
    await following.plan_changed(_changed("released", live=version))
    assert set((await states()).values()) == {"released"}
    assert (await numbers.get(NANDU)).alta == 7


async def test_a_new_candidate_leaves_what_answers_strangers_as_it_is(following, states):
    await following.plan_changed(_changed(live=_version()))
    wider = _version(((NANDU, NANDU_PUBLIC), (NEW, None)))
    await following.plan_changed(_changed("candidate", live=_version(), candidate=wider))
    assert await states() == {NANDU: "released", NANDU_PUBLIC: "released", NEW: "configured"}
    await following.plan_changed(_changed("dropped", live=_version()))
    assert (await states())[NEW] == "reserved"


MINE = Holder(PLAN, "AR", "Seguros Ñandú S.A.", 7)
ORDERS = (
    ("publish", "request", "grant", "link"),
    ("request", "publish", "grant", "link"),
    ("request", "grant", "publish", "link"),
    ("request", "publish", "link"),
    ("request", "grant", "link", "publish"),
)


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
async def test_the_carrier_answers_before_or_after_the_plan_is_published(
    order, following, numbers, states, book
):
    await numbers.add([header(NANDU)])
    await numbers.reserve(MINE, "telecom-ar", NANDU)
    version = _version(live=False, candidate=True)
    for act in order:
        if act == "publish":
            book.replace([version])
            await following.plan_changed(_changed("candidate", candidate=version))
        elif act == "request":
            await numbers.request(NANDU)
        else:
            await getattr(numbers, act)(NANDU, NANDU_PUBLIC)
        published = order.index("publish") <= order.index(act)
        assert set((await states()).values()) == {"configured"} or not published, act
    found = [await numbers.get(each) for each in (NANDU, NANDU_PUBLIC)]
    assert all(each.granted_at and each.linked_at and each.linked and each.alta == 7 for each in found)
    assert found[0].asked_at
    assert len(await following.tested(version.version.plan)) == 2
    await following.plan_changed(_changed("released", live=_version()))
    assert set((await states()).values()) == {"released"}
    assert (await numbers.history(found[0]))[0].move == "release"


@pytest.mark.parametrize(
    ("acts", "back"),
    [((), "reserved"), (("request",), "requested"), (("grant",), "granted"), (("grant", "link"), "linked")],
)
async def test_out_of_the_pbx_a_number_is_as_far_as_the_carrier_is(
    acts, back, following, numbers, states, book
):
    await numbers.add([header(NANDU)])
    await numbers.reserve(MINE, "telecom-ar", NANDU)
    version = _version(live=False, candidate=True)
    book.replace([version])
    await following.plan_changed(_changed("candidate", candidate=version))
    for act in acts:
        await getattr(numbers, act)(NANDU, *(() if act == "request" else (NANDU_PUBLIC,)))
    book.replace([])
    await following.plan_changed(_changed("dropped"))
    assert (await states())[NANDU] == back
    kept = (NANDU_PUBLIC,) if "grant" in acts else ()
    assert (await numbers.get(NANDU)).linked == kept, "what only the plan mounted goes with it"


async def test_what_the_carrier_said_can_be_taken_back_while_the_candidate_stands(
    following, numbers, states, book
):
    version = _version(live=False, candidate=True)
    book.replace([version])
    await following.plan_changed(_changed("candidate", candidate=version))
    await numbers.link(NANDU, NANDU_PUBLIC)
    below = await numbers.unlink(NANDU, "se anotó por error")
    assert (below.linked, below.granted_at, below.linked_at) == ((NANDU_PUBLIC,), None, None)
    assert set((await states()).values()) == {"configured"}
    assert (await numbers.get(NANDU_PUBLIC)).granted_at is None


async def test_a_plan_that_mounts_another_public_number_than_the_carrier_gave_is_objected_to(
    following, numbers, book
):
    await numbers.add([header(NANDU)])
    await numbers.reserve(MINE, "telecom-ar", NANDU)
    await numbers.grant(NANDU, "+548005559999")
    said = await numbers.objections(_version().version.plan)
    assert said == ("sobre 011 4321-8765 el operador dio 0800-555-9999 y el plan monta 0800-555-1234",)
    assert await numbers.objections(_version(((NANDU, "+548005559999"),)).version.plan) == ()


async def test_the_carriers_other_number_waits_until_the_plan_is_published_with_it(following, numbers, book):
    version = _version(live=False, candidate=True)
    book.replace([version])
    await following.plan_changed(_changed("candidate", candidate=version))
    with pytest.raises(NumberRefused, match="ya tiene montado 0800-555-1234: así está en la central"):
        await numbers.grant(NANDU, "+548005559999")


async def test_who_gets_a_number_that_stands_in_the_pbx_already_sees_it_so_at_once(
    following, numbers, states, book
):
    await numbers.add([header(NANDU)])
    await numbers.reserve(Holder("otro-plan", "AR", "Otra"), "telecom-ar", NANDU)
    version = _version(live=False, candidate=True)
    book.replace([version])
    await following.plan_changed(_changed("candidate", candidate=version))
    book.replace([])
    await numbers.move(NANDU, Move.GIVE_BACK, "era de este plan")
    book.replace([version])
    found = await numbers.reserve(MINE, "telecom-ar", NANDU)
    assert (found.state, found.linked, found.alta) == (NumberState.CONFIGURED, (NANDU_PUBLIC,), 7)


async def test_a_suspended_line_and_one_that_is_withdrawn(following, numbers, states):
    await following.plan_changed(_changed(live=_version()))
    await following.plan_changed(_changed("suspended", suspended=_version()))
    assert set((await states()).values()) == {"suspended"}
    await following.plan_changed(_changed("resumed", live=_version()))
    assert set((await states()).values()) == {"released"}
    await following.plan_changed(_changed("withdrawn"))
    assert set((await states()).values()) == {"quarantine"}
    assert (await numbers.get(NANDU)).linked == ()
    await following.plan_changed(_changed("rolled-back", live=_version()))
    assert set((await states()).values()) == {"released"}
    assert (await numbers.get(NANDU)).linked == (NANDU_PUBLIC,)


async def test_a_number_that_the_plan_no_longer_has_goes_into_quarantine(following, states):
    await following.plan_changed(_changed(live=_version(((NANDU, NANDU_PUBLIC), (NEW, None)))))
    await following.plan_changed(_changed("released", live=_version()))
    assert (await states())[NEW] == "quarantine"


async def test_a_number_of_another_plan_stays_its_own(following, numbers, states):
    await numbers.add([header(NANDU)])
    await numbers.reserve(Holder("otro-plan", "AR", "Otra"), "telecom-ar", NANDU)
    await following.plan_changed(_changed(live=_version()))
    assert await states() == {NANDU: "reserved", NANDU_PUBLIC: "released"}
    assert (await numbers.get(NANDU)).plan == "otro-plan"
    said = await numbers.objections(_version().version.plan)
    assert said == ("011 4321-8765 está reservado para el plan «otro-plan»",)


@pytest.mark.parametrize("kind", NumberKind)
def test_whatever_the_pbx_does_is_a_legal_move(kind):
    for stand in Stand:
        for state, moves in MOVES[stand].items():
            for move in moves:
                state = after(kind, state, move)
    assert Move.ADOPT not in TRANSITIONS[kind][NumberState.RETIRED]
