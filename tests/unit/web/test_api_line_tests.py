"""Tests of lines by programs: each area's own, by two people, followed; listening stays with people."""

from provisioning.proof.reports import Result
from tests.unit.web.test_api_acts import asked, posted, token_of
from tests.unit.web.test_api_altas import read
from tests.unit.web.test_line_tests import PLAN, over, played  # noqa: F401 - a fixture


async def test_it_and_operations_test_a_plan_each_by_their_own_token(house, played):  # noqa: F811
    ivan, olga, carla = [await token_of(house, name) for name in ("ivan", "olga", "carla")]
    it, operations = {"plan": PLAN, "kind": "it"}, {"plan": PLAN, "kind": "operations"}
    async with house.at() as visitor:
        assert (await posted(visitor, "line-test-runs", carla, **it)).status == 403
        other = await read(await posted(visitor, "line-test-runs", olga, **it), 422)
        assert "otra área" in other["detail"]
        played.goes.clear()
        run = await read(await posted(visitor, "line-test-runs", ivan, **it))
        assert (run["state"], run["by"], len(run["calls"]), run["report"]) == ("running", "ivan", 6, None)
        (same,) = (await asked(visitor, "line-test-runs", carla))["items"]
        assert same["id"] == run["id"]
        assert (await posted(visitor, "line-test-runs", ivan, **it)).status == 422
        assert (await posted(visitor, "line-test-runs", ivan, plan="otro", kind="it")).status == 404
        played.goes.set()
        report = await over(house, f"/{run['id']}")
        done = await asked(visitor, f"line-test-runs/{run['id']}", ivan)
        assert (done["state"], done["report"]) == ("done", report.id)
        assert all(call["passed"] for call in done["calls"])
        assert (await asked(visitor, f"line-tests/{report.id}", carla))["result"] == "passed"
        theirs = await read(await posted(visitor, "line-test-runs", olga, **operations))
        await over(house, f"/{theirs['id']}")
        waits = await asked(visitor, f"line-test-runs/{theirs['id']}", olga)
        assert waits["state"] == "listening" and waits["unheard"] and waits["report"] is None


async def test_a_test_is_stopped_and_its_report_says_so(house, played):  # noqa: F811
    ivan, carla = await token_of(house, "ivan"), await token_of(house, "carla")
    played.goes.clear()
    async with house.at() as visitor:
        run = await read(await posted(visitor, "line-test-runs", ivan, plan=PLAN, kind="it"))
        path = f"line-test-runs/{run['id']}"
        assert (await posted(visitor, f"{path}/cancel", carla)).status == 403
        stopped = await read(await posted(visitor, f"{path}/cancel", ivan))
        assert stopped["state"] == "done"
        assert (await posted(visitor, f"{path}/cancel", ivan)).status == 422
        report = await asked(visitor, f"line-tests/{stopped['report']}", ivan)
        assert report["result"] == Result.CANCELLED
