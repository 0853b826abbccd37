from datetime import UTC, datetime, timedelta

from telephony.draining import KEPT_FOR, drained, from_json, to_conf, to_json

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def test_what_leaves_is_kept_until_its_calls_must_have_ended() -> None:
    pool = drained({}, {"plan-a-1": "x\n", "plan-b-1": "y\n"}, {"plan-b-1"}, NOW)
    assert {name: kept.until for name, kept in pool.items()} == {"plan-a-1": NOW + KEPT_FOR}


def test_what_has_been_kept_long_enough_is_dropped() -> None:
    pool = drained({}, {"plan-a-1": "x\n"}, (), NOW)
    assert drained(pool, {}, (), NOW + KEPT_FOR - timedelta(seconds=1)) == pool
    assert drained(pool, {}, (), NOW + KEPT_FOR) == {}


def test_what_leaves_again_is_kept_anew() -> None:
    later = NOW + timedelta(hours=11)
    pool = drained(drained({}, {"plan-a-1": "x\n"}, (), NOW), {"plan-a-1": "x\n"}, (), later)
    assert pool["plan-a-1"].until == later + KEPT_FOR


def test_a_context_of_the_release_is_not_written_twice_but_not_forgotten() -> None:
    pool = drained({}, {"plan-a-1": "exten => s,1,A()\n"}, (), NOW)
    assert "[plan-a-1]" in to_conf(pool, ())
    assert "[plan-a-1]" not in to_conf(pool, {"plan-a-1"})
    assert "plan-a-1" in drained(pool, {}, {"plan-a-1"}, NOW)


def test_the_pool_is_read_as_it_was_written() -> None:
    pool = drained({}, {"plan-ñ-1": 'exten => s,1,NoOp("á\\,")\n'}, (), NOW)
    assert from_json(to_json(pool)) == pool
