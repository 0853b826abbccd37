"""Lines released by programs: by the gate's rules, in their person's name, with the same dossier."""

from datetime import timedelta

from altavoz.release_operations import ReleaseOperations
from provisioning.proof.reports import Kind
from provisioning.release.dossier import verify
from provisioning.release.keys import SigningKey
from tests.unit.web.test_api_acts import asked, posted, token_of
from tests.unit.web.test_dossier import proven as dialled
from tests.unit.web.test_release import proven, ready  # noqa: F401 - a fixture

PLAN = "releases/hogar-nandu"


async def test_a_program_sees_the_gate_releases_and_takes_the_dossier_away(ready):  # noqa: F811
    token = await token_of(ready, "olga")
    async with ready.at() as visitor:
        (row,) = [each for each in (await asked(visitor, "releases", token))["items"] if each["candidate"]]
        gate = await asked(visitor, PLAN, token)
        assert gate["open"] and {each["code"] for each in gate["demands"]} >= {"two-people", "releaser"}
        assert (row["plan"], row["candidate"]) == ("hogar-nandu", gate["candidate"])
        given = {"reason": "Probada dos veces", "fingerprint": gate["fingerprint"]}
        stale = await posted(visitor, PLAN, token, **given | {"fingerprint": "otra"})
        assert (stale.status, "cambió" in (await stale.json())["detail"]) == (422, True)
        done = await (await posted(visitor, PLAN, token, **given)).json()
        assert (done["candidate"], done["live"]["hash"]) == (None, gate["candidate"]["hash"])
        assert done["history"][0]["by"] == "olga"
        (kept,) = (await asked(visitor, "dossiers?plan=hogar-nandu&limit=1", token))["items"]
        assert (await asked(visitor, "dossiers?plan=otro", token))["items"] == []
        bearer = {"Authorization": f"Bearer {token}"}
        file = await (await visitor.get(f"/api/v1/dossiers/{kept['id']}", **bearer)).read()
        pdf = await (await visitor.get(f"/api/v1/dossiers/{kept['id']}/pdf", **bearer)).read()
    read = verify(file, [SigningKey(ready.office.home).public()])
    assert (read.head, len(file)) == (kept["head"], kept["size"]) and pdf.startswith(b"%PDF-")


async def test_what_is_put_up_while_a_program_asks_is_not_let_in(ready, monkeypatch):  # noqa: F811
    """It is tested by both, too: only what was looked at tells the two apart."""
    token, releases = await token_of(ready, "olga"), ready.office.line_releases
    release = releases.release

    async def late(*given):
        text = ready.book.of("hogar-nandu").candidate.text.replace("Ñandú <", "Ñandú Dos <", 1)
        await ready.office.provisioner.apply_text(text, "ivan")
        await proven(ready, Kind.IT, "ivan")
        await proven(ready, Kind.OPERATIONS, "sofia")
        return await release(*given)

    async with ready.at() as visitor:
        gate = await asked(visitor, PLAN, token)
        monkeypatch.setattr(releases, "release", late)
        answer = await posted(visitor, PLAN, token, reason="Probada", fingerprint=gate["fingerprint"])
        assert (answer.status, "cambió" in (await answer.json())["detail"]) == (422, True)
    assert ready.book.of("hogar-nandu").candidate is not None


async def test_a_day_is_scheduled_and_taken_back(ready):  # noqa: F811
    token = await token_of(ready, "olga")
    zone = ready.site.subsidiaries["AR"]
    today = zone.here(ready.clock()).date()
    async with ready.at() as visitor:
        gate = await asked(visitor, PLAN, token)
        given = {"reason": "Inicio de vigencia", "fingerprint": gate["fingerprint"]}
        past = await posted(visitor, PLAN, token, **given, day=str(today - timedelta(days=1)))
        assert (past.status, "ya pasó" in (await past.json())["detail"]) == (422, True)
        done = await posted(visitor, PLAN, token, **given, day=str(today + timedelta(days=2)))
        assert (await done.json())["under_way"]["state"] == "scheduled"
        back = await (await posted(visitor, f"{PLAN}/cancel", token, reason="Se posterga")).json()
        assert back["under_way"] is None and back["history"][0]["state"] == "cancelled"


async def test_who_configured_releases_by_no_token_either(ready):  # noqa: F811
    text = (ready.book.of("hogar-nandu").candidate).text.replace("Ñandú", "Ñandú Dos", 1)
    await ready.office.provisioner.apply_text(text, "raul")
    token = await token_of(ready, "raul")
    async with ready.at() as visitor:
        gate = await asked(visitor, PLAN, token)
        (releaser,) = [each for each in gate["demands"] if each["code"] == "releaser"]
        assert not gate["open"] and "la libera otra persona" in releaser["said"]
        given = {"reason": "Apuro", "fingerprint": gate["fingerprint"]}
        answer = await posted(visitor, PLAN, token, **given)
        assert answer.status == 422 and "la libera otra persona" in (await answer.json())["detail"]
    assert ready.book.of("hogar-nandu").candidate is not None


async def test_whether_somebody_dialled_from_outside_is_said_beside_the_gate(ready):  # noqa: F811
    token, ask = await token_of(ready, "olga"), ReleaseOperations(ready).handlers()["line/gate"]
    async with ready.at() as visitor:
        for by, met, said in (
            ([], False, "Desde afuera nadie llamó todavía al 0800-555-1234."),
            (["ivan"], True, "Desde afuera se llamó al 0800-555-1234 y la llamada pasó: informe 3."),
        ):
            gate = await asked(visitor, PLAN, token)
            assert (gate["open"], gate["outside"]["met"], gate["outside"]["said"]) == (True, met, said)
            assert gate["outside"]["by"] == by and (gate["outside"]["at"] is not None) is met
            told = await ask({"number": "0800-555-1234", "by": "olga"})
            assert told["outside"]["said"] == said and told["outside"]["by"] == by
            assert {each["code"] for each in told["demands"]} == {each["code"] for each in gate["demands"]}
            await dialled(ready, Kind.BY_HAND, "ivan")
