"""Whoever takes the letters away: one after another, again later when a server would not."""

import asyncio
import random
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address

import structlog

from mail import smtp
from mail.company import UNNAMED, Company
from mail.message import BadLetter, build
from mail.outbox import Claimed, Outbox
from mail.relay import Relay
from mail.smtp import NotSent, Then

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
MOST_TRIES = 20
KEPT = timedelta(hours=14)
"""For how long a letter waits for a server that is away; what is refused for now is tried as long."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)


def wait_after(tries: int, chance: float) -> timedelta:
    """How long a letter waits after so many tries: 15 s, doubled each time, at most an hour.

    `chance`, from 0 to 1, takes or gives a fifth. Pure.
    """
    doubled = FIRST_WAIT * int(2 ** min(tries - 1, 20))
    return min(doubled, LONGEST_WAIT) * (0.8 + 0.4 * chance)


class Postman:
    """Sends what is in the outbox through a relay, as `sender`."""

    def __init__(
        self,
        outbox: Outbox,
        relay: Relay,
        sender: Address,
        clock: Callable[[], datetime],
        context: ssl.SSLContext | None = None,
        company: Company = UNNAMED,
    ) -> None:
        self._outbox = outbox
        self._relay = relay
        self._sender = sender
        self._clock = clock
        self._context = context
        self._company = company
        self._closing = False

    async def run(self) -> None:
        """Until `close`. The letter under way is ended first."""
        while not self._closing:
            self._outbox.news.clear()
            if not await self._one():
                await self._wait()

    async def close(self) -> None:
        self._closing = True
        self._outbox.nudge()

    async def _one(self) -> bool:
        """Sends one letter; False when none is due, or when none can be sent now."""
        try:
            await self._outbox.recover(self._clock())
            claimed = await self._outbox.claim(self._clock())
            return claimed is not None and await self._take(claimed)
        except Exception:
            log.exception("mail_database")
            return False

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._outbox.news.wait()
        except TimeoutError:
            return

    async def _take(self, claimed: Claimed) -> bool:
        """Whether the next one may be tried at once."""
        try:
            await self._send(claimed)
        except NotSent as error:
            return await self._not_sent(claimed, error)
        except BadLetter as error:
            return await self._not_sent(claimed, NotSent(str(error), Then.GIVE_UP))
        await self._outbox.sent(claimed.id, self._clock())
        log.info("mail_sent", letter=claimed.id, kind=claimed.letter.kind, tries=claimed.tries)
        return True

    async def _send(self, claimed: Claimed) -> None:
        written = claimed.created
        message = build(claimed.letter, self._sender, claimed.message_id, written, self._company)
        sender, recipient = self._sender.addr_spec, claimed.letter.recipient
        await smtp.send(message, sender, recipient, self._relay, self._context)

    async def _not_sent(self, claimed: Claimed, error: NotSent) -> bool:
        """Behind a letter that finds no server the others wait, so that all go out in the order in which they
        were written.
        """
        now, said = self._clock(), str(error)
        log.warning("mail_not_sent", letter=claimed.id, tries=claimed.tries, reason=said)
        away = error.then is Then.AWAY and now - claimed.created < KEPT
        if away:
            await self._outbox.retry(claimed.id, claimed.created, said)
        elif error.then is Then.UNKNOWN:
            await self._outbox.doubtful(claimed.id, now, said)
        elif error.then is Then.RETRY and claimed.tries < MOST_TRIES:
            due = now + wait_after(claimed.tries, random.random())  # noqa: S311 - no secret
            await self._outbox.retry(claimed.id, due, said)
        else:
            await self._outbox.failed(claimed.id, now, said)
        return not away
