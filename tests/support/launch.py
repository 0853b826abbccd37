"""An alta played in the console by the people of each area, in browsers of their own: what each of them does.

Every method is one person's work on pages that anybody opens; what it needs must have been done before.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.browser import listen, open_page, sign_in
from tests.support.instance import Instance, eventually

PASSWORD = "tormenta lila siete"
PLAN, NAME, FANTASY = "vivienda-quimey", "Asistencia Vivienda Quimey", "ASISTENCIA QUIMEY ÑU"
ACCOUNT = "Seguros Quimey S.A."
HEADER, PUBLIC = "011 4321-9001", "0800-555-9001"
CLARA, IVAN, OLGA, PEDRO, CORA = "clara", "ivan", "olga", "pedro", "cora"
_AREAS: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {
    CLARA: ("Clara Paz", [("commercial", "commercial")]),
    IVAN: ("Iván Ríos", [("it", "it")]),
    OLGA: ("Olga Sosa", [("operations", "operations")]),
    PEDRO: ("Pedro Luna", [("providers", "providers"), ("tmk", "tmk")]),
    CORA: ("Cora Díaz", [("coordinator", "cat")]),
}
SHORTER = (
    (r"label: Consulta\n(\s+)queue: cat", r"label: Consulta\n\1queue: sac"),
    (r"    say: principal\n", "    say: principal\n    wait: 4s\n    tries: 1\n"),
)
"""Changes of the plan's first text: its second key leads to the other queue, its menu waits little."""
_CONTRACT = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_TESTED = 180_000
"""Milliseconds that the test calls of a plan may take."""


def address_of(person: str) -> str:
    return f"{person}@empresa.example"


