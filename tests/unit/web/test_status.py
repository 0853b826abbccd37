"""The status page, what Prometheus scrapes of the console, and the request's name on its lines in the log."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from staff.permissions import Permission
from web.alarm import Alarm, Level
from web.measured import METHODS
from web.status_lines import Line, Section, State, worst

AT = datetime.now(UTC)
DISK = Alarm("disk-low", AT, "Queda poco disco", "Libere <espacio>.", Permission.STATUS_READ, Level.WARNING)
SECTIONS = (Section("Colas", (Line("CAT", State.BAD, "Nadie atiende", "Eva sin teléfono"),)),)


async def page_of(house):
    async with house.at("ivan") as visitor:
        return await (await visitor.get("/status")).text()


async def scraped(visitor):
    """Family name → its samples."""
    answer = await visitor.get("/metrics")
    assert answer.status == 200
    return {each.name: each.samples for each in text_string_to_metric_families(await answer.text())}


async def test_open_alarms_come_before_everything_else(house):
    house.alarms, house.sections = (DISK,), SECTIONS
    page = await page_of(house)
    main = page[page.index("<main") :]
    assert main.index("con 1 alarma abierta") < main.index("Queda poco disco") < main.index("Nadie atiende")
    assert "Libere &lt;espacio&gt;." in main and "Eva sin teléfono" in main


async def test_when_all_is_well_the_page_says_so(house):
    assert "Todo en orden: se atienden llamadas." in await page_of(house)


def test_a_section_is_as_its_worst_line_and_what_is_unknown_hides_nothing():
    assert worst([State.GOOD, State.UNKNOWN, State.WARNING]) is State.WARNING
    assert worst([State.GOOD, State.UNKNOWN]) is State.GOOD
    assert worst([]) is State.UNKNOWN


async def test_requests_are_counted_by_route_and_status_never_by_what_was_typed(house):
    async with house.at("ana") as visitor:
        before = await scraped(visitor)
        await visitor.get("/cases/73737373?q=secreto")
        await visitor.get("/nothing/at/all/73737373")
        await visitor.session.request("BREW", visitor.root.join(visitor.root.with_path("/cases")))
        found = await scraped(visitor)
    made = {
        tuple(sample.labels.values()): sample.value
        for sample in found["altavoz_http_requests"]
        if sample.name == "altavoz_http_requests_total"
    }
    assert made["GET", "/cases/{id}", "404"] >= 1
    assert made["GET", "none", "404"] >= 1
    assert {method for method, _, _ in made} <= METHODS | {"OTHER"}
    assert "73737373" not in str(found) and "secreto" not in str(found)
    timed = [s for s in found["altavoz_http_request_seconds"] if s.labels["route"] == "/cases/{id}"]
    assert any(sample.name.endswith("_bucket") for sample in timed)
    assert set(before) <= set(found)


async def test_an_open_stream_is_a_gauge_and_no_latency(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await socket.receive()
        found = await scraped(visitor)
        open_now = {s.labels["route"]: s.value for s in found["altavoz_http_streams"]}
        assert open_now["/desk/stream"] == 1
        assert not any(s.labels["route"] == "/desk/stream" for s in found["altavoz_http_request_seconds"])


async def test_the_instance_adds_how_it_stands_now(house, monkeypatch):
    family = GaugeMetricFamily("altavoz_queue_waiting", "…", labels=("queue",))
    family.add_metric(("cat",), 3)
    served = replace(house.services(), measures=lambda: [family])
    monkeypatch.setattr(house, "services", lambda: served)
    async with house.at() as visitor:
        [sample] = (await scraped(visitor))["altavoz_queue_waiting"]
    assert (sample.labels, sample.value) == ({"queue": "cat"}, 3)


async def test_names_follow_the_conventions(house):
    async with house.at() as visitor:
        text = await (await visitor.get("/metrics")).text()
    ours = re.findall(r"^# TYPE (altavoz_\w+) (\w+)", text, re.M)
    assert ours
    for name, kind in ours:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert (kind == "counter") == name.endswith("_total"), name


async def test_every_line_of_a_request_carries_its_name(house, monkeypatch):
    monkeypatch.setattr(house.book, "standing", None)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        async with house.at("ana") as visitor:
            for _ in range(2):
                assert (await visitor.get("/lines")).status == 500
    names = {line["request"] for line in logs if line["event"] == "request failed"}
    assert len(names) == 2 and all(re.fullmatch("[0-9a-f]{8}", name) for name in names)
    assert "request" not in structlog.contextvars.get_contextvars()
