"""Plans written by programs: with their problems, two who write at once, published as they were shown."""

from tests.unit.web.test_api_acts import asked, posted, token_of
from tests.unit.web.test_release import NANDU

PLAN = "drafts/hogar-nandu"


async def over(house, visitor, token):
    """How the publication ended."""

    await house.until(lambda: house.office.publications.of("hogar-nandu").over, 20)
    return await asked(visitor, f"{PLAN}/publication", token)


async def test_a_plan_is_written_looked_at_and_published(house):
    await house.publishes_the_examples()
    token = await token_of(house, "ivan")
    text = NANDU.read_text("utf-8")
    async with house.at() as visitor:
        before = await asked(visitor, PLAN, token)
        assert (before["open"], before["revision"], before["problems"]) == (False, 0, [])
        bad = await posted(visitor, PLAN, token, text=text.replace("starts:", "empieza:"), revision=0)
        saved = await bad.json()
        assert saved["open"] and saved["by"] == "ivan" and saved["problems"][0]["code"].startswith("PLAN-")
        cannot = await visitor.get(f"/api/v1/{PLAN}/proposal", Authorization=f"Bearer {token}")
        assert (cannot.status, (await cannot.json())["code"]) == (422, "refused")
        stale = await posted(visitor, PLAN, token, text=text, revision=0)
        assert (stale.status, (await stale.json())["code"]) == (409, "changed")
        wanted = text.replace("Ñandú Plus", "Ñandú Más")
        good = await (await posted(visitor, PLAN, token, text=wanted, revision=saved["revision"])).json()
        assert good["problems"] == []
        changed = [line["text"] for line in (await asked(visitor, f"{PLAN}/diff", token))["lines"]]
        assert any("Ñandú Más" in line for line in changed)
        proposal = await asked(visitor, f"{PLAN}/proposal", token)
        given = {"revision": good["revision"], "shown": proposal["release"]}
        other = await posted(visitor, f"{PLAN}/publish", token, **given | {"revision": 1})
        assert other.status == 422
        assert (await posted(visitor, f"{PLAN}/publish", token, **given)).status == 200
        done = await over(house, visitor, token)
        assert (done["said"], done["by"], done["going"]) == ("", "ivan", "candidate")
        after = await asked(visitor, PLAN, token)
        assert not after["open"] and after["candidate"] == 2 and after["live"] == 1
        back = await posted(visitor, f"{PLAN}/withdraw", token, reason="Otra idea")
        assert (await back.json())["candidate"] is None


async def test_what_is_urgent_is_an_administrators_with_a_reason(house):
    await house.publishes_the_examples()
    ivan, raul = await token_of(house, "ivan"), await token_of(house, "raul")
    text = NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú Ya")
    async with house.at() as visitor:
        draft = await (await posted(visitor, PLAN, ivan, text=text, revision=0)).json()
        asking = await visitor.get(f"/api/v1/{PLAN}/proposal?urgent=true", Authorization=f"Bearer {ivan}")
        assert asking.status == 403
        proposal = await asked(visitor, f"{PLAN}/proposal?urgent=true", raul)
        given = {"revision": draft["revision"], "shown": proposal["release"]}
        assert (await posted(visitor, f"{PLAN}/hurry", raul, **given)).status == 400
        assert (await posted(visitor, f"{PLAN}/hurry", raul, **given, reason="Teléfono caído")).status == 200
        assert (await over(house, visitor, raul))["said"] == ""
    assert house.book.of("hogar-nandu").live.version.plan.name.endswith("Ya")


async def test_a_draft_is_given_up_and_brought_back(house):
    token = await token_of(house, "carla")
    text = NANDU.read_text("utf-8")
    async with house.at() as visitor:
        first = await (await posted(visitor, PLAN, token, text=text + "# uno\n", revision=0)).json()
        assert [each["plan"] for each in (await asked(visitor, "drafts", token))["items"]] == ["hogar-nandu"]
        assert (await posted(visitor, f"{PLAN}/drop", token, revision=7)).status == 409
        dropped = await (await posted(visitor, f"{PLAN}/drop", token, revision=first["revision"])).json()
        assert not dropped["open"] and (await asked(visitor, "drafts", token))["items"] == []
        again = await posted(visitor, f"{PLAN}/restore", token, what=str(first["revision"]))
        assert (await again.json())["text"].endswith("# uno\n")
        assert (await posted(visitor, f"{PLAN}/restore", token, what="v99")).status == 404


async def test_a_plan_as_large_as_a_file_may_be_fits_and_a_larger_one_says_so(house):
    token = await token_of(house, "carla")
    async with house.at() as visitor:
        fits = "#" + "á" * (127 * 1024) + "\n"
        assert (await posted(visitor, PLAN, token, text=fits, revision=0)).status == 200
        assert (await posted(visitor, PLAN, token, text="x" * 300_000, revision=1)).status == 400
        assert (await posted(visitor, PLAN, token, text="x" * 900_000, revision=1)).status == 413
