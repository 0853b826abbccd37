"""The coordinators' phones in the PBX: published after a change of people, shown and renewed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from staff.people import People
from telephony.phones import Phone, render_phones


class PhoneFiles(Protocol):
    """The PBX's configuration folder: writes what changed and has it read again."""

    def write_config(self, files: Mapping[str, str]) -> frozenset[str]: ...

    async def reload(self, files: frozenset[str]) -> object: ...


class NoSuchPhone(ValueError):
    """Nobody has that extension."""

    def __init__(self, extension: str) -> None:
        super().__init__(f"Nadie tiene el interno «{extension}».")


class Phones:
    """The phones of all active people. `files` is None on a PBX whose phones are not ours."""

    def __init__(
        self, people: People, files: PhoneFiles | None, changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._people = people
        self._files = files
        self._changed = changed
        self._turn = asyncio.Lock()

    async def write(self) -> frozenset[str]:
        """Write the phones' files; the names of those that changed."""
        if self._files is None:
            return frozenset()
        accounts = await self._people.with_phones()
        files = render_phones(Phone(a.extension, a.secret, a.name, a.groups, a.devices) for a in accounts)
        return await asyncio.to_thread(self._files.write_config, files)

    async def publish(self) -> None:
        """Write and have the running PBX read what changed. Raises NotReloaded."""
        try:
            async with self._turn:
                written = await self.write()
                if self._files is not None and written:
                    await self._files.reload(written)
        finally:
            await self._changed()

    async def show(self, extension: str) -> str:
        """The SIP secret. Raises NoSuchPhone."""
        for account in await self._people.with_phones():
            if account.extension == extension:
                return account.secret
        raise NoSuchPhone(extension)

    async def renew(self, extension: str) -> str:
        """A new SIP secret; the former stops working. Raises NoSuchPhone."""
        person = await self._people.by_extension(extension)
        if person is None:
            raise NoSuchPhone(extension)
        secret = await self._people.renew_sip_secret(person.id)
        await self.publish()
        return secret
