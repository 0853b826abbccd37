"""A plan version of the examples, and what its test calls are judged against."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import Site
from plans.write import version_of

PLANS = Path(__file__).parents[4] / "plans"


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(PLANS / "example-site.yaml")


@pytest.fixture(scope="session")
def versions(site: Site) -> Mapping[str, PlanVersion]:
    loaded = load_files(sorted((PLANS / "examples").glob("*.yaml")), site)
    return {source.plan.plan: version_of(source.plan, {}) for source in loaded.sources}
