"""A whole alta, as the five people who do it play it: from the request for a number to a stranger's call."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import chromium
from tests.support.instance import Instance, eventually
from tests.support.launch import (
    ACCOUNT,
    CLARA,
    CORA,
    FANTASY,
    IVAN,
    NAME,
    OLGA,
    PEDRO,
    PLAN,
    PUBLIC,
    Launch,
    address_of,
)
from tests.support.mail_server import MailServer, mail_server
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(900)]
BASE, MAIL, PHONE = 27400, 27490, 27480
HEADER_E164 = "+541143219001"
TELECOM, DIALLED, STRANGER, CLOSED = "127.0.0.11", "1143219001", "1155556666", 480
SETTINGS = {
    "ALTAVOZ_SMTP": f"smtp://127.0.0.1:{MAIL}",
    "ALTAVOZ_MAIL_FROM": "altavoz@empresa.example",
    "ALTAVOZ_COMPANY": "Asistencia del Sur",
}


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server(MAIL) as server:
        yield server


@pytest.fixture
def launch(mail: MailServer, tmp_path: Path) -> Iterator[Launch]:
    instance = Instance(BASE, extra=SETTINGS)
    try:
        instance.start(examples=False)
        with chromium() as browser:
            made = Launch(instance, browser, tmp_path)
            made.hires()
            yield made
    finally:
        instance.remove()


@pytest.fixture
def sip(launch: Launch, tmp_path: Path) -> Iterator[SipLab]:
    lab = SipLab(tmp_path, launch.instance.sip, media=28400)
    try:
        yield lab
    finally:
        lab.stop()


def told(mail: MailServer, person: str, subject: str, *says: str) -> None:
    """A letter to somebody, with these words in its subject, has come; its text `says` this of the plan."""

    def came() -> bool:
        theirs = (each for each in mail.messages if address_of(person) in each["To"])
        texts = (each.get_body(("plain",)).get_content() for each in theirs if subject in each["Subject"])
        return any(all(word in text for word in says) for text in texts)

    try:
        eventually(came, 20)
    except AssertionError:
        raise AssertionError([(message["To"], message["Subject"]) for message in mail.messages]) from None


def test_from_the_request_for_a_number_to_a_call_of_a_stranger(
    launch: Launch, mail: MailServer, sip: SipLab
) -> None:
    launch.agrees_on_coverages()
    told(mail, OLGA, "Observaciones de Operaciones", "COBERTURAS Y EVENTOS", "CONDICIONES GENERALES")
    launch.gets_a_number(linked=False)
    assert any("Pedido de 0800" in message["Subject"] for message in mail.messages)
    assert "El plan todavía no está escrito" in launch.at(OLGA).inner_text("#step-plan-cargado")
    launch.puts_the_plan_in_the_pbx()
    assert _states(launch) == {"Configurado"}
    launch.links()
    assert _states(launch) == {"Configurado"}, "the PBX has them, whatever the carrier says since"
    launch.finds_providers()
    launch.trains()
    assert sip.refused_call(TELECOM, DIALLED, STRANGER, CLOSED).wait(60) == 0

    assert "Aprobada" in launch.tests(IVAN, "Sistemas").inner_text("main")
    launch.waits_for("probado-sistemas")
    launch.hands_over()
    told(mail, OLGA, "Cuenta y plan completos", "Todo entregado", PUBLIC, FANTASY, "COBERTURAS Y EVENTOS")
    told(mail, CORA, "Lea y confirme la ficha", NAME, "Empieza el", PUBLIC, "COBERTURAS Y EVENTOS")
    launch.reads_the_sheet()
    launch.waits_for("coordinadores")
    page = launch.tests(OLGA, "Operaciones")
    launch.listens(page)
    assert "Aprobada" in page.inner_text("main")
    launch.waits_for("probado-operaciones")

    _shows_what_is_signed(launch)
    launch.releases()
    launch.waits_for("liberado")
    assert _states(launch) == {"En servicio"}
    assert "Pasó las pruebas" in launch.at(IVAN, f"/numbers/{HEADER_E164}").inner_text("main")
    told(mail, PEDRO, "Validado y liberado")
    _answers_a_stranger(launch, sip)
    _dossier_holds(launch)
    launch.announces()
    launch.waits_for("lanzamiento")
    told(mail, PEDRO, f"Lanzamiento: {NAME}")
    assert "Está terminada" in launch.at(CLARA).inner_text("main")


def _states(launch: Launch) -> set[str]:
    """What the inventory says of the header and its public number."""
    pages = (launch.at(IVAN, f"/numbers/{each}") for each in (HEADER_E164, PUBLIC))
    return {page.inner_text(".heading .tag") for page in pages}


def _answers_a_stranger(launch: Launch, sip: SipLab) -> None:
    """The call rings at the coordinator's, with the plan on the telephone and on the screen."""
    sip.register("101", launch.phone_secret, PHONE)
    desk = launch.at(CORA, "/desk")
    expect(desk.locator("#available")).to_have_attribute("aria-pressed", "true")
    phone = sip.phone(PHONE, ring=3, talk=2)
    caller = sip.call(TELECOM, DIALLED, STRANGER, keys=[(1, "1")])
    phone.wait_for(rf'From: "{FANTASY}" <sip:', 60)
    expect(desk.locator("[data-pop]")).to_contain_text(FANTASY, timeout=10_000)
    expect(desk.locator("[data-pop]")).to_contain_text("Emergencia")
    expect(desk.locator("[data-pop]")).to_contain_text(PUBLIC)
    assert caller.wait(60) == 0


