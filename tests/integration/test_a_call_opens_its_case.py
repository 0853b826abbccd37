"""The main line: a call to a plan's header number rings its coordinator's phone and opens its case."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
PHONE = 17010
TELECOM, CLARO, TELMEX = "127.0.0.11", "127.0.0.12", "127.0.0.13"


def test_the_last_line_of_a_start_says_how_to_get_in(altavoz: Instance) -> None:
    assert re.search(
        rf"^ready .*{re.escape(altavoz.http)}.* usuario admin .*contraseña de un solo uso \S+$",
        altavoz.ready_line.strip(),
    )


def test_the_example_plans_are_live(altavoz: Instance) -> None:
    assert {row["plan"] for row in altavoz.json("plan", "list")} == {
        "hogar-nandu",
        "mascotas-ajolote",
        "vial-condor",
    }


def test_a_call_rings_shows_its_plan_opens_its_case_and_is_closed(altavoz: Instance, sip: SipLab) -> None:
    secret = altavoz.add_coordinator("ana", "101", "cat,sac", PASSWORD)
    sip.register("101", secret, PHONE)
    with chromium() as browser:
        page = open_page(browser)
        sign_in(page, altavoz.http, "ana", PASSWORD)
        page.goto(f"{altavoz.http}/desk")
        expect(page.locator("#available")).to_have_attribute("aria-pressed", "true")
        phone = sip.phone(PHONE, ring=3)
        caller = sip.call(TELECOM, "1143218765", "1155556666", name="Juan Peña", keys=[(1.5, "1")], talk=25)

        page.wait_for_selector("[data-pop]", timeout=40_000)
        assert "SIP/2.0 200 OK" not in phone.messages().split("INVITE", 1)[-1]
        expect(page.locator("[data-pop]")).to_contain_text("ASISTENCIA ÑANDÚ")
        expect(page.locator("[data-pop]")).to_contain_text("Emergencia")
        expect(page.locator("[data-pop]")).to_contain_text("0800-555-1234")
        phone.wait_for(r'From: "ASISTENCIA ÑANDÚ" <sip:', 5)

        _fill_in_and_close(page)
        assert caller.wait(60) == 0
        assert phone.wait(10) == 0
    _recorded(altavoz)


def _fill_in_and_close(page: Page) -> None:
    page.wait_for_selector("form.case-form", timeout=15_000)
    page.select_option("form.case-form [name=coverage]", "PLOM")
    page.fill("form.case-form [name=who]", "Juan Peña")
    page.fill("form.case-form [name=address]", "Av. Rivadavia 1234, 5.º B")
    page.fill("form.case-form [name=notes]", "Pérdida de agua en la cocina.")
    page.locator("form.case-form [name=notes]").blur()
    expect(page.locator(".saved", has_text=re.compile("guardado", re.I)).first).to_be_visible()
    time.sleep(1)
    page.locator("form.close-form [name=outcome]").select_option(index=1)
    page.click("form.close-form button")
    expect(page.locator("form.case-form")).to_have_count(0, timeout=10_000)


def _recorded(altavoz: Instance) -> None:
    token = altavoz.run("token", "add", "pruebas").strip()
    call = eventually(lambda: _ended(altavoz, token, "%2B541143218765"))
    assert call["plan"] == "hogar-nandu"
    assert call["public"] == "+548005551234"
    assert call["caller"] == "+541155556666"
    assert call["choice"] == "Emergencia"
    assert call["coordinator"] == "ana"
    assert call["started"] < call["answered"] < call["ended"]
    assert call["outcome"] == "answered"
    cases = altavoz.get("/api/v1/cases?plan=hogar-nandu", token)["items"]
    assert [(case["id"], case["state"], case["address"]) for case in cases] == [
        (call["case"], "closed", "Av. Rivadavia 1234, 5.º B")
    ]


def _ended(altavoz: Instance, token: str, line: str) -> dict[str, str] | None:
    items = altavoz.get(f"/api/v1/calls?line={line}", token)["items"]
    return items[0] if items and items[0]["ended"] else None


@pytest.mark.parametrize(
    ("host", "called", "to", "line", "caller", "known_as"),
    [
        (CLARO, "cuenta7", "+576015551234", "+576015551234", "+573001234567", "+573001234567"),
        (TELMEX, "525541239876", None, "+525541239876", "5512345678", "+525512345678"),
        (TELECOM, "01143218765", None, "+541143218765", "0111555556666", "+5491155556666"),
        (TELECOM, "+541143218765", None, "+541143218765", "anonymous", None),
    ],
)
def test_each_carrier_writes_numbers_in_its_own_way(
    altavoz: Instance,
    sip: SipLab,
    host: str,
    called: str,
    to: str | None,
    line: str,
    caller: str,
    known_as: str | None,
) -> None:
    before = len(altavoz.json("call", "list", "--line", line))
    sip.call(host, called, caller, to=to, talk=2).wait(30)
    calls = eventually(
        lambda: [c for c in altavoz.json("call", "list", "--line", line) if c["ended"]][: -before or None]
    )
    assert (calls[0]["line"], calls[0]["caller"]) == (line, known_as)
    assert calls[0]["outcome"] == "abandoned"


def test_an_unknown_number_is_told_so_and_refused(altavoz: Instance, sip: SipLab) -> None:
    assert sip.refused_call(TELECOM, "1140000000", "1155556666", 404).wait(40) == 0


def test_the_pound_that_ends_a_document_is_no_key_of_the_menu_that_follows(
    altavoz: Instance, sip: SipLab
) -> None:
    document = [(16.0, "3"), *((0.3, digit) for digit in "0123456#")]
    caller = sip.call(TELECOM, "1143218765", "1155557777", keys=[*document, (2.0, "3"), (2.0, "2")], talk=2)
    assert caller.wait(60) == 0
    call = eventually(lambda: _of_caller(altavoz, "+541155557777"))
    assert call["digits"] == {"documento": "30123456"}
    assert call["choice"] == "Consultas y reclamos › Reclamo"


def _of_caller(altavoz: Instance, caller: str) -> dict[str, object] | None:
    return next((c for c in altavoz.json("call", "list") if c["caller"] == caller and c["ended"]), None)
