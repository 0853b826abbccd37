"""The keys under which an application and a request hold what the console needs."""

from aiohttp import web

from staff.person import Person
from staff.sessions import Session
from staff.tokens import Token
from web.assets import Assets
from web.desks import Desks
from web.menu import Entry
from web.services import Services

SERVICES = web.AppKey("services", Services)
ASSETS = web.AppKey("assets", Assets)
NAVIGATION = web.AppKey("navigation", tuple[Entry, ...])
DESKS = web.AppKey("desks", Desks)
SECURE = web.AppKey("secure_cookies", bool)
SESSION = web.RequestKey("session", Session)
TOKEN = web.RequestKey("token", Token)


def services(request: web.Request) -> Services:
    return request.app[SERVICES]


def session(request: web.Request) -> Session:
    """The session of a route for signed-in people; the guard has put it there."""
    return request[SESSION]


def person(request: web.Request) -> Person:
    """Who asks, by a session or by a token; their scope is what this request may see."""
    return request[TOKEN].acts if TOKEN in request else request[SESSION].person


def token(request: web.Request) -> Token:
    """The token of a route of the API; the guard has put it there."""
    return request[TOKEN]
