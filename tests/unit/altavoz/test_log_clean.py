"""No secret and no more of a caller than needed stands in the log, in text or as JSON."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
import structlog

from altavoz import log, log_clean
from altavoz.log_clean import HIDDEN, clean_text, hide
from cases.fact_rows import told_in_log
from telephony.facts import CallArrived, DigitsEntered

SECRET = "8b56944b7a5c58732f00"


@pytest.fixture(params=["json", "text"])
def written(request, monkeypatch):
    """What was logged, as text."""
    out = io.StringIO()
    monkeypatch.setattr(log_clean, "_known", set())
    monkeypatch.setattr("sys.stderr", out)
    handlers, level = logging.root.handlers[:], logging.root.level
    log.configure(request.param)
    yield out.getvalue
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_a_fact_that_only_the_log_keeps_is_there_without_what_is_personal(written):
    at = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    arrived = CallArrived(
        "pbx1-1.1", at, "1.1", "+541143218765", "hogar", "0123", "telecom", "+541155551234", "Ñandú"
    )
    for fact in (arrived, DigitsEntered("pbx1-1.1", at, "dni", "30123456")):
        structlog.get_logger().critical("no room for a fact", call=fact.call, fact=told_in_log(fact))
    assert "CallArrived" in written() and "DigitsEntered" in written() and "pbx1-1.1" in written()
    for personal in ("Ñandú", "30123456", "1155551234"):
        assert personal not in written()


@pytest.mark.parametrize(
    "field",
    ["secret", "sip_secret", "password", "token", "csrf", "Authorization", "cookie", "one_time_password"],
)
def test_a_field_that_is_a_secret_by_its_name_is_hidden(written, field):
    structlog.get_logger().info("made", **{field: SECRET}, inside={field: [SECRET]})
    assert SECRET not in written() and HIDDEN in written()


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://altavoz:{SECRET}@db/altavoz",
        f"Authorization: Bearer {SECRET}",
        f"Action: Login, Secret: {SECRET}, Events: on",
        f"Cookie: altavoz-8080={SECRET}; path=/",
        f"{{'sip_secret': '{SECRET}'}}",
        "la contraseña es crwt-tbwj-ypkq-52q9",
    ],
)
def test_a_secret_is_known_by_its_shape(written, text):
    structlog.get_logger().error("refused", reason=text)
    try:
        raise ValueError(text)
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("another").exception("failed too")
    assert SECRET not in written() and "crwt-tbwj" not in written()
    assert written().count(HIDDEN) >= 3


def test_a_secret_that_is_known_is_hidden_wherever_it_comes_up(written):
    hide("perro-verde", "ab")
    structlog.get_logger().info("odd", text="dijo perro-verde y ab")
    assert "perro" not in written() and "ab" in written()


def test_telephones_keep_their_end_and_callers_names_are_left_out(written):
    text = "Call from +541155551234 to 5411432187650, call pbx1-1795305984.12 in 20261121"
    structlog.get_logger().info("odd", text=text, caller_name="Juana Peña", call="pbx1-1795305984.12")
    assert "+…234 to …650, call pbx1-1795305984.12 in 20261121" in written()
    assert "Peña" not in written() and "1795305984.12" in written().split("call")[-1]


@pytest.mark.parametrize(
    "text",
    [
        "222beecde03a",
        "C-0000001a",
        "2026-11-22T00:21:19.911085Z",
        "0e37df36-f698-11e6-8dd4-cb9ced3df976",
        "3.1415926535",
    ],
)
def test_what_is_neither_stays_as_it_is(text):
    assert clean_text(text) == text


def test_a_line_of_json_is_one_object_with_its_exception(written):
    try:
        raise ValueError("x")
    except ValueError:
        structlog.get_logger().exception("failed", call="pbx1-1.1")
    first = written().splitlines()[0]
    if first.startswith("{"):
        line = json.loads(first)
        assert (line["call"], line["level"]) == ("pbx1-1.1", "error")
        assert "ValueError: x" in line["exception"]
    else:
        assert "ValueError: x" in written()
