"""The address by which one person answers about one alta: nobody can make it up, nor use another's."""

import base64
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path

FILE = "replies.key"
_KEY_BYTES, _MAC_BYTES = 32, 10
_TAG = re.compile(r"(?P<alta>[1-9][0-9]{0,8})\.(?P<person>[1-9][0-9]{0,8})\.(?P<mac>[a-z2-7]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReplyTag:
    """What a reply's address says, once its signature is right: the ids of an alta and of a person."""

    alta: int
    person: int


class ReplyAddresses:
    """`altas+12.7.<signature>@empresa.com`, signed with the key of a file of mode 0600."""

    def __init__(self, mailbox: Address, file: Path) -> None:
        self._mailbox = mailbox
        self._file = file

    def of(self, alta: int, person: int) -> str:
        return f"{self._mailbox.username}+{alta}.{person}.{self._mac(alta, person)}@{self._mailbox.domain}"

    def is_ours(self, written: str) -> bool:
        """Whether an address is this mailbox's, with a tag or without."""
        local, _, domain = written.lower().rpartition("@")
        ours = (self._mailbox.username.lower(), self._mailbox.domain.lower())
        return (local.partition("+")[0], domain) == ours

    def read(self, written: str) -> ReplyTag | None:
        """Whose reply to what comes to this address; None when we never gave it to anybody."""
        tag = written.lower().rpartition("@")[0].partition("+")[2]
        found = _TAG.fullmatch(tag)
        if found is None or not self.is_ours(written):
            return None
        alta, person = int(found["alta"]), int(found["person"])
        return ReplyTag(alta, person) if hmac.compare_digest(found["mac"], self._mac(alta, person)) else None

    def _mac(self, alta: int, person: int) -> str:
        digest = hmac.digest(self._key, f"alta {alta} person {person}".encode(), "sha256")
        return base64.b32encode(digest[:_MAC_BYTES]).decode().lower()

    @cached_property
    def _key(self) -> bytes:
        try:
            made = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._file.read_bytes()
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(made, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        return key
