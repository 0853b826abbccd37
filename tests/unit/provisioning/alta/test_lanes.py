"""What waits is shown by urgency: late first, then what is due soonest; page by page."""

import pytest

from provisioning.alta.lists import AltaFilter

from .conftest import REQUEST, Bench

LANE = AltaFilter(area="commercial")


@pytest.fixture
async def waiting(bench: Bench) -> list[int]:
    """Altas by how urgent they are: the first one begun is suspended, though its day passed."""
    clara, altas = bench.people["clara"], bench.office.altas
    begun = []
    for days in (0, 1, 12, 1):
        bench.clock.pass_days(days)
        request = REQUEST.model_copy(update={"plan": f"plan-{len(begun)}"})
        begun.append((await altas.start(request, clara)).id)
    await altas.suspend(begun[0], clara, "El cliente lo pidió")
    return [*begun[1:], begun[0]]


async def test_late_ones_come_first_then_those_due_soonest_and_suspended_ones_last(
    bench: Bench, waiting: list[int]
) -> None:
    page = await bench.office.altas.turns(LANE, 10)
    assert [alta.id for alta, _ in page.turns] == waiting
    assert [turn.late for _, turn in page.turns] == [True, False, False, False]


async def test_pages_follow_one_another(bench: Bench, waiting: list[int]) -> None:
    found, after = [], ""
    while True:
        page = await bench.office.altas.turns(LANE, 1, after)
        found += [alta.id for alta, _ in page.turns]
        if page.next is None:
            break
        after = page.next
    assert found == waiting


@pytest.mark.parametrize("mark", ["7", "0_mañana_1_1", "0_2026-01-01_x_1", "0_9999-12-31T23:00-12:00_1_1"])
async def test_a_page_that_none_named_is_refused(bench: Bench, mark: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        await bench.office.altas.turns(LANE, 1, mark)
