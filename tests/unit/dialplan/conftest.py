"""The example plans on the example site, and what a real Asterisk runs in the tests that have one."""

import hashlib
from pathlib import Path

import pytest

from dialplan.build import build
from dialplan.render import Rendered, render
from dialplan.served import all_live
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import CallerDelivery, Delivery, Site

ROOT = Path(__file__).parents[3]
YEARS = (2026, 2027)


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(ROOT / "plans/example-site.yaml")


@pytest.fixture(scope="session")
def versions(site: Site) -> tuple[PlanVersion, ...]:
    loading = load_files(sorted((ROOT / "plans/examples").glob("*.yaml")), site)
    return tuple(
        PlanVersion(plan=source.plan, hash=hashlib.sha256(source.plan.plan.encode()).hexdigest())
        for source in loading.sources
    )


@pytest.fixture(scope="session")
def wide_site(site: Site) -> Site:
    """The example site with carriers that deliver in every other way."""
    known = site.carriers["telecom-ar"]
    others = {
        "desvio-ar": known.model_copy(
            update={
                "hosts": ("127.0.0.14",),
                "delivers": Delivery.model_validate({"number": "e164-no-plus", "in": "diversion"}),
                "caller": CallerDelivery(number="e164-no-plus"),
            }
        ),
        "pcpid-ar": known.model_copy(
            update={
                "hosts": ("127.0.0.15",),
                "delivers": Delivery.model_validate({"number": "national", "in": "p-called-party-id"}),
                "prefixes": ("99", "7001"),
            }
        ),
    }
    return site.model_copy(update={"carriers": {**site.carriers, **others}})


@pytest.fixture(scope="session")
def wide_version(wide_site: Site) -> PlanVersion:
    loading = load_files([Path(__file__).parent / "pruebas.yaml"], wide_site)
    assert not loading.errors
    return PlanVersion(plan=loading.sources[0].plan, hash="f" * 64)


@pytest.fixture(scope="session")
def running(versions: tuple[PlanVersion, ...], wide_version: PlanVersion, wide_site: Site) -> Rendered:
    """What the real Asterisk runs: the examples and the plan of everything else."""
    return render(build(all_live((*versions, wide_version)), wide_site, YEARS, "pbx1"))


@pytest.fixture(scope="session")
def rendered(versions: tuple[PlanVersion, ...], site: Site) -> Rendered:
    return render(build(all_live(versions), site, YEARS, "pbx1"))
