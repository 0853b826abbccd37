"""A signed amendment, as people play it: the line goes on as it was until its next version is let in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from provisioning.editing.evidence import WRITTEN_ON
from tests.support import amendment as next_version
from tests.support.amendment import Amendment
from tests.support.browser import chromium
from tests.support.instance import Instance, eventually
from tests.support.launch import CLARA, CORA, FANTASY, NAME, OLGA, PLAN, Launch
from tests.support.mail_server import MailServer, mail_server
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(1500)]
BASE, MAIL, PHONE = 27700, 27790, 27780
TELECOM, DIALLED, STRANGER = "127.0.0.11", "1143219001", "1155556666"
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
    """A plan whose alta is over and whose line answers."""
    instance = Instance(BASE, extra=SETTINGS)
    try:
        instance.start(examples=False)
        with chromium() as browser:
            made = Launch(instance, browser, tmp_path)
            made.hires()
            made.agrees_on_coverages()
            made.gets_a_number()
            made.puts_the_plan_in_the_pbx()
            made.finds_providers()
            made.trains()
            made.is_let_in()
            made.announces()
            made.waits_for("lanzamiento")
            yield made
    finally:
        instance.remove()


@pytest.fixture
def sip(launch: Launch, tmp_path: Path) -> Iterator[SipLab]:
    lab = SipLab(tmp_path, launch.instance.sip, media=28700)
    try:
        yield lab
    finally:
        lab.stop()


def test_a_signed_amendment_is_the_next_version_once_it_is_let_in(
    launch: Launch, mail: MailServer, sip: SipLab
) -> None:
    amendment = Amendment(launch)
    begun = amendment.begins().inner_text("main")
    assert "atiende la versión 1" in begun and "Son las que están en servicio" in begun
    compared = amendment.changes_coverages().inner_text("main")
    assert "ARS 60.000 por evento" in compared and "ARS 90.000 por evento" in compared
    amendment.is_signed()
    assert "El cambio todavía no está escrito" in launch.at(OLGA).inner_text("#step-plan-cargado")
    amendment.is_written()
    amendment.is_said()

    report = amendment.is_tried().inner_text("main")
    assert "Aprobada" in report and next_version.NAME in report
    assert NAME in _rings_as(launch, sip, FANTASY).inner_text("[data-pop]")
    amendment.providers_confirm()
    launch.finishes(OLGA, "cuenta-y-plan")
    _read(launch)
    launch.edits_plan(CLARA, ("En breve será atendido", "Enseguida será atendido"))
    page = launch.tests(OLGA, "Operaciones")
    launch.listens(page)
    assert "Aprobada" in page.inner_text("main")
    launch.waits_for("probado-operaciones")

    gate = launch.at(OLGA, f"/releases/{PLAN}").inner_text("main")
    assert WRITTEN_ON in gate and "mientras tanto atiende la versión 1" in gate
    launch.releases()
    launch.waits_for("liberado")
    assert next_version.NAME in _rings_as(launch, sip, next_version.FANTASY).inner_text("[data-pop]")
    _dossiers_stand_on_one_another(launch)
    launch.announces()
    launch.waits_for("lanzamiento")
    eventually(
        lambda: any(f"Cambia el plan {next_version.NAME}" in each["Subject"] for each in mail.messages)
    )
    assert "Está terminada" in launch.at(CLARA).inner_text("main")


def _rings_as(launch: Launch, sip: SipLab, fantasy: str) -> Page:
    """A stranger's call, by what the coordinator's telephone and screen show; the desk."""
    sip.register("101", launch.phone_secret, PHONE)
    desk = launch.at(CORA, "/desk")
    expect(desk.locator("#available")).to_have_attribute("aria-pressed", "true")
    phone = sip.phone(PHONE, ring=3, talk=2)
    caller = sip.call(TELECOM, DIALLED, STRANGER, keys=[(1, "1")])
    phone.wait_for(rf'From: "{fantasy}" <sip:', 60)
    expect(desk.locator("[data-pop]")).to_contain_text(fantasy, timeout=10_000)
    assert caller.wait(60) == 0
    return desk


def _read(launch: Launch) -> None:
    """Who answers is told what will be otherwise."""
    sheet = launch.at(CORA, f"/sheets/{PLAN}").inner_text("main")
    assert f"En su teléfono se lee «{next_version.FANTASY}»; hoy, «{FANTASY}»." in sheet
    assert "Se agrega Cerrajería." in sheet
    launch.reads_the_sheet()
    launch.waits_for("coordinadores")


def _dossiers_stand_on_one_another(launch: Launch) -> None:
    former, latest = sorted(launch.instance.json("dossier", "list"), key=lambda each: each["id"])
    assert latest["previous"] == former["head"]
    page = launch.at(OLGA, f"/releases/{PLAN}")
    launch.follows(page, "Expediente 2")
    told = page.inner_text("main")
    assert "ALTA-2" in told and next_version.CHANGES in told and f"-fantasy_name: {FANTASY}" in told
    with page.expect_download() as download:
        page.click("main a:has-text('Archivo firmado')")
    file = launch.folder / "expediente-2.json"
    download.value.save_as(file)
    assert "Íntegro" in launch.instance.run("dossier", "verify", str(file))
    assert "Enseguida será atendido" not in file.read_text("utf-8"), "what is still written is not in it"
