"""The mail of one alta, for its page: what went out, what came in, what may be sent."""

from typing import Any

from aiohttp import web

from provisioning.alta.views import AltaView
from provisioning.notices.mailroom import MailFilter
from web.keys import services, session
from web.notices import words

SHOWN = 4


async def mails_of(request: web.Request, alta: AltaView) -> dict[str, Any]:
    """What `notices/alta_mails.html` is drawn from, as `mails`."""
    office, person = services(request).office, session(request).person
    wanted = MailFilter(about=f"alta:{alta.id}")
    sent = await office.mailroom.sent(wanted, person.scope, limit=SHOWN)
    came = await office.mailroom.came(wanted, person.scope, limit=SHOWN)
    return {
        "sent": sent.items,
        "came": came.items,
        "more": sent.next is not None or came.next is not None,
        "about": wanted.about,
        "letters": {kind: words.LETTERS[kind] for kind in office.notices.drafts.kinds(alta)},
        "words": words,
    }
