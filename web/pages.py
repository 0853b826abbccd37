"""Templates and what they all share: who looks, what the navigation holds, the state of the link."""

from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp_jinja2
import jinja2
from aiohttp import web
from jinja2.bccache import Bucket

from plans.numbers import written
from plans.site import Site
from staff.person import Person
from staff.written import unturned
from web import words
from web.alarm import Told, concerning, told
from web.csrf import FIELD
from web.keys import ASSETS, NAVIGATION, SERVICES, SESSION
from web.menu import lit, menu

_TEMPLATES = Path(__file__).parent / "templates"


class _Compiled(jinja2.BytecodeCache):
    """Templates are compiled once a process, however many applications it makes."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def site_zone(site: Site) -> ZoneInfo:
    """The time of the console's pages: that of the site's first subsidiary."""
    return ZoneInfo(next(iter(site.subsidiaries.values())).timezone)


def set_up(app: web.Application) -> None:
    """Gives the application its templates. Raises when a template names a static file that is not there."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        finalize=shown,
    )
    environment.globals.update(static=app[ASSETS].url, words=words, csrf_field=FIELD)
    zone = site_zone(app[SERVICES].site)
    environment.filters.update(
        hour=partial(words.hour, zone=zone),
        moment=partial(words.moment, zone=zone),
        when=partial(words.when, zone=zone),
        instant=partial(words.instant, zone=zone),
        lately=partial(words.lately, zone=zone),
        day=words.day,
        days=words.days,
        decimal=words.decimal,
        month=words.month,
        on_day=lambda value, there=zone: words.on_day(value, there),
        clock=words.clock,
        number=written_number,
        spoken=words.spoken,
        dom_id=words.dom_id,
        events_limit=words.events_limit,
        amount_limit=words.amount_limit,
    )


def shown(value: Any) -> Any:
    """What a page or a paper shows of a value: no sign in it turns the rest of the page round."""
    text = value if isinstance(value, str) or hasattr(value, "__html__") else str(value)
    return unturned(text) if isinstance(text, str) else text


def written_number(e164: str | None, country: str | None = None) -> str:
    """A number as the country writes it, or as it came when it is none that we know."""
    return written(e164, country) if e164 else ""


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A whole page."""
    shared = _shared(request)
    return aiohttp_jinja2.render_template(template, request, shared | context, status=status)


async def full_names(request: web.Request) -> dict[str, str]:
    """How each account's person is called, by account name."""
    return await names_of(request.app)


async def names_of(app: web.Application) -> dict[str, str]:
    people = await app[SERVICES].people.all()
    return {person.name: person.full_name for person in people}


def piece(app: web.Application, template: str, **context: Any) -> str:
    """A piece of a page, for the stream and for htmx."""
    return aiohttp_jinja2.get_env(app).get_template(template).render(context)


def _shared(request: web.Request) -> dict[str, Any]:
    found = request.get(SESSION)
    person = found.person if found else None
    settled = person if person and not person.one_time else None
    navigation = menu(request.app[NAVIGATION], settled) if settled else ()
    return {
        "person": person,
        "csrf": found.csrf if found else "",
        "path": request.path,
        "navigation": navigation,
        "lit": lit(navigation, request.path),
        "link": request.app[SERVICES].link(),
        "watched": bool(found and settled and not found.must_enrol),
        "alarms": _alarms(request, settled) if settled else (),
    }


def _alarms(request: web.Request, person: Person) -> tuple[Told, ...]:
    served = request.app[SERVICES]
    return told(concerning(person, served.alarms()), served.clock(), site_zone(served.site))
