"""One's own account: where one is signed in, and closing that from here or by whoever administers."""

import re

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
TRY = {"name": "ana", "password": "una frase larga"}


async def sessions_in(visitor, path="/account"):
    return re.findall(r"/sessions/([0-9a-f]{16})/close", await (await visitor.get(path)).text())


async def test_each_place_is_listed_with_its_browser_and_can_be_closed(house):
    async with house.serving() as root, house.visit(root, "ana") as here, house.visit(root) as there:
        await there.post("/sign-in", TRY, **{"User-Agent": FIREFOX})
        page = await (await here.get("/account")).text()
        assert "Firefox en Windows" in page and "127.0.0.1" in page and ">Esta<" in page
        (other,) = await sessions_in(here)
        assert (await here.post(f"/account/sessions/{other}/close")).status == 303
        assert (await there.get("/desk")).status == 303
        assert (await here.get("/desk")).status == 200


async def test_all_others_close_at_once(house):
    async with (
        house.serving() as root,
        house.visit(root, "ana") as here,
        house.visit(root, "ana") as second,
        house.visit(root, "ana") as third,
    ):
        await here.post("/account/sessions/close-others")
        assert [(await each.get("/desk")).status for each in (here, second, third)] == [200, 303, 303]


async def test_nobody_closes_another_persons_session_from_their_own_account(house):
    async with (
        house.serving() as root,
        house.visit(root, "ana") as ana,
        house.visit(root, "ana"),
        house.visit(root, "beto") as beto,
    ):
        (other,) = await sessions_in(ana)
        assert (await beto.post(f"/account/sessions/{other}/close")).status == 404
        assert await sessions_in(ana) == [other]


async def test_whoever_administers_ends_anothers_sessions(house):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "raul") as raul:
        (one,) = await sessions_in(raul, "/people/ana")
        await raul.post(f"/people/ana/sessions/{one}/close")
        assert (await ana.get("/desk")).status == 303
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "raul") as raul:
        await raul.post("/people/ana/close-sessions")
        assert (await ana.get("/desk")).status == 303


async def test_a_sign_in_from_a_new_place_is_in_the_audit_trail(house):
    from sqlalchemy import select

    from staff.audit_table import audit

    async with house.at() as visitor:
        for _ in range(2):
            await visitor.post("/sign-in", TRY)
    async with house.engine.connect() as connection:
        wanted = select(audit.c.after, audit.c.actor).where(audit.c.action == "session.opened")
        rows = (await connection.execute(wanted.order_by(audit.c.id))).all()
    assert [('"new_place":true' in row.after, row.actor) for row in rows] == [(True, "ana"), (False, "ana")]
