"""What the command line may ask of the mail: to take a message in, and how letters fare."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from provisioning.notices.incoming import NotAMessage, read
from provisioning.notices.mailroom import MailFilter, MailRefused, Sending
from staff.scope import EVERYTHING

INBOX = "mail-in"
"""The folder of the home in which the command leaves a message for the service."""
_NAME = re.compile(r"[0-9a-f]{32}\.eml", re.ASCII)


class MailOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "mail/receive": self.receive,
            "mail/list": self.list,
            "mail/show": self.show,
            "mail/again": self.again,
            "mail/withdraw": self.withdraw,
        }

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
        return [_row(letter) for letter in page.items]

    async def show(self, arguments: Mapping[str, Any]) -> Any:
        letter = await self._found(arguments)
        return _row(letter) | {"text": letter.text}

    async def again(self, arguments: Mapping[str, Any]) -> Any:
        doubtful = bool(arguments.get("doubtful"))
        await self._house.office.mailroom.again(await self._found(arguments), doubtful=doubtful)
        return _row(await self._found(arguments))

    async def withdraw(self, arguments: Mapping[str, Any]) -> Any:
        await self._house.office.mailroom.withdraw(await self._found(arguments))
        return _row(await self._found(arguments))

    async def _found(self, arguments: Mapping[str, Any]) -> Sending:
        found = await self._house.office.mailroom.letter(int(arguments["id"]), EVERYTHING)
        if found is None:
            raise MailRefused(f"No hay un correo {arguments['id']}: «altavoz mail list» los lista.")
        return found


def _row(letter: Sending) -> dict[str, Any]:
    same = ("id", "recipient", "subject", "state", "tries", "error")
    return {name: getattr(letter, name) for name in same} | {"created": letter.created.isoformat()}


def _came(outcome: str, reason: str) -> dict[str, str]:
    return {"outcome": outcome, "reason": reason}