@dataclass
class Launch:
    """`folder` is for the files that people bring; `alta` is the one that they work at."""

    instance: Instance
    browser: Browser
    folder: Path
    phone_secret: str = ""
    alta: int = 1
    _pages: dict[str, Page] = field(default_factory=dict)

    # people

    def hires(self) -> None:
        """Everybody's account, and the coordinator's telephone."""
        for name, (full, areas) in _AREAS.items():
            words = ["user", "add", name, "--full-name", full, "--email", address_of(name)]
            words += [word for role, area in areas for word in ("--role", role, "--area", area)]
            words += ["--extension", "101", "--groups", "cat,sac"] if name == CORA else []
            told = self.instance.run(*words, "--password-stdin", stdin=f"{PASSWORD}\n")
            if secret := re.search(r"Clave SIP: (\S+)", told):
                self.phone_secret = secret[1]

    def at(self, person: str, path: str = "") -> Page:
        """The person's own page, gone to a path of the console (the alta, when it begins without «/»)."""
        if person not in self._pages:
            self._pages[person] = open_page(self.browser)
            self._pages[person].set_default_timeout(20_000)
            sign_in(self._pages[person], self.instance.http, person, PASSWORD)
        page = self._pages[person]
        place = path if path.startswith("/") else f"/altas/{self.alta}/{path}".rstrip("/")
        page.goto(self.instance.http + place)
        return page

    def leaves(self, person: str) -> None:
        """Close the person's browser; who comes back signs in again."""
        self._pages.pop(person).context.close()

    def does(self, page: Page, button: str, within: str = "main") -> None:
        """Press a button of the page and wait for the page that it leads to."""
        wanted = page.locator(f"{within} button:has-text('{button}'):visible").first
        assert wanted.count(), f"no «{button}» in:\n{page.inner_text('main')}"
        with page.expect_navigation():
            wanted.click()
        problems = page.locator("main .problem:visible").all_inner_texts()
        assert not problems, problems

    def follows(self, page: Page, link: str) -> None:
        """Follow a link of the page."""
        with page.expect_navigation():
            page.click(f"main a:has-text('{link}')")

    def finishes(self, person: str, step: str, answer: str = "") -> None:
        page = self.at(person)
        if answer:
            page.fill(f"#finish-{step} textarea", answer)
        self.does(page, "Terminar el paso", f"#finish-{step}")

    def state_of(self, step: str) -> str:
        """What the stepper says of a step: open, done, waiting…"""
        page = self.at(OLGA)
        return page.get_attribute(f"#step-{step}", "class") or ""

    def waits_for(self, step: str, seconds: float = 40) -> None:
        """A step whose evidence came true closes by itself."""
        eventually(lambda: "done" in self.state_of(step), seconds)

    def comes_back(self, step: str, seconds: float = 150) -> None:
        """A step whose evidence stayed away opens again by itself."""
        eventually(lambda: "done" not in self.state_of(step), seconds)

    # the stretches of the way

    def agrees_on_coverages(self) -> None:
        """From the request to the contract."""
        self.begins()
        self.writes_coverages()
        self.observes()
        self.adjusts_coverages()
        self.receives_contract()

    def gets_a_number(self, by_letter: bool = True, linked: bool = True) -> None:
        """From the signed request to the carrier's answer; without a mail server it is asked by telephone.

        Unless it is `linked`, the carrier has still to say that the number reaches the header.
        """
        self.asks_for_a_number()
        self.signs(CLARA, "Comercial")
        self.signs(OLGA, "Operaciones")
        self.loads_numbers()
        self.waits_for("solicitud-de-numero")
        self.reserves_header()
        self.waits_for("numero-de-cabecera")
        self.writes_to_carrier() if by_letter else self.telephones_carrier()
        self.gets_the_public_number()
        self.waits_for("numero-publico")
        if linked:
            self.links()

    def puts_the_plan_in_the_pbx(self, recorded: bool = True) -> None:
        """The plan is written, said and published as a candidate."""
        self.begins_plan()
        self.edits_plan(CLARA, *SHORTER)
        self.agrees_on_the_plan()
        self.archives_coverages()
        self.finishes(CLARA, "archivado")
        if recorded:
            self.records()
            self.approves()
            self.waits_for("audios")
        self.publishes()

    def is_let_in(self) -> None:
        """Tested by both, handed over, read by the coordinator, released."""
        assert "Aprobada" in self.tests(IVAN, "Sistemas").inner_text("main")
        self.waits_for("probado-sistemas")
        self.hands_over()
        self.reads_the_sheet()
        self.waits_for("coordinadores")
        page = self.tests(OLGA, "Operaciones")
        self.listens(page)
        assert "Aprobada" in page.inner_text("main")
        self.waits_for("probado-operaciones")
        self.releases()
        self.waits_for("liberado")

    # from the request to the contract

    def begins(self) -> None:
        page = self.at(CLARA, "/altas/new")
        page.fill("[name=name]", NAME)
        page.fill("[name=plan]", PLAN)
        page.select_option("[name=subsidiary]", "AR")
        page.fill("[name=client]", ACCOUNT)
        page.select_option("[name=type]", "aseguradora")
        page.fill("[name=tax_id]", "30-71234567-8")
        page.select_option("[name=scope]", "nacional")
        page.fill("[name=starts]", "2026-12-10")
        page.select_option("[name=carrier]", "telecom-ar")
        page.check("[name=sold_by][value=tmk]")
        self.does(page, "Empezar el alta")
        self.finishes(CLARA, "prospecto")

    def writes_coverages(self) -> None:
        page = self.at(CLARA, "coverages/edit")
        page.click("button:has-text('Agregar una cobertura')")
        page.locator("[name=name]").first.fill("Plomería")
        page.locator("[name=code]").first.fill("PLOM")
        page.locator("[name=service]").first.fill("hogar")
        page.locator("[name=kind]").first.select_option("emergencia")
        page.locator("[name=events]").first.fill("3")
        page.fill("[name=conditions]", "Cubre la vivienda declarada en la póliza.")
        page.fill("[name=guide]", "¿Se encuentra usted en un lugar seguro?")
        self.does(page, "Guardar la versión 1")
        self.finishes(CLARA, "coberturas")
        self.finishes(CLARA, "enviadas")

    def observes(self) -> None:
        self.finishes(OLGA, "observaciones", "Falta el tope de plomería.")

    def adjusts_coverages(self) -> None:
        page = self.at(CLARA, "coverages/edit")
        page.locator("[name=amount]").first.fill("60000")
        page.locator("[name=currency]").first.fill("ARS")
        page.fill("[name=note]", "Con el tope que pidió Operaciones")
        self.does(page, "Guardar la versión 2")
        self.finishes(CLARA, "ajustadas")

    def attaches(self, step: str, name: str) -> None:
        document = self.folder / f"{name}.pdf"
        document.write_bytes(_CONTRACT)
        page = self.at(CLARA)
        form = f"#step-{step} form.attach"
        page.set_input_files(f"{form} [name=file]", document)
        self.does(page, "Guardar el archivo", form)

    def receives_contract(self) -> None:
        self.attaches("contrato", "contrato")
        self.finishes(CLARA, "contrato", "Ninguna.")

    def archives_coverages(self) -> None:
        """The document is Altavoz's own, of the last version."""
        self.does(self.at(CLARA), "Archivar la versión 2", "#step-archivado")

    # the number

    def asks_for_a_number(self) -> None:
        page = self.at(CLARA, "number-request")
        page.select_option("[name=line]", "0800")
        page.fill("[name=fantasy_name]", FANTASY)
        page.fill("[name=option-1]", "Emergencia")
        page.fill("[name=option-2]", "Consulta")
        page.check("[name=notice][value=ley-25326]")
        self.does(page, "Guardar la solicitud")

    def signs(self, person: str, area: str) -> None:
        self.does(self.at(person, "number-request"), f"Firmar por {area}")

    def loads_numbers(self) -> None:
        page = self.at(IVAN, "/numbers/load")
        page.fill("[name=pasted]", "011 4321-9001..4321-9004")
        page.select_option("[name=subsidiary]", "AR")
        page.select_option("[name=carrier]", "telecom-ar")
        page.select_option("[name=kind]", "header")
        self.does(page, "Revisar")
        self.does(page, "Cargar 4 números")

    def reserves_header(self) -> None:
        page = self.at(IVAN)
        page.fill("[action$='/numbers/reserve'] [name=header]", HEADER)
        self.does(page, "Reservar una cabecera")

    def writes_to_carrier(self) -> None:
        page = self.at(IVAN, "letters/number-request")
        page.fill("[name=to]", "altas@operador.example")
        self.does(page, "Ver cómo queda")
        self.does(page, "Enviar a 1 dirección")

    def telephones_carrier(self) -> None:
        page = self.at(IVAN)
        page.fill("#step-numero-publico [action$='/numbers/request'] [name=reason]", "Por teléfono")
        self.does(page, "Anotar que se pidió", "#step-numero-publico")

    def gets_the_public_number(self) -> None:
        """The carrier answers with the number; that it reaches the header it says later."""
        page = self.at(IVAN)
        page.fill("#step-numero-publico [name=public]", PUBLIC)
        self.does(page, "Anotar el número", "#step-numero-publico")

    def links(self) -> None:
        page = self.at(IVAN)
        page.fill("#step-numero-vinculado [name=reason] >> nth=0", "Por correo del operador")
        self.does(page, "Anotar el vínculo", "#step-numero-vinculado")
        self.waits_for("numero-vinculado")

    # the plan

    def begins_plan(self) -> None:
        """What the alta says becomes the first text; its menu's second key leads to another queue."""
        page = self.at(CLARA, f"/plans/{PLAN}")
        self.does(page, "Empezar desde el alta")

    def edits_plan(self, person: str, *changes: tuple[str, str]) -> None:
        page = self.at(person, f"/plans/{PLAN}/edit")
        text = page.input_value("#text")
        for pattern, better in changes:
            text, many = re.subn(pattern, better, text)
            assert many, (pattern, text)
        page.fill("#text", text)
        page.click("#yaml button:has-text('Guardar')")
        page.wait_for_selector("#saved:has-text('Guardado a las')")

    def agrees_on_the_plan(self) -> None:
        """Both areas sign that what is loaded is what was agreed."""
        for person, area in ((CLARA, "Comercial"), (OLGA, "Operaciones")):
            self.does(self.at(person), f"Firmar por {area}", "#step-plan-cargado")
        self.waits_for("plan-cargado")

    def publishes(self) -> None:
        page = self.at(IVAN, f"/plans/{PLAN}/publish")
        with page.expect_navigation():
            page.click("button:has-text('Publicar para probar')")
        page.wait_for_selector("#publishing .passed, #publishing .problem", timeout=60_000)
        assert "en prueba" in page.inner_text("#publishing"), page.inner_text("#publishing")

    # prompts

    def says(self, prompt: str, text: str) -> Path:
        """A recording of somebody else than the built-in voice."""
        file = self.folder / f"{prompt}.wav"
        said = ["espeak-ng", "-v", "es-419+f3", "-s", "150", "-w", str(file), text]
        subprocess.run(said, check=True, capture_output=True)
        return file

    def records(self, *only: str) -> None:
        """Every prompt of the plan, or only these."""
        page = self.at(CLARA, f"/prompts/{PLAN}")
        every = "forms => forms.map(each => each.dataset.name)"
        for prompt in only or page.eval_on_selector_all("form[data-take]", every):
            form = f"form[data-take][data-name='{prompt}']"
            said = page.inner_text(f"#{prompt} blockquote.script")
            page.set_input_files(f"{form} [name=file]", self.says(prompt, said))
            with page.expect_navigation():
                page.click(f"{form} [data-send-take]")

    def approves(self) -> None:
        page = self.at(OLGA, f"/prompts/{PLAN}")
        while page.locator("form[action$='/approve'] button:has-text('Aprobar'):visible").count():
            self.does(page, "Aprobar", "form[action$='/approve']:visible >> nth=0 >>")

    # tests

    def tests(self, person: str, area: str) -> Page:
        """All test calls of an area, once no other call is on the line; the page of the report, or that on
        which prompts are listened to.
        """
        page, button = self.at(person, f"/line-tests/of/{PLAN}"), f"Prueba de {area}"
        eventually(lambda: page.reload() and page.is_enabled(f"main button:has-text('{button}')"), 90)
        self.does(page, button)
        page.wait_for_function(
            "() => !location.pathname.includes('/runs/') || document.querySelector('#escuchar')",
            timeout=_TESTED,
        )
        return page

    def listens(self, page: Page) -> None:
        """The report follows."""
        listen(page)

    # handed over

    def hands_over(self) -> None:
        self.finishes(CLARA, "entrega-a-operaciones")
        self.finishes(OLGA, "cuenta-y-plan")

    def reads_the_sheet(self) -> None:
        self.does(self.at(CORA, f"/sheets/{PLAN}"), "Leí y entendí")

    def releases(self, person: str = OLGA) -> None:
        page = self.at(person, f"/releases/{PLAN}")
        page.check("[name=when][value=now]")
        page.fill("[name=reason] >> nth=0", "Probado por las dos áreas; todo está.")
        self.does(page, "Validar y liberar")

    # providers and TMK

    def finds_providers(self) -> None:
        page = self.at(PEDRO, "/providers/new")
        page.fill("[name=name]", "Plomeros del Sur S.R.L.")
        page.select_option("[name=subsidiary]", "AR")
        page.fill("[name=services]", "hogar")
        page.fill("[name=zones]", "Todo el país")
        page.fill("[name=capacity]", "4")
        page.fill("[name=hours]", "24 h")
        self.does(page, "Agregar el prestador")
        self.does(self.at(PEDRO, f"/providers/check/{PLAN}"), "Confirmar que alcanzan")
        self.finishes(PEDRO, "prestadores")

    def trains(self) -> None:
        page = self.at(PEDRO, f"/training/{PLAN}")
        page.fill("[name=trainer]", "Tomás Vera")
        page.fill("[name=attended]", "Ana Paz; 85\nLuis Gómez; 90")
        self.does(page, "Anotar la capacitación")
        clients = self.folder / "clientes.csv"
        clients.write_text("poliza;nombre\n1;Ana\n2;Luis\n", "utf-8")
        page.set_input_files("form[action$='/bases'] [name=file]", clients)
        page.fill("form[action$='/bases'] [name=until]", "2027-12-31")
        self.does(page, "Registrar la base")
        self.finishes(PEDRO, "tmk")

    # the end

    def announces(self) -> None:
        page = self.at(CLARA, "letters/announcement")
        self.does(page, "Ver cómo queda")
        self.does(page, "Enviar")
