from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from ivr_audio.reception import Reception
from ivr_audio.telephone import RATE, Samples
from plans.model import PlanVersion
from plans.site import FantasyRules, Site
from provisioning.proof.hearing import Prompts, listened
from provisioning.proof.judge import SLOWEST_MS, Evidence, judge
from provisioning.proof.reports import Check
from telephony.testcall_values import Delivered, Heard, Observed, PhoneShown, Way
from tests.support.played_calls import LASTS, heard, observed, sound, sounds, spoilt, trials


@dataclass(frozen=True)
class Popped:
    plan: str = "hogar-nandu"
    fantasy_name: str = "ASISTENCIA ÑANDÚ"
    after_ms: int = 9100


@dataclass
class Bench:
    """A call of the Ñandú plan that goes as it should, but for what a test changes."""

    version: PlanVersion
    site: Site
    id: str = "principal-1"

    def __post_init__(self) -> None:
        self.trial = trials(self.version, self.site)[self.id]
        self.observed = observed(self.trial, self.version)
        self.heard: Samples | None = heard(self.trial, self.version)
        self.prompts = Prompts(sounds(self.version), {"la grabación anterior de «saludo»": sound("viejo")})
        self.desk: Popped | None = Popped()

    def failures(self) -> list[Check]:
        evidence = Evidence(self.heard, self.prompts, self.desk)
        judged = judge(self.trial, self.version, self.site, self.observed, evidence)
        return [check for check in judged.checks if not check.passed]

    def failure(self) -> Check:
        (only,) = self.failures()
        assert only.advice
        return only

    def marks(self, kind: str, **values: str) -> None:
        """The mark of a kind says this instead."""
        marks = [(each, told | values if each == kind else told) for each, told in self.observed.marks]
        self.observed = replace(self.observed, marks=tuple(marks))

    def without(self, kind: str) -> None:
        marks = [mark for mark in self.observed.marks if mark[0] != kind]
        self.observed = replace(self.observed, marks=tuple(marks))

    def shows(self, name: bytes) -> None:
        self.observed = replace(self.observed, phone=PhoneShown(name, name, name, (), 9000))


@pytest.fixture
def bench(versions: Mapping[str, PlanVersion], site: Site) -> Callable[..., Bench]:
    return lambda id="principal-1": Bench(versions["hogar-nandu"], site, id)


@pytest.mark.parametrize("plan", ["hogar-nandu", "vial-condor", "mascotas-ajolote"])
def test_calls_that_do_what_the_plan_says_pass_whole(
    versions: Mapping[str, PlanVersion], site: Site, plan: str
) -> None:
    version = versions[plan]
    desk = Popped(plan, version.plan.fantasy_name)
    for trial in trials(version, site).values():
        evidence = Evidence(heard(trial, version), Prompts(sounds(version), {}), desk)
        judged = judge(trial, version, site, observed(trial, version), evidence)
        assert [check for check in judged.checks if not check.passed] == [], trial.id
        assert [each.prompt for each in judged.prompts] == [each.prompt for each in trial.hears]


def test_a_number_linked_to_another_plan_says_which(bench: Callable[..., Bench]) -> None:
    case = bench()
    arrived = case.observed.arrived
    assert arrived is not None
    other = replace(arrived, plan="vial-condor")
    case.observed = replace(case.observed, facts=(Heard(120, other),))
    assert case.failure().found == "número enlazado a otro plan: «vial-condor»"


def test_another_version_of_the_plan_is_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    arrived = case.observed.arrived
    assert arrived is not None
    case.observed = replace(case.observed, facts=(Heard(120, replace(arrived, version="0" * 12)),))
    assert case.failure().found == "otra versión del plan: 000000000000"


@pytest.mark.parametrize(
    ("mark", "says"),
    [("inactive", "no está activo"), ("unknown", "de ningún plan"), ("other", "no llegó a la central")],
)
def test_a_call_that_reaches_no_plan_says_why(bench: Callable[..., Bench], mark: str, says: str) -> None:
    case = bench()
    case.observed = replace(case.observed, facts=(), marks=((mark, {}),))
    assert says in case.failure().found


