"""What the process itself does for the audit trail: files edited meanwhile are noticed, heads are noted."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from altavoz.house import House
from altavoz.settings import values
from plans.site import Site
from staff.audit_heads import AuditBroken, Head, HeadsUnreadable
from staff.audit_state import note_state

log = structlog.get_logger()
NOTE_SECONDS = 60.0


@asynccontextmanager
async def audited(house: House) -> AsyncIterator[None]:
    """What was edited since the last start is a deed; while the service runs, the trail's heads are kept."""
    await note_state(house.engine, "setting.changed", "ajustes", settings_now())
    await note_state(house.engine, "site.changed", "sitio", site_now(house.site))
    noting = asyncio.create_task(_keep_heads(house), name="audit heads")
    try:
        yield
    finally:
        noting.cancel()
        with suppress(asyncio.CancelledError):
            await noting
        await house.readings.close()
        await _note_head(house)


def settings_now() -> dict[str, str]:
    """Every setting that is not as it comes; of a secret only whether there is one."""
    return {value.setting.key: value.shown for value in values() if value.source != "por omisión"}


def site_now(site: Site) -> dict[str, Any]:
    """The site file, flat: `queues.cat.ring` → 15."""
    return dict(_flat("", site.model_dump(mode="json", by_alias=True, exclude_defaults=True)))


def _flat(under: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield under, value
        return
    for name, inner in value.items():
        yield from _flat(f"{under}.{name}" if under else str(name), inner)


async def _keep_heads(house: House) -> None:
    while True:
        await _note_head(house)
        await asyncio.sleep(NOTE_SECONDS)


async def _note_head(house: House) -> None:
    """A trail that no longer agrees with its heads is an alarm, and no reason to stop answering calls."""
    try:
        await house.heads.note(_tell)
    except (AuditBroken, HeadsUnreadable) as error:
        log.critical("audit_broken", reason=str(error))
    except (SQLAlchemyError, OSError) as error:
        log.error("audit_head_not_noted", error=repr(error))


def _tell(head: Head) -> None:
    log.info("audit_head", row=head.id, hash=head.hash)
