"""What must be readable again and yet not lie open in the database: encrypted with a key beside it."""

import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = "second-factor.key"
_KEY_BYTES, _NONCE_BYTES = 32, 12


class VaultLocked(Exception):
    """The key is not the one that this was encrypted with: the file was lost or replaced."""


class Vault:
    """AES-256-GCM under the key of a file of mode 0600, made when it is first needed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def seal(self, plain: bytes, owner: str) -> bytes:
        """Encrypted for its `owner`: it opens as nobody else's."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, owner.encode())

    def unseal(self, sealed: bytes, owner: str) -> bytes:
        """What was sealed for this owner; raises `VaultLocked`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultLocked(f"«{self._file}» no es la clave con la que se guardó") from error

    @cached_property
    def _cipher(self) -> AESGCM:
        try:
            made = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return AESGCM(self._file.read_bytes())
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(made, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        return AESGCM(key)