AGREED = (
    f"{ACCOUNT} (aseguradora) · 30-71234567-8",
    "ley-25326: «Sus datos serán tratados",
    "Firmó ComercialClara Paz, ",
    "Firmó OperacionesOlga Sosa, ",
    "Versión 2, Clara Paz, ",
    "Con el tope que pidió Operaciones",
    "ARS 60.000 por evento",
    "Se reservó: Iván Ríos, ",
    "Es la primera versión que atiende",
)
"""What the dossier must tell, of what these people did."""


def _shows_what_is_signed(launch: Launch) -> None:
    """Who releases sees the very page before signing it, and hears the prompts on it."""
    page = launch.at(OLGA, f"/releases/{PLAN}")
    expect(page.locator("main")).to_contain_text("Si libera ahora, los afiliados entran antes")
    expect(page.locator("[name=when][value=day]")).to_be_checked()
    launch.follows(page, "Ver lo que firma")
    expect(page.locator("main .warning >> nth=0")).to_contain_text("Sin firmar")
    _tells_all(page)


def _tells_all(page: Page) -> None:
    for said in AGREED:
        expect(page.locator(".dossier")).to_contain_text(said)
    for of in ("#prompts", "#test-it", "#test-operations"):
        assert page.locator(f"{of} audio").first.evaluate(_LASTS) > 1, of


_LASTS = """audio => new Promise((found, lost) => {
  audio.onloadedmetadata = () => found(audio.duration);
  audio.onerror = () => lost(audio.error.message);
  audio.preload = "metadata";
  audio.load();
})"""
"""Seconds of a sound, once the browser has opened it."""


def _dossier_holds(launch: Launch) -> None:
    """It is verified off-line; with one byte changed it is not."""
    page = launch.at(OLGA, f"/releases/{PLAN}")
    launch.follows(page, "Expediente 1")
    _tells_all(page)
    with page.expect_download() as download:
        page.click("main a:has-text('Archivo firmado')")
    file = launch.folder / "expediente.json"
    download.value.save_as(file)
    assert "Íntegro" in launch.instance.run("dossier", "verify", str(file))
    text = file.read_text("utf-8")
    assert PLAN in text and json.loads(text)
    file.write_text(text.replace("Vivienda Quimey", "Vivienda Quimej", 1), "utf-8")
    assert "No vale" in launch.instance.run("dossier", "verify", str(file), check=False)