def test_another_number_than_the_header_is_said_as_it_came(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.observed = replace(case.observed, delivered=Delivered("1143218000", {}, "541143218000", ""))
    assert "4321-8000" in case.failure().found


def test_a_slow_answer_fails_and_none_at_all_too(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.observed = replace(case.observed, answered_ms=SLOWEST_MS + 1)
    assert case.failure().ms == SLOWEST_MS + 1
    case.observed = replace(case.observed, answered_ms=None)
    assert case.failure().found == "no atendió"


def test_the_wrong_recording_is_named(bench: Callable[..., Bench]) -> None:
    case = bench("sin-marcar")
    swapped = sounds(case.version) | {"saludo": sound("viejo")}
    case.heard = np.concatenate([swapped[each.prompt] for each in case.trial.hears])
    assert case.failure().found == "se oyó otra locución: la grabación anterior de «saludo»"
    swapped["saludo"] = sounds(case.version)["consultas"]
    case.heard = np.concatenate([swapped[each.prompt] for each in case.trial.hears])
    assert case.failure().found == "se oyó otra locución: la de «consultas»"


def test_a_call_by_its_carrier_is_heard_from_when_it_was_known_though_its_recording_lacks_the_keys(
    bench: Callable[..., Bench],
) -> None:
    """Seen on a real PBX: known after 3.85 s, where its recording is at 1.96 s."""
    case = bench("sin-marcar")
    arrived = case.observed.arrived
    assert case.heard is not None and arrived is not None
    begun = sounds(case.version)["saludo"][: int(1.96 * RATE)]
    case.heard = np.concatenate([begun, case.heard])
    case.observed = replace(case.observed, facts=(Heard(3850, arrived), *case.observed.facts[1:]))
    case.observed = replace(case.observed, call=replace(case.observed.call, way=Way.TRUNK))
    assert case.failures() == []


def test_a_prompt_that_a_bad_line_spoilt_is_none_that_was_heard_nor_another(
    bench: Callable[..., Bench],
) -> None:
    case = bench("sin-marcar")
    case.heard = spoilt(case.heard)
    assert case.failure().found.startswith("se oyó otra cosa")
    case.observed = replace(case.observed, reception=Reception(packets=475, lost=25, jitter_ms=48))
    failure = case.failure()
    assert failure.code == "reception" and failure.advice.startswith("Repita la prueba")
    assert failure.found == (
        "la línea llegó con cortes (pérdida 5 %, jitter 48 ms): no se puede decir si se oyó lo aprobado"
    )


def test_a_known_prompt_that_a_spoilt_one_begins_with_is_not_named(bench: Callable[..., Bench]) -> None:
    case = bench("sin-marcar")
    case.heard = spoilt(case.heard)
    case.prompts = Prompts(sounds(case.version), {"la corta": sound("saludo")[: RATE * 5 // 4]})
    assert case.failure().found == "se oyó otra locución: la corta"
    case.observed = replace(case.observed, reception=Reception(packets=475, lost=25))
    assert case.failure().found.startswith("la línea llegó con cortes (pérdida 5 %")


def test_the_wrong_recording_is_named_by_a_bad_line_too(bench: Callable[..., Bench]) -> None:
    case = bench("sin-marcar")
    swapped = sounds(case.version) | {"saludo": sound("viejo")}
    case.heard = np.concatenate([swapped[each.prompt] for each in case.trial.hears])
    case.observed = replace(case.observed, reception=Reception(packets=475, lost=25))
    assert case.failure().found == "se oyó otra locución: la grabación anterior de «saludo»"


def test_a_prompt_out_of_its_order_is_said(bench: Callable[..., Bench]) -> None:
    case = bench("sin-marcar")
    order = ["aviso", "saludo", *[each.prompt for each in case.trial.hears[2:]]]
    case.heard = np.concatenate([sounds(case.version)[name] for name in order])
    assert case.failure().found == "se oyó antes de tiempo, fuera de su orden"


def test_silence_is_silence_and_no_recording_is_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    assert case.heard is not None
    case.heard = case.heard * 0
    assert {(check.code, check.found) for check in case.failures()} == {("prompt", "silencio")}
    case.heard = None
    assert case.failure().found == "no hay grabación"


def test_silence_before_the_queues_music_is_silence(bench: Callable[..., Bench]) -> None:
    case, music = bench(), sound("music")
    silent = np.zeros(int(LASTS * RATE) + RATE)
    (told,) = listened(
        case.trial.hears[:1], np.concatenate([silent, music, music]), case.prompts, Reception()
    )
    assert (told.check.passed, told.check.found) == (False, "silencio")


def test_an_option_that_leads_to_another_queue_is_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.marks("queue", Queue="sac")
    failed = case.failure()
    assert (failed.expected, failed.found) == (
        "la cola «CAT (asistencias)», prioridad 10",
        "la cola «SAC (consultas y reclamos)», prioridad 10",
    )
    case.marks("queue", Queue="cat", Priority="")
    assert case.failure().found == "la cola «CAT (asistencias)»"


def test_a_key_that_was_not_noticed_is_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.without("choice")
    assert case.failure().found == "ninguna tecla"


def test_digits_that_come_wrong_are_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.marks("digits", Digits="123")
    assert case.failure().found == "llegó «123»"


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ("ASISTENCIA ÑANDÚ".encode()[:16], "nombre cortado en el byte 16: «ASISTENCIA ÑAND»"),
        ("ASISTENCIA ÑANDÚ".encode("latin-1"), "las letras con acento llegaron cambiadas"),
        (b"ASISTENCIA ?AND?", "las letras con acento llegaron cambiadas"),
        (b"OTRA", "otro nombre: «OTRA»"),
        (b"", "la llamada llegó sin nombre"),
    ],
)
def test_the_name_is_right_byte_for_byte_or_it_is_said_how_it_is_wrong(
    bench: Callable[..., Bench], shown: bytes, says: str
) -> None:
    case = bench()
    case.shows(shown)
    assert case.failure().found.startswith(says)


def test_a_name_that_the_sites_phones_cannot_show_fails(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.site = case.site.model_copy(update={"fantasy_name": FantasyRules(bytes=16)})
    assert case.failure().found == "nombre cortado en el byte 16: el visor muestra «ASISTENCIA ÑAND»"
    case.site = case.site.model_copy(update={"fantasy_name": FantasyRules(characters=10)})
    assert case.failure().found == "nombre cortado en la letra 10: el visor muestra «ASISTENCIA»"


def test_a_phone_that_did_not_ring_and_a_desk_that_saw_nothing_are_said(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.observed, case.desk = replace(case.observed, phone=None), None
    assert [check.code for check in case.failures()] == ["name", "pop"]
    case = bench()
    case.desk = Popped(plan="vial-condor", fantasy_name="CÓNDOR EN RUTA")
    assert "vial-condor" in case.failure().found


def test_what_kept_a_call_from_being_observed_fails(bench: Callable[..., Bench]) -> None:
    case = bench()
    case.observed = replace(case.observed, problems=("La central no respondió.",))
    assert case.failure().code == "call"


def closed(versions: Mapping[str, PlanVersion], site: Site, id: str) -> tuple[Bench, Observed]:
    case = Bench(versions["vial-condor"], site, id)
    case.desk = Popped("vial-condor", "CÓNDOR EN RUTA")
    return case, case.observed


def test_closed_hours_that_answer_as_open_fail(versions: Mapping[str, PlanVersion], site: Site) -> None:
    case, _ = closed(versions, site, "oficina-3-cerrado")
    case.without("closed")
    assert case.failure().found == "la línea atendió como si estuviera abierto"


def test_open_hours_that_answer_as_closed_fail(versions: Mapping[str, PlanVersion], site: Site) -> None:
    case, seen = closed(versions, site, "principal-3")
    case.observed = replace(seen, marks=(*seen.marks, ("closed", {"Calendar": "oficina"})))
    assert case.failure().found == "cerrado por «oficina»"


def test_a_closed_line_that_answers_and_so_bills_fails(
    versions: Mapping[str, PlanVersion], site: Site
) -> None:
    case, _ = closed(versions, site, "oficina-3-cerrado")
    case.trial = replace(case.trial, answered=False)
    assert case.failure().found == "atendida a los 180 ms"
