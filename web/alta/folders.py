"""Clients' folders: every document of every alta, by client and year, found again in seconds (P7)."""

from aiohttp import web

from web import lists
from web.alta import words
from web.alta.board import after
from web.alta.find import altas, zone_of
from web.asked import is_htmx
from web.keys import session
from web.pages import full_names, render

A_PAGE = 50
_YEAR_DIGITS = 4


async def index(request: web.Request) -> web.Response:
    """The newest first, in pages by key; htmx asks for the rows that follow."""
    documents, scope = altas(request).documents, session(request).person.scope
    typed = {name: lists.text(request.query, name) for name in ("account", "year", "text")}
    found, following = await documents.folder(
        typed["account"], _year(typed["year"]), typed["text"], A_PAGE, after(request), scope
    )
    folders = () if is_htmx(request) else await documents.folders(scope)
    return render(
        request,
        "alta/folder_rows.html" if is_htmx(request) else "alta/folders.html",
        found=found,
        more=lists.next_address("/folders", typed, str(following) if following else None),
        typed=typed,
        filtered=any(typed.values()),
        accounts=list(dict.fromkeys(each.account for each in folders)),
        years=sorted({each.year for each in folders}, reverse=True),
        names=await full_names(request),
        zone_of=zone_of(request),
        words_of=words,
    )


def _year(written: str) -> int | None:
    digits = written.isascii() and written.isdecimal() and len(written) == _YEAR_DIGITS
    return int(written) if digits else None
