"""The desk's stream: the whole state first, then changes, and nobody waits for a slow browser."""

import asyncio
import itertools
import json
from datetime import timedelta

import pytest
import structlog
from aiohttp import WSMsgType
from prometheus_client import REGISTRY
from yarl import URL

from cases.presence import PauseReason, PresenceRefused
from telephony.ami import LinkState
from telephony.facts import PhoneChanged
from web import feed, stream, watch
from web.desks import GOING_AWAY, MOST_EACH, OPENED_ELSEWHERE, SIGNED_OUT
from web.regions import Region

CALL = "pbx1-1.1"


async def told(socket, holds, seconds=3.0):
    """The first message for which `holds`."""
    async with asyncio.timeout(seconds):
        while True:
            message = json.loads((await socket.receive(timeout=seconds)).data)
            if holds(message):
                return message


def region(name, text):
    return lambda message: text in message.get("regions", {}).get(name, "")


def pops_seen():
    return REGISTRY.get_sample_value("altavoz_pop_delay_seconds_count")


async def test_the_first_message_is_the_whole_state(house):
    await house.rings()
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        message = await socket.receive_json()
        assert message["regions"].keys() == {each.value for each in Region} - {Region.TEAM}
        assert f'data-pop="{CALL}"' in message["regions"]["call"]
        assert [pop["id"] for pop in message["ringing"]] == [CALL]
        assert socket.compress == 0


