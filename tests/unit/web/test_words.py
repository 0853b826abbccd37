"""How values are said."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plans.model import AmountLimit, EventLimit
from tests.unit.web.altas import NANDU, begun
from web import words

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
AT = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (AmountLimit(limit=60000, currency="ARS", per="event"), "ARS 60.000 por evento"),
        (AmountLimit(limit=900000, currency="COP", per="year"), "COP 900.000 por año"),
        (AmountLimit(limit=1500, currency="MXN", per="contract"), "MXN 1,500 por contrato"),
        (None, "Sin tope"),
    ],
)
def test_amounts_are_written_as_their_country_does(amount, said):
    assert words.amount_limit(amount) == said


def test_limits_of_events_say_per_what():
    assert words.events_limit(EventLimit(limit=3, per="year")) == "3 por año"
    assert words.events_limit(None) == "Sin tope"


def test_what_a_signed_file_tells_is_read_in_the_time_of_the_place():
    assert words.when("2026-11-21T02:05:09+00:00", BUENOS_AIRES) == "20 nov 2026, 23:05"
    assert words.when("2026-12-10", BUENOS_AIRES) == "10 dic 2026"


def test_instants_are_in_the_time_of_the_place():
    assert words.hour(AT, BUENOS_AIRES) == "14:05"
    assert words.moment(AT, BUENOS_AIRES) == "21 nov 2026, 14:05"
    assert words.day(date(2026, 3, 1)) == "1 mar 2026"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00"), (75.9, "01:15"), (3723, "1:02:03"), (-4, "00:00")]
)
def test_a_running_time_is_shown_as_a_clock(seconds, shown):
    assert words.clock(seconds) == shown


def test_what_has_not_ended_has_no_duration():
    assert words.lasted(AT, None) == ""
    assert words.lasted(AT, AT + timedelta(seconds=90)) == "01:30"


def test_a_code_without_a_word_is_shown_as_it_is():
    assert words.spoken("emergencia", words.KINDS) == "Emergencia"
    assert words.spoken("poliza-anual", words.DIGITS) == "Poliza anual"
    assert words.spoken(None, words.KINDS) == ""


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ((14.6, 11.7, 21.2, 5.9), (14, 12, 21, 6)),
        ((0, 0, 0, 0), (0, 0, 0, 0)),
        ((0.5, 0.5, 0, 3), (1, 0, 0, 3)),
    ],
)
def test_spans_in_whole_seconds_add_up_to_what_is_shown_of_their_sum(spans, whole):
    assert words.whole_seconds(*spans) == whole
    assert sum(whole) == int(sum(spans) + 1e-6)


async def test_a_name_that_would_turn_the_page_round_is_shown_as_it_stands(house):
    client = NANDU.model_copy(update={"name": "Banco \u202eoirasrevdA\u2066"})
    alta = await begun(house, account=client)
    async with house.at("carla") as visitor:
        for path in ("/altas", f"/altas/{alta.id}"):
            page = await (await visitor.get(path)).text()
            assert "Banco oirasrevdA" in page and not {"\u202e", "\u2066"} & {*page}
