"""The mark of a page, as strangers write it."""

import base64

import pytest
from sqlalchemy import select

from cases.pages import BadPage, newest_first, unmark
from cases.tables import calls, cases


def marked(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "ayer",
        "",
    ],
)
def test_an_instant_that_utc_does_not_have_is_no_mark(instant):
    with pytest.raises(BadPage):
        unmark(marked(f"{instant}~1"))


@pytest.mark.parametrize("id", ["2147483648", "9" * 20, "-1", "1.5", "", "٣", "²"])
def test_a_case_that_no_table_can_hold_is_no_mark(id):
    with pytest.raises(BadPage):
        newest_first(select(cases), cases.c.opened, cases.c.id, 10, marked(f"2026-11-21T00:00:00+00:00~{id}"))


def test_a_call_with_a_null_in_its_id_is_no_mark():
    after = marked("2026-11-21T00:00:00+00:00~a\0b")
    with pytest.raises(BadPage):
        newest_first(select(calls), calls.c.started, calls.c.id, 10, after)
