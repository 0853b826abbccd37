"""The configuration on a real Asterisk, with SIPp as carriers and phones."""

import asyncio
import json
import socket
import sqlite3
import struct
from contextlib import closing

import pytest

pytestmark = pytest.mark.pbx


async def test_every_carrier_and_every_phone_has_its_endpoint(bench):
    shown = await bench.cli("pjsip show endpoints")
    for endpoint in ("telecom-ar", "iplan", "101/101", "102/102"):
        assert f"Endpoint:  {endpoint} " in shown
    for address in ("127.0.0.11/32", "127.0.0.14/32", "2001:db8::1/128", "127.0.0.15/32"):
        assert address in shown


async def test_it_starts_without_an_error_or_a_warning(bench):
    lines = [json.loads(line) for line in bench.messages().splitlines() if line.startswith("{")]
    bad = [line["logmsg"]["message"] for line in lines if line["logmsg"]["level"] in ("ERROR", "WARNING")]
    assert lines
    assert bad == []


async def test_a_phone_registers_with_its_secret(bench, sipp):
    sipp.phone(15167)
    assert await sipp.register("101", "clave-de-ana", 15167) == 0
    assert "sip:101@127.0.0.1:15167" in await bench.cli("pjsip show contacts")


async def test_a_phone_with_another_secret_is_refused(bench, sipp):
    assert await sipp.register("102", "clave-ajena", 15167) != 0
    assert "sip:102@" not in await bench.cli("pjsip show contacts")


@pytest.mark.parametrize("host", ["127.0.0.11", "127.0.0.14"])
async def test_a_carrier_is_told_by_each_of_its_addresses(bench, sipp, host):
    assert await sipp.went_well(sipp.call("call", "prompts", host))


async def test_a_call_from_an_address_of_nobodys_is_refused_and_logged(bench, sipp):
    before = bench.messages().count("No matching endpoint found")
    assert await sipp.went_well(sipp.call("refused", "prompts", "127.0.0.99"))
    assert bench.messages().count("No matching endpoint found") > before


async def test_the_pbxs_prompts_and_ours_are_found_in_spanish(bench, sipp):
    assert await sipp.went_well(sipp.call("call", "prompts"))
    assert await bench.kept("standard") == "SUCCESS es"
    assert await bench.kept("ours") == "SUCCESS"
    assert "digits/1.wav" not in bench.messages()


@pytest.mark.parametrize("scenario", ["info_digits", "info_digits_rfc4733_offered"])
async def test_digits_by_sip_info_are_heard(bench, sipp, scenario):
    assert await sipp.went_well(sipp.call(scenario, "digits"))
    assert await bench.kept("typed") == "42"


async def test_digits_by_rfc_4733_are_heard(bench, sipp):
    call = sipp.call("call", "digits")
    port = int(await sipp.logged("MEDIA"))
    await asyncio.sleep(0.2)
    await send_digits("42", port)
    assert await sipp.went_well(call)
    assert await bench.kept("typed") == "42"


async def send_digits(digits: str, port: int) -> None:
    """Telephone events (RFC 4733 §2.3), payload 101, a digit of 100 ms every 200 ms."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind(("127.0.0.11", 0))
        number = 0
        for index, digit in enumerate(digits):
            start = 8000 + index * 1600
            for step in range(1, 6):
                number += 1
                marker = 0x80 if step == 1 else 0
                end = 0x80 if step == 5 else 0
                header = struct.pack("!BBHII", 0x80, 101 | marker, number, start, 4242)
                event = struct.pack("!BBH", int(digit), end | 10, step * 160)
                media.sendto(header + event, ("127.0.0.1", port))
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)


async def test_a_registered_phone_rings_and_shows_the_name(bench, sipp):
    phone = sipp.phone(15167)
    assert await sipp.register("101", "clave-de-ana", 15167) == 0
    assert await sipp.went_well(sipp.call("call", "phone"))
    assert await sipp.went_well(phone)
    assert '"ASISTENCIA ÑANDÚ" <sip:1155551234@127.0.0.1>' in await sipp.logged("FROM")


async def test_a_queue_without_anybody_lets_the_caller_go_at_once(bench, sipp):
    assert await sipp.went_well(sipp.call("call", "queue"))
    assert await bench.kept("queue") == "JOINEMPTY"


async def test_a_call_is_written_in_the_journal_while_it_is_read(bench, sipp):
    with closing(read_only(bench)) as reader, closing(read_only(bench)) as journal:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cel").fetchone()
        assert await sipp.went_well(sipp.call("call", "queue"))
        await asyncio.sleep(0.3)
        rows = journal.execute(
            "SELECT eventtype, userdeftype, appname, extra FROM cel "
            "WHERE linkedid = (SELECT max(linkedid) FROM cel) ORDER BY AcctId"
        ).fetchall()
    assert [row[0] for row in rows] == [
        *("CHAN_START", "ANSWER", "ALTAVOZ", "APP_START", "APP_END"),
        *("HANGUP", "CHAN_END", "LINKEDID_END"),
    ]
    assert rows[2][1:] == ("ALTAVOZ", "CELGenUserEvent", '{"extra":"queue;Queue=cat"}')


def read_only(bench) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{bench.layout.cel_db}?mode=ro", uri=True, isolation_level=None)
