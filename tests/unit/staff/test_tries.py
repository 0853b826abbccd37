"""The counters of wrong tries: how they grow, how they are forgotten, and that they stay few."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from staff import tries
from staff.sign_in_tables import wrong_tries
from staff.tries import RULES, Counter, Kind, TooManyTries, Tries, counters, next_wrong

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ANA = Counter(Kind.ACCOUNT, "ana")


def after(times, counter=ANA, every=timedelta()):
    wrong = None
    for n in range(times):
        wrong = next_wrong(wrong, counter, NOW + n * every)
    return wrong


@pytest.mark.parametrize(("times", "seconds"), [(1, 0), (4, 0), (5, 2), (6, 4), (9, 32), (10, 60), (90, 60)])
def test_the_wait_doubles_up_to_a_minute(times, seconds):
    assert after(times).until - NOW == timedelta(seconds=seconds)


def test_a_second_factor_may_wait_a_quarter_of_an_hour():
    assert after(90, Counter(Kind.CODE, "ana")).until - NOW == timedelta(minutes=15)


def test_wrong_tries_far_apart_never_wait():
    assert after(20, every=RULES[Kind.ACCOUNT].forgets).times == 1


def test_an_address_may_go_wrong_as_often_as_it_is_forgotten():
    rule = RULES[Kind.ADDRESS]
    assert after(500, Counter(Kind.ADDRESS, "10.0.0.9"), rule.forgets).times <= rule.free


def test_at_a_known_place_nobody_elses_tries_count():
    assert counters("ana", "10.0.0.8", known_place=True) == (Counter(Kind.PLACE, "ana 10.0.0.8"),)
    assert counters("ana", "10.0.0.8", known_place=False) == (ANA, Counter(Kind.ADDRESS, "10.0.0.8"))


async def test_names_made_up_by_a_stranger_do_not_fill_the_disk(engine, monkeypatch):
    monkeypatch.setattr(tries, "KEPT", 10)
    kept = Tries(engine)
    for n in range(8):
        await kept.claim([ANA], NOW + timedelta(minutes=n))
    for n in range(15):
        await kept.claim([Counter(Kind.ACCOUNT, f"n{n}")], NOW)
    async with engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(wrong_tries))).scalar_one() == 10
    assert (await kept.of_account("ana"))[0].times == 8  # who must wait longest is forgotten last


async def test_of_tries_at_once_no_more_are_taken_than_are_free(engine):
    kept = Tries(engine)
    for _ in range(5):
        await kept.claim([ANA], NOW)
    with pytest.raises(TooManyTries, match="espere 2 s"):
        await kept.claim([ANA], NOW)
    assert (await kept.of_account("ana"))[0].times == 5  # what was refused unread is no try
