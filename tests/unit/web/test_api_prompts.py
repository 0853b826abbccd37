"""Recordings of prompts by programs: sent, heard, approved by somebody else's token only."""

import pytest

from provisioning.prompts import desk
from tests.unit.ivr_audio.sounds import opened_once, voice, write
from tests.unit.web.test_api_acts import asked, posted, sent_file, token_of

SALUDO = "prompts/hogar-nandu/say/saludo"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(desk, "prompt_sound", opened_once)


@pytest.fixture
def sound(tmp_path):
    return write(tmp_path / "saludo.wav", voice(44100), 44100).read_bytes()


async def test_a_recording_is_sent_heard_and_approved_by_somebody_elses_token(house, sound):
    carla, raul = await token_of(house, "carla"), await token_of(house, "raul")
    async with house.at() as visitor:
        (before,) = [
            each for each in (await asked(visitor, "prompts?text=nandu", carla))["items"] if each["to_record"]
        ]
        sent = await (await sent_file(visitor, SALUDO, raul, sound)).json()
        (recording,) = sent["recordings"]
        assert (sent["stand"], recording["by"], recording["source"]) == ("pending", "raul", "file")
        place = f"prompts/hogar-nandu/recordings/{recording['id']}"
        own = await posted(visitor, f"{place}/approve", raul)
        assert (own.status, "otra persona" in (await own.json())["detail"]) == (422, True)
        other = await token_of(house, "olga")
        done = await (await posted(visitor, f"{place}/approve", other)).json()
        assert (done["stand"], done["recordings"][0]["decided_by"]) == ("approved", "olga")
        bearer = {"Authorization": f"Bearer {carla}"}
        heard = await visitor.get(f"/api/v1/{place}/heard.wav", **bearer)
        original = await visitor.get(f"/api/v1/{place}/original", **bearer)
        assert (await heard.read()).startswith(b"RIFF") and await original.read() == sound
        after = await asked(visitor, "prompts/hogar-nandu", carla)
        assert (after["done"], after["to_record"]) == (1, before["to_record"] - 1)


async def test_what_is_no_sound_says_why(house):
    token = await token_of(house, "carla")
    async with house.at() as visitor:
        answer = await sent_file(visitor, SALUDO, token, b"no es audio")
        assert (answer.status, (await answer.json())["code"]) == (422, "refused")
        none = await visitor.session.post(
            visitor.root.with_path(f"/api/v1/{SALUDO}"), headers={"Authorization": f"Bearer {token}"}
        )
        assert (none.status, (await none.json())["title"]) == (400, "Falta el archivo")


async def test_a_rejection_needs_its_reason_and_a_waiver_ends(house, sound):
    token, olga = await token_of(house, "carla"), await token_of(house, "olga")
    async with house.at() as visitor:
        sent = await (await sent_file(visitor, SALUDO, token, sound)).json()
        place = f"prompts/hogar-nandu/recordings/{sent['recordings'][0]['id']}"
        assert (await posted(visitor, f"{place}/reject", olga)).status == 422
        rejected = await (await posted(visitor, f"{place}/reject", olga, reason="Se oye lejos")).json()
        assert rejected["stand"] == "rejected" and rejected["recordings"][0]["reason"] == "Se oye lejos"
        waived = await (await posted(visitor, f"{SALUDO}/waive", olga, reason="Alcanza")).json()
        assert (waived["stand"], waived["waived_by"]) == ("waived", "olga")
        assert (await (await posted(visitor, f"{SALUDO}/unwaive", olga)).json())["stand"] == "rejected"
        assert (await posted(visitor, f"{SALUDO}/unwaive", olga)).status == 422
        reconsidered = await posted(visitor, f"{place}/reconsider", olga)
        assert (await reconsidered.json())["stand"] == "pending"
