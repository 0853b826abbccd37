"""The generated dialplan in the Asterisk that will run it."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from dialplan.countries import home, tables, world
from dialplan.patterns import read

pytestmark = pytest.mark.pbx


def test_it_loads_whole_and_without_a_warning(pbx, running):
    shown = pbx.ask("dialplan show")
    found = set(re.findall(r"^\[ Context '([^']+)'", shown, re.MULTILINE))
    assert {context.name for context in running.dialplan.contexts} <= found
    faults = [line for line in pbx.log().splitlines() if "pbx_config" in line or " pbx.c" in line]
    assert not faults, "\n".join(faults)


def test_every_step_stands_where_it_was_written(pbx, running):
    for context in running.dialplan.contexts:
        shown = pbx.ask(f"dialplan show {context.name}")
        for line in context.lines():
            assert f"{line.priority}. {line.step.app}({line.step.data})" in re.sub(
                r"\[[\w.-]+\]", "", shown
            ), line


def test_x(pbx, carriers):
    t0 = __import__("time").monotonic()
    got = pbx.probe(
        "number", [(home("AR"), f"11432187{n:02}") for n in range(60)] + [(world("AR"), "+54111543218765")]
    )
    print(__import__("time").monotonic() - t0, got)
    c = carriers["telecom-ar"]
    c.call("1143218765", '"x, Plan: stolen" <sip:01143210000@red>')
    pbx.until(lambda: 200 in c.status())
    __import__("time").sleep(0.1)
    c.press("1")
    __import__("time").sleep(4)
    for m in pbx.marks():
        print(
            {
                k: v
                for k, v in m.items()
                if k
                in "Mark Line Plan Version Carrier Menu Digit Name Digits Queue Priority CallerIDNum CallerIDName Exten Context".split()
            }
        )
    print((pbx.home / "log/full").read_text()[-6000:])
