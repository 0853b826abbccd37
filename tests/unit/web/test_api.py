"""Calls and cases for other programs, and what machines ask of the service."""

from datetime import datetime

import pytest

FIELDS = {
    "id", "linkedid", "line", "public", "plan", "caller", "choice", "digits",
    "coordinator", "started", "answered", "ended", "outcome", "case",
}  # fmt: skip


@pytest.fixture
async def bearer(house):
    return {"Authorization": f"Bearer {await house.tokens.add('informes')}"}


async def test_a_call_has_what_was_promised(house, bearer):
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    async with house.at() as visitor:
        body = await (await visitor.get("/api/v1/calls", **bearer)).json()
        (call,) = body["items"]
        assert call.keys() >= FIELDS and body["next"] is None
        assert call["digits"] == {"documento": "30123456"} and call["case"] == case
        assert (call["coordinator"], call["outcome"]) == ("ana", "answered")
        assert datetime.fromisoformat(call["started"]).utcoffset().total_seconds() == 0


async def test_a_case_names_its_calls(house, bearer):
    await house.rings()
    await house.answers()
    async with house.at() as visitor:
        (case,) = (await (await visitor.get("/api/v1/cases", **bearer)).json())["items"]
        assert case["calls"] == ["pbx1-1.1"] and case["number"] == "AV-000001"


@pytest.mark.parametrize("line", ["%2B541143218765", "+541143218765", "541143218765"])
async def test_a_line_is_understood_however_its_plus_arrives(house, bearer, line):
    await house.rings()
    async with house.at() as visitor:
        found = await (await visitor.get(f"/api/v1/calls?line={line}", **bearer)).json()
        other = await (await visitor.get("/api/v1/calls?line=%2B576015551234", **bearer)).json()
        assert len(found["items"]) == 1 and other["items"] == []


async def test_pages_follow_one_another_without_gap_or_double(house, bearer):
    for number in range(5):
        await house.rings(f"pbx1-{number}.1", waits=100 + number)
    async with house.at() as visitor:
        seen, after = [], ""
        while after is not None:
            address = f"/api/v1/calls?limit=2{f'&after={after}' if after else ''}"
            body = await (await visitor.get(address, **bearer)).json()
            seen += [call["id"] for call in body["items"]]
            after = body["next"]
        assert seen == [f"pbx1-{number}.1" for number in range(5)]


@pytest.mark.parametrize(
    ("since", "found"), [("2020-01-01T00:00:00Z", 1), ("2099-01-01T00:00:00%2B00:00", 0)]
)
async def test_since_keeps_what_started_later(house, bearer, since, found):
    await house.rings()
    async with house.at() as visitor:
        body = await (await visitor.get(f"/api/v1/calls?since={since}", **bearer)).json()
        assert len(body["items"]) == found


@pytest.mark.parametrize(
    "query", ["line=abc", "plan=Un Plan", "since=ayer", "limit=0", "limit=201", "limit=muchas", "after=nada"]
)
@pytest.mark.parametrize("what", ["calls", "cases"])
async def test_a_question_that_makes_no_sense_is_answered_with_what_to_write(house, bearer, what, query):
    async with house.at() as visitor:
        answer = await visitor.get(f"/api/v1/{what}?{query}", **bearer)
        assert answer.status == 400
        error = (await answer.json())["error"]
        assert error["code"] == "bad-request" and query.split("=")[0] in error["message"]


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer nada"}, {"Authorization": "Basic YTpi"}])
async def test_without_a_token_the_api_answers_401_in_json(house, given):
    async with house.at("raul") as visitor:
        answer = await visitor.get("/api/v1/calls", **given)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert "token" in (await answer.json())["error"]["message"]


async def test_an_address_of_the_api_that_is_not_there_answers_in_json(house):
    async with house.at() as visitor:
        answer = await visitor.get("/api/v1/nada")
        assert answer.status == 404 and (await answer.json())["error"]["code"] == "not-found"


async def test_alive_is_always_said_and_ready_only_when_all_stands(house):
    async with house.at() as visitor:
        assert (await visitor.get("/healthz")).status == 200
        assert (await visitor.get("/readyz")).status == 200
        house.standing = {"database": True, "pbx": False}
        answer = await visitor.get("/readyz")
        assert answer.status == 503 and (await answer.json())["missing"] == ["pbx"]
        assert (await visitor.get("/healthz")).status == 200


async def test_metrics_are_for_this_machine_or_a_token(house, bearer):
    async with house.at() as visitor:
        here = await visitor.get("/metrics")
        assert here.status == 200 and "altavoz_pop_delay_seconds_bucket" in await here.text()
        proxied = {"X-Forwarded-For": "203.0.113.5"}
        assert (await visitor.get("/metrics", **proxied)).status == 401
        assert (await visitor.get("/metrics", **proxied, **bearer)).status == 200


async def test_metrics_under_another_machines_name_need_a_token(house, bearer):
    """A page elsewhere whose name is made to lead here would else read them in a browser here."""
    async with house.at() as visitor:
        for host in ("mal.example", f"mal.example:{visitor.root.port}", "127.0.0.1.mal.example", "10.0.0.1"):
            assert (await visitor.get("/metrics", Host=host)).status == 401
            assert (await visitor.get("/metrics", Host=host, **bearer)).status == 200
        for host in ("localhost", f"LOCALHOST:{visitor.root.port}", "127.0.0.1", "[::1]:8080"):
            assert (await visitor.get("/metrics", Host=host)).status == 200


async def test_an_accident_is_a_page_that_tells_nothing_of_the_inside(house):
    async def broken():
        raise RuntimeError("secreto interno")

    house._ready = broken
    async with house.at() as visitor:
        answer = await visitor.get("/readyz")
        assert answer.status == 500
        text = await answer.text()
        assert "secreto" not in text and "avise a IT" in text
