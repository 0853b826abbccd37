"""How people come in, wired by the settings: passwords, links by mail, second factors; and the mail."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from altavoz.settings import Settings
from mail.outbox import Outbox
from mail.postman import Postman
from staff.clock import Clock
from staff.credentials import Credentials
from staff.invitations import Invitations
from staff.linked_accounts import LinkedAccounts
from staff.oidc import Client, IdentityProvider
from staff.second_factors import SecondFactors
from staff.sessions import Sessions
from staff.sign_in import SignIn
from staff.steps import Steps
from staff.vault import FILE as KEY
from staff.vault import Vault


@dataclass
class Entrance:
    """`address` is where people reach the console; `busy` whether somebody is in a call."""

    settings: Settings
    engine: AsyncEngine
    clock: Clock
    zone: ZoneInfo
    address: str
    busy: Callable[[int], bool]

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, self.clock, self.busy, self.settings.second_factor)

    @cached_property
    def sign_in(self) -> SignIn:
        credentials = Credentials(self.engine, self.clock)
        return SignIn(
            credentials=credentials,
            steps=Steps(self.engine, self.clock),
            invitations=self._invitations(credentials),
            factors=SecondFactors(self.engine, self.clock, Vault(self.settings.home / KEY)),
            linked=LinkedAccounts(self.engine, self.clock),
            oidc=self._oidc(),
        )

    def _invitations(self, credentials: Credentials) -> Invitations:
        outbox = self.outbox if self.settings.smtp else None
        return Invitations(self.engine, self.clock, credentials, outbox, self.address, self.zone)

    def _oidc(self) -> IdentityProvider | None:
        said = self.settings.oidc
        if said is None:
            return None
        client = Client(said.issuer, said.client_id, f"{self.address}/sign-in/oidc/return", said.secret)
        return IdentityProvider(client, self.clock)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.engine, urlsplit(self.address).hostname or "altavoz.invalid")

    def postman(self) -> Postman | None:
        """Whoever takes the letters away; None without a mail server."""
        if self.settings.smtp is None:
            return None
        sender, company = self.settings.mail_from, self.settings.company
        return Postman(self.outbox, self.settings.smtp, sender, self.clock, company=company)
