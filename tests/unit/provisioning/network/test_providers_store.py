"""Providers and selections in both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.all_tables import metadata
from plans.load import load_site
from provisioning.network.profile import profile_of
from provisioning.network.providers import Providers
from provisioning.network.values import NetworkRefused, ProviderFilter, ProviderState, StaleRow
from staff.scope import Scope
from tests.support.databases import BACKENDS, fresh_engine

SITE = load_site(Path(__file__).parents[4] / "plans/example-site.yaml")
TYPED = {"subsidiary": "AR", "services": "vial", "zones": "Córdoba"}


def named(name, **typed):
    return profile_of(TYPED | {"name": name} | typed)


@pytest.fixture(params=BACKENDS)
async def providers(request, tmp_path):
    async with fresh_engine(request.param, tmp_path, metadata) as engine:
        yield Providers(engine, lambda: datetime(2026, 3, 2, 15, tzinfo=UTC), SITE)


async def test_pages_follow_one_another_by_name_and_lose_none(providers):
    await providers.write_all([named(name) for name in ("Ñandú", "Álamo", "zorro", "Beta", "delta")])
    seen, after = [], None
    while True:
        page = await providers.page(limit=2, after=after)
        seen += [each.profile.name for each in page.items]
        if (after := page.next) is None:
            break
    assert seen == ["Álamo", "Beta", "delta", "Ñandú", "zorro"]


async def test_they_are_found_by_words_service_zone_and_state(providers):
    await providers.write_all(
        [
            named("Grúas Sur", zones="Todo el país"),
            named("Auxilio", zones="Córdoba / Río Cuarto", state="suspended"),
            named("Hogar Ya", services="hogar/PLOM", zones="Salta"),
        ]
    )

    async def found(**wanted):
        return {each.profile.name for each in (await providers.page(ProviderFilter(**wanted))).items}

    assert await found(text="gruas SUR") == {"Grúas Sur"}
    assert await found(service="hogar") == {"Hogar Ya"}
    assert await found(zone="cordoba") == {"Grúas Sur", "Auxilio"}
    assert await found(zone="Salta") == {"Grúas Sur", "Hogar Ya"}
    assert await found(state="suspended") == {"Auxilio"}
    assert (await providers.counts())[ProviderState.ACTIVE] == 2
    assert not (await providers.page(scope=Scope(frozenset({"CO"})))).items


async def test_one_name_is_one_provider_of_a_subsidiary_and_nothing_is_loaded_by_half(providers):
    await providers.add(named("Grúas Sur"))
    with pytest.raises(NetworkRefused, match="Ya hay un prestador"):
        await providers.write_all([named("Otro"), named("GRUAS  sur")])
    assert [each.profile.name for each in await providers.all_of("AR")] == ["Grúas Sur"]
    with pytest.raises(NetworkRefused, match="filiales"):
        await providers.add(named("Fuera"), Scope(frozenset({"CO"})))


async def test_who_changes_what_somebody_else_changed_first_is_told(providers):
    first = await providers.add(named("Grúas Sur"))
    await providers.change(first.id, named("Grúas Sur", capacity="7"), first.revision)
    with pytest.raises(StaleRow):
        await providers.change(first.id, named("Grúas Sur", capacity="9"), first.revision)
    with pytest.raises(NetworkRefused, match="Escriba por qué"):
        await providers.set_state(first.id, ProviderState.SUSPENDED, 2, "\u200b \u00a0")
    await providers.set_state(first.id, ProviderState.SUSPENDED, 2, "Sin seguro")
    history = await providers.history(first.id)
    assert [(each.what, dict(each.after)) for each in history[:2]] == [
        ("state", {"state": "suspended"}),
        ("changed", {"capacity": "7"}),
    ]
