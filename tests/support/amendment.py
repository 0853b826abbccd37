"""An otro sí of a plan in service, played in the console by the same people as its alta."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.launch import CLARA, IVAN, OLGA, PEDRO, PLAN, Launch

NAME, FANTASY = "Quimey Asiste", "QUIMEY ASISTE ÑÚ"
GREETING = "Le damos la bienvenida a Quimey Asiste."
CHANGES = "Sube el tope de plomería, agrega cerrajería y cambia el nombre."
_CHANGED = (
    (r"\nname: .*\n", f"\nname: {NAME}\n"),
    (r"fantasy_name: .*\n", f"fantasy_name: {FANTASY}\n"),
    (r"(saludo:\n\s+text: ).*\n", rf"\g<1>{GREETING}\n"),
)


@dataclass
class Amendment:
    """What each does at the second alta; `launch` has let the first version in."""

    launch: Launch

    def begins(self) -> Page:
        """From the page of the alta that ended."""
        page = self.launch.at(CLARA)
        self.launch.follows(page, "otro sí")
        page.fill("[name=starts]", "2027-01-10")
        self.launch.does(page, "Empezar el otro sí")
        self.launch.alta = 2
        return page

    def changes_coverages(self) -> Page:
        """Those in force, one dearer and one more; the page that compares the two."""
        page = self.launch.at(CLARA, "coverages/edit")
        page.locator("[name=amount]").first.fill("90000")
        page.click("button:has-text('Agregar una cobertura')")
        row = {"name": "Cerrajería", "code": "CERR", "service": "hogar", "events": "2"}
        for field, value in row.items():
            page.locator(f"[name={field}]").nth(1).fill(value)
        page.locator("[name=kind]").nth(1).select_option("emergencia")
        page.fill("[name=note]", "Lo que pidió el cliente")
        self.launch.does(page, "Guardar la versión 2")
        self.launch.follows(page, "Comparar versiones")
        return page

    def is_signed(self) -> None:
        """From the coverages to the document with both signatures."""
        self.launch.finishes(CLARA, "coberturas")
        self.launch.finishes(CLARA, "enviadas")
        self.launch.finishes(OLGA, "observaciones", "Nada que observar.")
        self.launch.finishes(CLARA, "ajustadas")
        self.launch.attaches("otro-si", "otro-si")
        self.launch.finishes(CLARA, "otro-si", CHANGES)

    def is_written(self) -> None:
        """Another name and greeting, and the coverages as they were agreed."""
        self.launch.edits_plan(CLARA, *_CHANGED)
        page = self.launch.at(CLARA, f"/plans/{PLAN}/edit")
        page.click("summary:has-text('Coberturas')")
        page.click("button:has-text('Traer las del alta')")
        page.wait_for_function("() => document.querySelector('#text').value.includes('CERR')")
        page.click("#yaml button:has-text('Guardar')")
        page.wait_for_selector("#saved:has-text('Guardado a las')")
        self.launch.agrees_on_the_plan()
        self.launch.attaches("archivado", "coberturas")
        self.launch.finishes(CLARA, "archivado")

    def is_said(self) -> None:
        """Only what says something else is recorded anew."""
        self.launch.records("saludo")
        self.launch.approves()
        self.launch.waits_for("audios")

    def is_tried(self) -> Page:
        """Published for test calls and tested by IT; the report."""
        self.launch.publishes()
        self.launch.waits_for("configurado")
        report = self.launch.tests(IVAN, "Sistemas")
        self.launch.waits_for("probado-sistemas")
        return report

    def providers_confirm(self) -> None:
        page = self.launch.at(PEDRO, f"/providers/check/{PLAN}")
        self.launch.does(page, "Confirmar que alcanzan")
        self.launch.finishes(PEDRO, "prestadores")
