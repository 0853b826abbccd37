"""No other site's page changes anything here."""

import pytest

from web.csrf import same_origin, upgrade_allowed

HOST = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://127.0.0.1:8080"}, True),
        ({}, True),
        ({"Origin": "http://127.0.0.1:9090"}, False),
        ({"Origin": "http://mal.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8080"}, False),
    ],
)
def test_the_origin_must_be_our_own(headers, allowed):
    assert same_origin(headers, HOST) is allowed


def test_an_upgrade_must_say_its_origin():
    assert upgrade_allowed({"Origin": f"http://{HOST}"}, HOST)
    assert not upgrade_allowed({}, HOST)


async def test_a_change_without_the_token_is_refused(house):
    async with house.at("ana") as visitor:
        visitor.csrf = "otro"
        assert (await visitor.post("/desk/availability", {"state": "available"})).status == 403
        assert house.queues.serving == set()


async def test_the_token_in_a_hidden_field_is_as_good_as_the_header(house):
    async with house.at("ana") as visitor:
        fields = {"state": "available", "csrf": visitor.csrf}
        visitor.csrf = ""
        assert (await visitor.post("/desk/availability", fields)).status == 204


async def test_another_persons_token_is_refused(house):
    async with house.serving() as root, house.visit(root, "beto") as other, house.visit(root, "ana") as ana:
        ana.csrf = other.csrf
        assert (await ana.post("/desk/availability", {"state": "available"})).status == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/desk/availability"])
async def test_a_form_on_another_site_is_refused_even_with_the_token(house, path):
    async with house.at("ana") as visitor:
        answer = await visitor.post(path, Origin="http://mal.example")
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "origin"


async def test_the_stream_refuses_another_sites_page(house):
    async with house.at("ana") as visitor:
        for origin in ("http://mal.example", None):
            headers = {"Upgrade": "websocket", "Connection": "Upgrade"} | (
                {"Origin": origin} if origin else {}
            )
            assert (await visitor.get("/desk/stream", **headers)).status == 403
