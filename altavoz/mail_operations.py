"""What the command line may ask of the mail: to take a message in, and how letters fare."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from provisioning.notices.incoming import NotAMessage, read
from provisioning.notices.mailroom import MailFilter
from staff.scope import EVERYTHING

INBOX = "mail-in"
"""The folder of the home in which the command leaves a message for the service."""
_NAME = re.compile(r"[0-9a-f]{32}\.eml", re.ASCII)


class MailOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {"mail/receive": self.receive, "mail/list": self.list}

    async def receive(self, arguments: Mapping[str, Any]) -> Any:
        """A message that lies in the inbox's folder as `file`; `to` is whom the mail server took it for."""
        mailbox = self._house.office.notices.received
        if mailbox is None:
            return _came("not-configured", "Escriba la casilla de las respuestas en ALTAVOZ_MAIL_REPLIES.")
        if not _NAME.fullmatch(arguments["file"]):
            return _came("not-a-message", "ese archivo no lo dejó «altavoz mail receive»")
        path = self._house.settings.home / INBOX / arguments["file"]
        raw = await asyncio.to_thread(path.read_bytes)
        try:
            message = await asyncio.to_thread(read, raw, arguments.get("to") or "")
        except NotAMessage as error:
            return _came("not-a-message", str(error))
        came = await mailbox.receive(message)
        return _came(came.outcome, came.reason)

    async def list(self, arguments: Mapping[str, Any]) -> Any:
        wanted = MailFilter(arguments.get("text") or "", arguments.get("state") or "")
        page = await self._house.office.mailroom.sent(wanted, EVERYTHING, limit=arguments["limit"])
        return [
            {
                "id": letter.id,
                "created": letter.created.isoformat(),
                "recipient": letter.recipient,
                "subject": letter.subject,
                "state": letter.state,
                "tries": letter.tries,
                "error": letter.error,
            }
            for letter in page.items
        ]


def _came(outcome: str, reason: str) -> dict[str, str]:
    return {"outcome": outcome, "reason": reason}