async def test_the_page_loaded_fresh_shows_the_same(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        page = await (await visitor.get("/desk")).text()
        assert f'data-pop="{CALL}"' in page and f'data-case="{case}"' in page


async def test_a_pop_comes_while_the_phone_rings_and_is_announced_in_one_sentence(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await socket.receive_json()
        await house.rings()
        message = await told(socket, region("call", f'data-pop="{CALL}"'))
        assert message["ringing"][0]["sentence"] == "Llamada de ASISTENCIA ÑANDÚ, Emergencia, 011 5555-1234"
        html = message["regions"]["call"]
        for shown in ("0800-555-1234", "30123456", "Confirme domicilio", "ARS 45.000 por evento", "sin fin"):
            assert shown in html


async def test_an_anonymous_caller_is_announced_as_one(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.rings(caller=None, menu=None)
        message = await told(socket, lambda m: m.get("ringing"))
        assert message["ringing"][0]["sentence"] == "Llamada de ASISTENCIA ÑANDÚ, número oculto"


async def test_a_pop_is_measured_when_the_browser_has_shown_it_and_once(house):
    async with house.serving() as root, house.visit(root, "ana") as visitor:
        tabs = [await visitor.stream(), await visitor.stream()]
        await house.rings()
        before = pops_seen()
        for tab in tabs:
            await told(tab, lambda m: m.get("ringing"))
            await tab.send_json({"ack": CALL})
        await house.until(lambda: pops_seen() == before + 1)
        await asyncio.sleep(0.05)
        assert pops_seen() == before + 1


async def test_answering_opens_the_case_at_every_tab(house):
    async with house.serving() as root, house.visit(root, "ana") as visitor:
        tabs = [await visitor.stream(), await visitor.stream()]
        await house.rings()
        case = await house.answers()
        for tab in tabs:
            message = await told(tab, lambda m: m.get("case") == case)
            assert 'data-stage="talking"' in message["regions"]["call"] and message["ringing"] == []


async def test_a_call_answered_elsewhere_leaves_the_desk_and_says_who_has_it(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.rings()
        await told(socket, lambda m: m.get("ringing"))
        await house.answers(at="102")
        message = await told(socket, lambda m: m.get("notices"))
        assert message["notices"] == ["ASISTENCIA ÑANDÚ: la atendió Beto Ruiz."]
        assert message["ringing"] == [] and "data-pop" not in message["regions"]["call"]


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda house: house.hangs_up(outcome="abandoned", phase="ringing"), "quien llamaba cortó."),
        (lambda house: house.stops_ringing(), "dejó de sonar aquí y sigue en espera."),
    ],
)
async def test_a_pop_that_goes_says_why(house, happens, why):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.rings()
        await told(socket, lambda m: m.get("ringing"))
        await happens(house)
        message = await told(socket, lambda m: m.get("notices"))
        assert message["notices"] == [f"ASISTENCIA ÑANDÚ: {why}"]


async def test_my_own_answer_is_no_news(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.rings()
        await told(socket, lambda m: m.get("ringing"))
        await house.answers()
        assert "notices" not in await told(socket, lambda m: m.get("case"))


async def test_after_the_call_its_plan_stays_until_the_case_is_closed(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.hangs_up()
        await told(socket, region("call", 'data-stage="over"'))
        await house.desk.close(case, "resuelto", "ana")
        message = await told(socket, lambda m: m.get("mine") == [])
        assert "data-pop" not in message["regions"]["call"]


async def test_everybody_sees_who_waits(house):
    async with house.at("beto") as visitor:
        socket = await visitor.stream()
        await house.rings(at="101")
        message = await told(socket, region("waiting", "ASISTENCIA ÑANDÚ"))
        assert "Emergencia" in message["regions"]["waiting"]
        assert not message.get("ringing")


async def test_a_change_made_elsewhere_reaches_the_form(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await socket.receive_json()
        await house.desk.edit(case, "who", "Marta Gil", "beto")
        message = await told(socket, lambda m: m.get("cases"))
        assert message["cases"][0]["fields"]["who"] == "Marta Gil"


async def test_availability_moves_the_phone_in_and_out_of_its_queues(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        answer = await visitor.post("/desk/availability", {"state": "available"}, **{"HX-Request": "true"})
        assert house.queues.serving == {("101", "cat"), ("101", "sac")}
        assert "no está registrado" in json.loads(answer.headers["HX-Trigger"])["notice"]
        await told(socket, region("status", 'value="available" aria-pressed="true"'))
        await visitor.post("/sign-out")
        assert house.queues.serving == set()


async def test_a_pause_has_a_reason_and_leaves_the_phone_in_its_queues_so_that_callers_wait(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        refused = await visitor.post("/desk/availability", {"state": "paused", "reason": "lunch"})
        assert refused.status == 409 and "fuera de turno" in (await refused.json())["error"]["message"]
        await visitor.post("/desk/availability", {"state": "available"})
        await visitor.post("/desk/availability", {"state": "paused", "reason": "lunch"})
        assert house.queues.serving == {("101", "cat"), ("101", "sac")}
        assert house.queues.paused["101"][0] == "lunch"
        await told(socket, region("status", "En pausa · Almuerzo"))
        await visitor.post("/desk/availability", {"state": "available"})
        assert house.queues.paused == {}
        for wrong in ({"state": "nada"}, {"state": "paused", "reason": "nada"}):
            assert (await visitor.post("/desk/availability", wrong)).status == 400


async def test_a_supervisor_sees_who_answers_who_pauses_and_why_and_a_coordinator_does_not(house):
    ana, beto = await house.person("ana"), await house.person("beto")
    await house.presence.available(ana)
    await house.presence.pause(ana, PauseReason.LUNCH)
    await house.presence.available(beto)
    await house.rings(at="102")
    await house.answers(at="102")
    async with house.at("sofia") as visitor:
        socket = await visitor.stream()
        shown = (await told(socket, region("team", "Beto Ruiz")))["regions"]["team"]
        assert shown.index("Beto Ruiz") < shown.index("Ana Paz") < shown.index("Sofía Luna")
        for words in ("En llamada · ASISTENCIA ÑANDÚ", "En pausa · Almuerzo", "Fuera de turno"):
            assert words in shown
        await house.presence.available(ana)
        await told(socket, region("team", "su teléfono no está registrado"))


async def test_signing_out_in_one_browser_tells_the_others_and_ends_the_shift_everywhere(house):
    async with house.serving() as root, house.visit(root, "ana") as here, house.visit(root, "ana") as there:
        await here.post("/desk/availability", {"state": "available"})
        socket = await there.stream()
        await told(socket, region("status", 'value="available" aria-pressed="true"'))
        await here.post("/sign-out")
        await told(socket, lambda m: "su turno terminó" in str(m.get("notices")))
        await there.get("/desk")
        assert "Fuera de turno" in await (await there.get("/desk")).text()


async def test_a_desk_of_one_person_shows_nothing_to_another_who_signed_in_with_the_same_browser(house):
    async with house.at("beto") as visitor:
        address = visitor.root.join(URL("/desk/stream?person=ana"))
        socket = await visitor.session.ws_connect(address, origin=visitor.origin)
        assert (await socket.receive()).data == SIGNED_OUT


async def test_a_desk_that_asks_whether_the_line_lives_is_answered_at_once(house):
    async with house.at("ana") as visitor:
        socket = await opened(visitor)
        await told(socket, lambda m: m.get("beat"))
        await socket.send_json({"probe": True})
        assert await told(socket, lambda m: m.get("beat"), seconds=1)


async def test_a_case_of_somebody_else_that_lies_open_is_kept_as_it_is(house):
    await house.rings()
    case = await house.answers()
    async with house.at("beto") as visitor:
        socket = await opened(visitor)
        await socket.send_json({"open": [case, 2**70, "x"]})
        await house.desk.edit(case, "who", "Marta Gil", "ana")
        message = await told(socket, lambda m: m.get("cases"))
        assert message["cases"][0]["fields"]["who"] == "Marta Gil"


async def test_a_case_that_passes_to_somebody_else_says_to_whom(house):
    await house.rings()
    case = await house.answers()
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await told(socket, lambda m: m.get("mine") == [case])
        await house.desk.take(case, "beto")
        message = await told(socket, lambda m: m.get("left"))
        assert message["left"] == {str(case): f"El caso AV-{case:06d} pasó a Beto Ruiz."}


async def test_a_central_that_does_not_do_it_is_said_so(house):
    async def refuses(_person):
        raise PresenceRefused("La central no lo hizo (sin conexión).")

    house.presence.available = refuses
    async with house.at("ana") as visitor:
        answer = await visitor.post("/desk/availability", {"state": "available"}, **{"HX-Request": "true"})
        assert answer.status == 409 and "La central no lo hizo" in await answer.text()


async def test_the_phones_state_is_shown_as_it_changes(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        first = await socket.receive_json()
        assert "Cómo registrarlo" in first["regions"]["status"]
        house.presence.phone_changed(PhoneChanged("101", "idle"), "ana")
        await told(socket, region("status", "Registrado"))


async def test_a_lost_link_is_seen_within_two_seconds(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await socket.receive_json()
        house.link = LinkState(False, house.clock(), "la central no responde")
        await told(socket, region("alarm", "Sin conexión con la central"), seconds=2)


async def test_nonsense_from_a_browser_changes_nothing(house):
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        for said in ("nada", "[]", '{"ack": 7}', '{"ack": "otra"}', "1"):
            await socket.send_str(said)
        await house.rings()
        assert await told(socket, lambda m: m.get("ringing"))


@pytest.mark.parametrize("path", ["/sign-out", "/password"])
async def test_the_stream_ends_with_its_session(house, path):
    change = {"current": house.password, "new": "otra frase larga", "again": "otra frase larga"}
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await socket.receive_json()
        await visitor.post(path, change)
        assert await code_of_close(socket) == SIGNED_OUT


async def test_a_changed_password_ends_the_streams_of_every_browser(house):
    change = {"current": house.password, "new": "otra frase larga", "again": "otra frase larga"}
    async with house.serving() as root, house.visit(root, "ana") as here, house.visit(root, "ana") as there:
        socket = await there.stream()
        await socket.receive_json()
        await here.post("/password", change)
        assert await code_of_close(socket) == SIGNED_OUT


async def test_a_session_that_ended_elsewhere_ends_the_stream(house, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.05)
    async with house.at("ana") as visitor:
        socket = await visitor.stream()
        await house.sessions.close_all((await house.person("ana")).id)
        await socket.send_json({"active": True})
        assert await code_of_close(socket) == SIGNED_OUT


async def test_a_service_that_stops_says_goodbye(house):
    async with house.serving() as root, house.visit(root, "ana") as visitor:
        socket = await visitor.stream()
        await socket.receive_json()
        closing = asyncio.create_task(code_of_close(socket))
        await visitor_server_stops(house)
        assert await closing == GOING_AWAY


async def visitor_server_stops(house):
    await house.servers[-1].app.shutdown()


async def code_of_close(socket):
    async with asyncio.timeout(3):
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.CLOSE:
                return message.data
            if message.type in (WSMsgType.CLOSED, WSMsgType.ERROR):
                return socket.close_code


async def test_a_ninth_desk_takes_the_place_of_the_oldest_and_says_so(house):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "beto") as beto:
        other = await beto.stream()
        await other.receive_json()
        sockets = [await opened(ana) for _ in range(MOST_EACH + 1)]
        assert await code_of_close(sockets[0]) == OPENED_ELSEWHERE
        await house.until(lambda: len(house.desks()) == MOST_EACH + 1)
        await house.rings(at="101")
        for socket in sockets[1:]:
            assert await told(socket, lambda m: m.get("ringing"))
        assert not other.closed


async def opened(visitor):
    socket = await visitor.stream()
    await socket.receive_json()
    return socket


@pytest.mark.parametrize("said", ["[" * 1900, '{"a":' * 380, "nada", "[]", '{"ack": "\\ud800"}'])
async def test_what_our_page_does_not_say_is_let_go_by(house, said):
    async with house.at("ana") as visitor:
        socket = await opened(visitor)
        with structlog.testing.capture_logs() as logs:
            await socket.send_str(said)
            await house.rings()
            assert await told(socket, lambda m: m.get("ringing"))
        assert [entry for entry in logs if entry["log_level"] == "error"] == []


@pytest.mark.parametrize(("queued", "seconds"), [(32, 60), (10**6, 0.5)], ids=["queue", "time"])
async def test_a_browser_that_does_not_read_is_cut_off_and_delays_nobody(house, monkeypatch, queued, seconds):
    monkeypatch.setattr(stream, "QUEUED", queued)
    monkeypatch.setattr(stream, "SEND_SECONDS", seconds)
    monkeypatch.setattr(feed, "LOOK_EVERY", 0.01)
    count = itertools.count()
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "beto") as beto:
        socket = await beto.stream()
        reading = asyncio.create_task(told(socket, lambda m: m.get("ringing"), seconds=30))
        reader, writer = await deaf_browser(root, ana)
        await house.until(lambda: len(house.desks()) == 2)
        house.link_source = lambda: LinkState(False, house.clock(), f"{next(count)}" + "x" * 300_000)
        await house.until(lambda: len(house.desks()) == 1, seconds=20)
        house.link_source = None
        await house.rings(at="102")
        assert await reading
        writer.close()
        assert reader is not None


async def deaf_browser(root, visitor):
    """Opens the stream and never reads what comes."""
    reader, writer = await asyncio.open_connection(root.host, root.port, limit=1024)
    reader._transport.pause_reading()
    cookies = visitor.session.cookie_jar.filter_cookies(root)
    lines = [
        "GET /desk/stream HTTP/1.1",
        f"Host: {root.authority}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {visitor.origin}",
        "Cookie: " + "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await writer.drain()
    return reader, writer


async def test_a_desk_that_fell_behind_gets_the_whole_state_when_it_comes_back(house):
    async with house.at("ana") as visitor:
        await visitor.stream()
        await house.until(lambda: len(house.desks()) == 1)
        for subscription in tuple(house.board._subscribers["ana"]):
            subscription.close()
        await house.until(lambda: len(house.desks()) == 0)
        await house.rings()
        socket = await visitor.stream()
        assert f'data-pop="{CALL}"' in (await socket.receive_json())["regions"]["call"]


class Desk:
    """A desk as the watch over its session sees it."""

    def __init__(self, house, person):
        self.services = house.services()
        self.person = person
        self.app = None


async def test_a_desk_in_pause_that_nobody_touches_keeps_no_session(house, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(watch, "IDLE", timedelta(seconds=0.01))
    person = await house.person("ana")
    secret = await house.sessions.open(person.id)
    began = house.clock()
    house.clock = lambda: began + timedelta(minutes=31)
    async with asyncio.timeout(2):
        await watch.SessionWatch(Desk(house, person), secret.token).over()


async def test_a_coordinator_who_waits_for_a_call_stays_signed_in(house, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.005)
    monkeypatch.setattr(watch, "IDLE", timedelta(seconds=0.15))
    person = await house.person("ana")
    secret = await house.sessions.open(person.id)
    await house.presence.available(person)
    began, started = house.clock(), asyncio.get_running_loop().time()
    house.clock = lambda: began + 12_000 * timedelta(seconds=asyncio.get_running_loop().time() - started)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await watch.SessionWatch(Desk(house, person), secret.token).over()
