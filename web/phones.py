"""Coordinators' telephones: what a softphone needs to register, and a new secret when one leaks."""

from aiohttp import web

from staff.people import Person
from web import refusals
from web.asked import is_htmx
from web.keys import services
from web.pages import render


async def index(request: web.Request) -> web.Response:
    served = services(request)
    people = [person for person in await served.people.all() if person.extension and person.active]
    states = {person.extension: served.presence.phone(person.extension or "") for person in people}
    return render(request, "phones.html", people=people, states=states)


async def show(request: web.Request) -> web.Response:
    person = await _person(request)
    secret = await services(request).phones.show(request.match_info["extension"])
    return _settings(request, person, secret, renewed=False)


async def renew(request: web.Request) -> web.Response:
    """The former secret stops working at once: the telephone does not ring until it has the new one."""
    person = await _person(request)
    secret = await services(request).phones.renew(request.match_info["extension"])
    return _settings(request, person, secret, renewed=True)


async def _person(request: web.Request) -> Person:
    person = await services(request).people.by_extension(request.match_info["extension"])
    if person is None:
        raise refusals.not_found("Ese interno no es de nadie")
    return person


def _settings(request: web.Request, owner: Person, secret: str, *, renewed: bool) -> web.Response:
    template = "phone_settings.html" if is_htmx(request) else "phone.html"
    return render(request, template, owner=owner, secret=secret, renewed=renewed, sip=services(request).sip)
