"""The site's key, with which it signs what it released: Ed25519, kept in files of the data folder."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRIVATE, PUBLIC = Path("secrets/dossier.key"), Path("secrets/dossier.pub")
"""Under the data folder. The public one is for whoever verifies elsewhere: hand it out by another way."""


class BadKey(ValueError):
    """A file that holds no Ed25519 key."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"«{file}» no tiene una clave Ed25519 en PEM")


class SigningKey:
    """The private key of `home`, made when it is first needed; its public file is there whenever it is."""

    def __init__(self, home: Path) -> None:
        self._private, self._public = home / PRIVATE, home / PUBLIC

    def sign(self, message: bytes) -> bytes:
        """Raises BadKey when the file was replaced by something else."""
        return self._key().sign(message)

    def public(self) -> Ed25519PublicKey:
        return self._key().public_key()

    def _key(self) -> Ed25519PrivateKey:
        if not self._private.exists():
            self._make()
        key = _private(self._private)
        if not self._public.exists():
            _kept(self._public, pem(key.public_key()), 0o644)
        return key

    def _make(self) -> None:
        key = Ed25519PrivateKey.generate()
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _kept(self._private, secret, 0o600)


def pem(key: Ed25519PublicKey) -> bytes:
    """The public key as its file holds it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, in hexadecimal: what a dossier names its key by."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def public_key(file: Path) -> Ed25519PublicKey:
    """The key of a file. Raises BadKey; OSError when it cannot be read."""
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except ValueError as error:
        raise BadKey(file) from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(file)
    return key


def signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise BadKey(file) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(file)
    return key


def _kept(file: Path, content: bytes, mode: int) -> None:
    """Written whole, and never over a file that is there: another process may have been first."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    try:
        with suppress(FileExistsError):
            os.link(beside, file)
    finally:
        beside.unlink()
