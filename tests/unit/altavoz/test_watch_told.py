"""What is seen, told to people and to Prometheus; the guide has a word for every alarm."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from altavoz.watch_metrics import measures_of
from altavoz.watch_rules import RULES
from altavoz.watch_seen import StoreSeen
from altavoz.watch_status import status_of
from telephony.ami import AmiAccount, LinkState
from telephony.journal_store import LinkGap
from telephony.known_holes import KNOWN, holes_of, read_version, sound
from web.alarm import Alarm
from web.health import _Measures
from web.status_lines import State

from .test_watch_troubles import AT, EVA, FINE, WRONG, after, later, pbx

GUIDE = (Path(__file__).parents[3] / "docs/operations.md").read_text("utf-8")
ZONE = ZoneInfo("America/Argentina/Buenos_Aires")
STATES = {
    "pbx-link": ("Enlace que escucha", State.BAD),
    "pbx-late": ("Enlace que escucha", State.WARNING),
    "pbx-stopped": ("Proceso", State.BAD),
    "pbx-control": ("Enlace que actúa", State.BAD),
    "pbx-restarted": ("Asterisk", State.WARNING),
    "pbx-holes": ("Fallas de seguridad", State.WARNING),
    "release-differs": ("Última publicación", State.BAD),
    "canary-failed": ("Llamadas de prueba del día", State.BAD),
    "line-quiet": ("Sin llamadas hace días", State.WARNING),
    "line-untested": ("Atienden sin pruebas", State.WARNING),
    "line-not-released": ("No se liberaron en su día", State.WARNING),
    "queue-nobody": ("CAT", State.BAD),
    "phone-unreachable": ("CAT", State.WARNING),
    "trunk-unreachable": ("telmex", State.BAD),
    "database-stuck": ("Base de datos", State.BAD),
    "spool-used": ("Esperan en el disco", State.WARNING),
    "disk-full": ("Disco: datos de Altavoz", State.BAD),
    "disk-low": ("Disco: datos de Altavoz", State.WARNING),
    "certificate-expired": ("Certificado", State.BAD),
    "certificate-expiring": ("Certificado", State.WARNING),
    "clock-apart": ("Reloj", State.WARNING),
    "clock-lost": ("Reloj", State.WARNING),
    "mail-stuck": ("Correo", State.WARNING),
    "mail-failed": ("Correos sin entregar", State.WARNING),
    "facts-in-memory": ("Solo en la memoria", State.BAD),
    "facts-lost": ("Perdidas", State.BAD),
    "audit-broken": ("Auditoría", State.BAD),
    "journal-unreadable": ("Diario de la central", State.BAD),
}


def lines_of(seen):
    status = status_of(seen, (), ZONE)
    return {line.name: line for section in status.sections for line in section.lines}


def test_the_guide_has_a_heading_for_every_alarm_and_no_other():
    headings = re.findall(r"^### (\S+)$", GUIDE, re.M)
    assert sorted(headings) == sorted(rule.code for rule in RULES)


@pytest.mark.parametrize("code", STATES)
def test_what_is_an_alarm_is_not_well_on_the_status_page_either(code):
    name, state = STATES[code]
    assert lines_of(WRONG[code])[name].state is state


def test_every_alarm_has_its_line_on_the_status_page():
    assert set(STATES) == {rule.code for rule in RULES}


def test_when_all_is_well_every_line_is():
    assert {line.state for line in lines_of(FINE).values()} == {State.GOOD}


def test_lines_say_what_a_person_wants_to_know():
    lines = lines_of(pbx(up_since=AT - timedelta(hours=2), version="22.10.1+dfsg-1"))
    assert lines["Asterisk"].text == "22.10.1, en marcha desde las 10:00"
    assert lines["CAT"].text == "1 disponible"
    assert lines["telmex"].text == "Responde desde las 12:00"
    paused = replace(EVA, paused=True)
    queue = replace(FINE.pbx.queues[0], members=(EVA, paused), waiting=3)
    assert lines_of(pbx(queues=(queue,)))["CAT"].text == "1 disponible · 1 en pausa · 3 esperando"


def gap(lost, regained, calls=None, reason="la central no acepta conexiones"):
    minutes = [AT + timedelta(minutes=each) if each is not None else None for each in (lost, regained)]
    return LinkGap(1, "pbx1", minutes[0], reason, minutes[1], calls, calls and 3 * calls)


def test_the_last_gaps_say_from_when_to_when_and_what_was_recovered():
    gaps = (gap(-1, None), gap(-57, -55, 3), gap(-90, -80, 1), gap(-24 * 60, -23 * 60, 0))
    lines = lines_of(replace(FINE, store=StoreSeen(True, None, gaps=gaps)))
    said = {name: (line.state, line.text) for name, line in lines.items() if line.text.startswith("Sin con")}
    assert said == {
        "Desde 11:59": (State.BAD, "Sin conexión con la central: todavía no volvió"),
        "11:03 – 11:05": (State.GOOD, "Sin conexión con la central: 3 llamadas recuperadas"),
        "10:30 – 10:40": (State.GOOD, "Sin conexión con la central: 1 llamada recuperada"),
        "20 nov, 12:00 – 13:00": (State.GOOD, "Sin conexión con la central: ninguna llamada que recuperar"),
    }
    assert lines["11:03 – 11:05"].note == "La central no acepta conexiones"


@pytest.mark.parametrize("code", ["pbx-link", "pbx-control", "database-stuck"])
def test_calls_cannot_be_attended_without_links_or_database(code):
    assert status_of(FINE, (), ZONE).ready
    assert not status_of(WRONG[code], (), ZONE).ready


def link(name, **counts):
    account = AmiAccount("127.0.0.1", 5038, name, "s")
    return SimpleNamespace(account=account, state=LinkState(True, AT, ""), **counts)


def scraped(seen, alarms=()):
    links = (
        link("altavoz-listens", connections=2, taken=70, overruns=0),
        link("altavoz-acts", connections=1, taken=0, overruns=0),
    )
    registry = CollectorRegistry()
    registry.register(_Measures(measures_of(seen, alarms, links)))
    text = generate_latest(registry).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_is_told_how_things_stand():
    seen = replace(FINE, phases={"queue": 2}, spooled=4)
    alarms = (Alarm("disk-low", AT, "", "", None),)
    found = scraped(seen, alarms)
    assert found["altavoz_calls_live", "queue"] == 2 and found["altavoz_calls_live", "talking"] == 0
    assert found["altavoz_link_connections_total", "altavoz-listens"] == 2
    assert found["altavoz_events_total", "altavoz-listens"] == 70
    assert found["altavoz_queue_members", "cat", "serving"] == 1
    assert found["altavoz_alarm", "disk-low"] == 1 and found["altavoz_alarm", "disk-full"] == 0
    assert found["altavoz_facts_spooled",] == 4
    assert found["altavoz_trunk_up", "telmex"] == 1


def test_before_the_first_look_prometheus_gets_what_there_is():
    found = scraped(replace(FINE, pbx=None, machine=None, release=None))
    assert found["altavoz_release_stands",] == 0
    assert not any(name.startswith(("altavoz_pbx", "altavoz_trunk")) for name, *_ in found)


def test_no_label_is_a_person_or_a_number():
    alarms = after(WRONG["phone-unreachable"], later(WRONG["phone-unreachable"], 60)).alarms()
    labels = {label for _, *labels in scraped(WRONG["phone-unreachable"], alarms) for label in labels}
    assert not any("Luis" in label or re.search(r"\d{3}", label) for label in labels)


@pytest.mark.parametrize(
    ("said", "sound_one"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6", True),
        ("22.10.0", False),
        ("20.20.1", True),
        ("20.18.2", False),
        ("21.12.1", False),
        ("18.26.4", False),
        ("23.4.1", True),
        ("24.0.0", True),
        ("certified-20.7", False),
        ("GIT-master", True),
    ],
)
def test_versions_with_known_holes_are_known(said, sound_one):
    assert (not holes_of(said)) is sound_one


def test_the_list_of_holes_is_whole():
    assert all(hole.names and hole.fixed for hole in KNOWN)
    dates = [hole.published for hole in KNOWN if hole.published]
    assert dates == sorted(dates)
    for hole in KNOWN:
        assert all(version[0] == series for series, version in hole.fixed.items())
    assert [sound(series) for series in (18, 20, 21, 22, 23, 24)] == [
        (20, 20, 1),
        (20, 20, 1),
        (22, 10, 1),
        (22, 10, 1),
        (23, 4, 1),
        (24,),
    ]
    assert read_version("nada") is None
