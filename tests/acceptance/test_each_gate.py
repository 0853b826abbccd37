"""What keeps a line shut: each thing that is wrong is told with its reason, to who looks at the gate."""

import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from provisioning.editing.evidence import WRITTEN_ON
from tests.support.browser import chromium
from tests.support.instance import ROOT, Instance
from tests.support.launch import CLARA, IVAN, OLGA, PLAN, Launch

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(900)]
BASE = 27600
OTHER = ROOT / "plans/examples/mascotas-ajolote.yaml"


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """An alta whose plan stands in the PBX and waits for its tests; beside it a plan in service."""
    instance = Instance(BASE)
    try:
        instance.start(examples=False)
        instance.run("plan", "apply", str(OTHER), "--release", "--reason", "Ya atendía")
        with chromium() as browser:
            made = Launch(instance, browser, tmp_path_factory.mktemp("launch"))
            made.hires()
            made.agrees_on_coverages()
            made.gets_a_number(by_letter=False)
            made.puts_the_plan_in_the_pbx()
            yield made
    finally:
        instance.remove()


def console(instance: Instance, command: str) -> str:
    root = ROOT / ".pbx" / "root"
    lib = root / "usr/lib/x86_64-linux-gnu"
    conf = instance.home / "pbx/conf/asterisk.conf"
    program = [lib / "ld-linux-x86-64.so.2", "--library-path", f"{lib}:{root / 'usr/lib'}"]
    words = [*program, root / "usr/sbin/asterisk", "-C", conf, "-rx", command]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=20).stdout


@pytest.fixture
def broken(launch: Launch) -> Iterator[Launch]:
    """What a test does to the dialplan behind Altavoz's back is undone after it."""
    yield launch
    console(launch.instance, "dialplan reload")
    time.sleep(1)


def context(launch: Launch, plan: str, ends: str = "") -> str:
    """A context of a plan that stands in the PBX, by what follows its digest."""
    listed = console(launch.instance, "dialplan show")
    return min(re.findall(rf"Context '(plan-{plan}-[0-9a-f-]+{ends})'", listed), key=len)


def step(launch: Launch, place: str, holds: str) -> re.Match[str]:
    """The number of the first step of a context that holds a text, and what it is."""
    for line in console(launch.instance, f"dialplan show {place}").splitlines():
        if holds in line and (found := re.search(r"(\d+)\. (\S+)\(", line)):
            return found
    raise AssertionError(f"no {holds} in {place}")


def replaced(launch: Launch, place: str, holds: str, does: str) -> None:
    number = step(launch, place, holds)[1]
    console(launch.instance, f"dialplan add extension s,{number},{does} into {place} replace")


def failed(launch: Launch) -> str:
    """What the report of IT's test says after it failed; the gate stays shut for it."""
    page = launch.tests(IVAN, "Sistemas")
    report = page.inner_text("main")
    assert "No aprobada" in report
    assert "no tiene una prueba aprobada de Sistemas" in at_the_gate(launch)
    return report


def at_the_gate(launch: Launch, person: str = OLGA) -> str:
    """What the gate says to somebody; it never opens in these tests."""
    page = launch.at(person, f"/releases/{PLAN}")
    said = page.inner_text("main")
    assert page.locator("main button:has-text('Validar y liberar')").count() == 0
    return said


def test_an_untested_version_is_not_released(launch: Launch) -> None:
    said = at_the_gate(launch)
    assert "no tiene una prueba aprobada de Sistemas" in said
    assert "no tiene una prueba aprobada de Operaciones" in said


def test_operations_does_not_test_before_it(launch: Launch) -> None:
    page = launch.at(OLGA, f"/line-tests/of/{PLAN}")
    page.click("main button:has-text('Prueba de Operaciones')")
    page.wait_for_selector("main .problem")
    assert "Operaciones prueba después" in page.inner_text("main .problem")


def test_the_wrong_prompt_fails_with_the_name_of_what_was_heard(broken: Launch) -> None:
    own, menu = context(broken, PLAN), context(broken, PLAN, "-m1")
    heard = re.search(r"altavoz/[0-9a-f]{20}", console(broken.instance, f"dialplan show s@{menu}"))
    assert heard is not None
    replaced(broken, own, "Playback(altavoz/", f"Playback,{heard[0]}")
    assert "se oyó otra locución: la de «principal»" in failed(broken)


def test_a_number_that_leads_to_another_plan_fails_with_its_name(broken: Launch) -> None:
    other = context(broken, "mascotas-ajolote")
    replaced(broken, context(broken, PLAN), "arrived", f"Goto,{other},s,1")
    assert "número enlazado a otro plan: «mascotas-ajolote»" in failed(broken)


def test_a_name_that_is_cut_fails_with_the_byte(broken: Launch) -> None:
    replaced(broken, context(broken, PLAN), "CALLERID(name)=", "Set(CALLERID(name)=ASISTENCIA)")
    assert "nombre cortado en el byte 10" in failed(broken)


def test_a_change_after_the_test_is_untested_again(launch: Launch) -> None:
    assert "Aprobada" in launch.tests(IVAN, "Sistemas").inner_text("main")
    launch.waits_for("probado-sistemas")
    assert "no tiene una prueba aprobada de Sistemas" not in at_the_gate(launch)
    launch.edits_plan(CLARA, ("En breve será atendido", "Enseguida será atendido"))
    said = at_the_gate(launch)
    assert WRITTEN_ON in said and "no tiene una prueba aprobada de Sistemas" not in said
    launch.publishes()
    said = at_the_gate(launch)
    assert "no tiene una prueba aprobada de Sistemas" in said
    assert "1 de 4 mensajes está sin audio aprobado" in said
    launch.comes_back("audios")
    assert "Vuelve porque: 1 de 4 mensajes está sin audio aprobado." in launch.at(CLARA).inner_text("main")
    launch.comes_back("probado-sistemas")
    assert "is-waiting" in launch.state_of("probado-sistemas"), "it is tested once it is recorded"


def test_the_same_person_neither_tests_twice_nor_releases(launch: Launch) -> None:
    """Iván gets the rights of Operations as well: what he did for Sistemas still keeps him from the rest."""
    launch.instance.run("user", "change", IVAN, "--add-role", "operations", "--reason", "Reemplazo")
    launch.leaves(IVAN)
    assert "Aprobada" in launch.tests(IVAN, "Sistemas").inner_text("main")
    page = launch.at(IVAN, f"/line-tests/of/{PLAN}")
    page.click("main button:has-text('Prueba de Operaciones')")
    page.wait_for_selector("main .problem")
    assert "la de Operaciones la hace otra persona" in page.inner_text("main .problem")
    assert "Iván Ríos configuró esta versión: la libera otra persona." in at_the_gate(launch, IVAN)
