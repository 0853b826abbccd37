"""The command line's way to drafts, training, absences, mail and times: the console's own operations."""

from datetime import timedelta

import pytest

from altavoz.absence_operations import AbsenceOperations
from altavoz.alta_operations import AltaOperations
from altavoz.draft_operations import DraftOperations
from altavoz.mail_operations import MailOperations
from altavoz.training_operations import TrainingOperations
from altavoz.unknown import Unknown
from provisioning.editing.values import DraftRefused, StaleDraft
from provisioning.network.values import NetworkRefused
from provisioning.notices.mailroom import MailRefused
from staff.absences import AbsenceRefused
from tests.unit.web.test_network import found, today, with_coverages
from tests.unit.web.test_notices import letter
from tests.unit.web.test_release import NANDU

PLAN = {"plan": "hogar-nandu"}


async def test_a_plan_is_saved_compared_and_published_in_somebodys_name(house):
    await house.publishes_the_examples()
    ask, text = DraftOperations(house).handlers(), NANDU.read_text("utf-8")
    bad = await ask["draft/save"](PLAN | {"text": text.replace("starts:", "empieza:")})
    assert {each["code"] for each in bad["problems"]} == {"PLAN-020", "PLAN-021"}
    with pytest.raises(StaleDraft):
        await ask["draft/save"](PLAN | {"text": text, "revision": 0})
    good = await ask["draft/save"](PLAN | {"text": text.replace("Ñandú Plus", "Ñandú Más")})
    assert good["problems"] == [] and (await ask["draft/list"]({}))[0]["revision"] == good["revision"]
    lines = (await ask["draft/diff"](PLAN))["lines"]
    assert [line for line in lines if line[0] in "+-"] == [
        "-name: Asistencia Hogar Ñandú Plus",
        "+name: Asistencia Hogar Ñandú Más",
    ]
    with pytest.raises(DraftRefused, match="no publica planes"):
        await ask["draft/publish"](PLAN | {"by": "carla"})
    done = await ask["draft/publish"](PLAN | {"by": "ivan", "reason": "Otro nombre"})
    assert done["by"] == "ivan" and house.book.of("hogar-nandu").candidate.number == 2
    with pytest.raises(Unknown, match="no tiene un borrador"):
        await ask["draft/drop"](PLAN)
    with pytest.raises(Unknown, match="conocen un plan"):
        await ask["draft/show"]({"plan": "nada"})


async def test_training_and_a_clients_database_are_written_down(house, tmp_path):
    alta, ask, plan = await with_coverages(house), TrainingOperations(house).handlers(), "hogar-premium"
    file = tmp_path / "base.csv"
    file.write_text("nombre;tel\nA;1\n")
    held = await ask["training/hold"]({"plan": plan, "attended": ["Ana; 90", "Luis"], "trainer": "Tina"})
    assert held["sessions"][0]["attended"][0] == {"name": "Ana", "mark": 90}
    tomorrow = (today(house) + timedelta(days=1)).isoformat()
    with pytest.raises(NetworkRefused, match="por venir"):
        await ask["training/hold"]({"plan": plan, "attended": ["A"], "trainer": "T", "held": tomorrow})
    given = {"plan": plan, "file": str(file), "received_by": "Tina", "until": "2031-01-31", "stored": True}
    handed = await ask["training/hand"](given)
    assert (handed["bases"][0]["rows"], handed["bases"][0]["stored"]) == (1, True)
    assert (await found(house, alta, "tmk-trained")).ok
    with pytest.raises(NetworkRefused, match="No se puede leer"):
        await ask["training/hand"](given | {"file": str(tmp_path / "nada.csv")})
    ended = await ask["training/end"]({"id": 1, "ending": "Se destruyó"})
    assert not ended["bases"][0]["stored"]
    withdrawn = await ask["training/withdraw"]({"id": 1, "reason": "Otro plan"})
    assert withdrawn["sessions"][0]["withdrawn"] == "Otro plan"


async def test_days_off_are_noted_and_ended(house):
    ask = AbsenceOperations(house).handlers()
    days = {"person": "carla", "first": "2031-03-03", "last": "2031-03-07"}
    made = await ask["absence/add"](days | {"deputy": "olga"})
    assert (made["first"], made["deputy"]) == ("2031-03-03", "olga")
    with pytest.raises(AbsenceRefused, match="Ya figura"):
        await ask["absence/add"](days)
    assert [each["id"] for each in await ask["absence/list"]({})] == [made["id"]]
    await ask["absence/end"]({"id": made["id"]})
    assert await ask["absence/list"]({}) == []
    with pytest.raises(Unknown):
        await ask["absence/end"]({"id": 9})


async def test_a_letter_is_shown_sent_again_and_withdrawn(house):
    ask, id, doubtful = MailOperations(house).handlers(), await letter(house), await letter(house, "doubtful")
    assert (await ask["mail/show"]({"id": id}))["text"] == "Hola\n"
    assert (await ask["mail/again"]({"id": id}))["state"] == "pending"
    with pytest.raises(MailRefused, match="confirme"):
        await ask["mail/again"]({"id": doubtful})
    assert (await ask["mail/again"]({"id": doubtful, "doubtful": True}))["state"] == "pending"
    await ask["mail/withdraw"]({"id": id})
    with pytest.raises(MailRefused, match="No hay un correo"):
        await ask["mail/show"]({"id": 99})


async def test_areas_of_an_alta_and_of_its_times_are_called_as_people_call_them(house):
    alta, ask = await with_coverages(house), AltaOperations(house).handlers()
    shown = await ask["alta/show"]({"id": alta.number})
    by_id = {step["step"]: step for step in shown["steps"]}
    assert by_id["prospecto"]["area_names"] == ["Comercial"] and by_id["prospecto"]["areas"] != ["Comercial"]
    times = await ask["alta/times"]({"months": 3})
    assert [each["title"] for each in times["areas"]] == ["Comercial"]
    assert [each["count"] for each in times["steps"]] == [1]
