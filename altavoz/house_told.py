"""What a running instance gives the console, and what it tells of itself."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from web.alarm import told
from web.pages import site_zone
from web.services import Services

if TYPE_CHECKING:
    from altavoz.house import House


def services_of(house: "House") -> Services:
    """What the console stands on."""
    return Services(
        people=house.people,
        directory=house.directory,
        areas=house.areas,
        staffing=house.staffing,
        desks=house.desks,
        sessions=house.sessions,
        sign_in=house.sign_in,
        tokens=house.tokens,
        audit=house.audit,
        readings=house.readings,
        store=house.store,
        desk=house.desk,
        board=house.board,
        presence=house.presence,
        pops=house.pops,
        book=house.book,
        link=lambda: house.listens.state,
        release=house.release,
        phones=house.phones,
        site=house.site,
        clock=house.office.clock,
        ready=house.ready,
        alarms=house.watch.alarms,
        status=house.standing_now,
        measures=house.measures,
        gaps=house.journal_store.gaps,
        sip=house.sip,
        office=house.office,
    )


async def status_told(house: "House") -> Mapping[str, object]:
    """What `altavoz status` shows."""
    ready = await house.ready()
    state = house.listens.state
    return {
        "version": version("altavoz"),
        "ready": all(ready.values()),
        **ready,
        "pbx_link_since": state.since,
        "pbx_link_reason": state.reason or None,
        "release": house.release(),
        "release_on_disk": house.publisher.current(),
        "plans": len(house.book.live()),
        "calls": len(house.board.live()),
        "console": house.address,
        "sip": house.sip,
        "alarms": house.watch.alarms(),
        "told": told(house.watch.alarms(), house.office.clock(), site_zone(house.site)),
        "sections": house.standing_now().sections,
        "seen": house.watch.seen(),
    }
