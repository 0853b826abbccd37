"""The secrets of the PBX: made once, kept in files that only their owner reads.

Those of the two AMI accounts, and that of the endpoint by which test calls come in.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AmiSecrets:
    """Secrets of the account that listens and of the one that acts; letters and digits only."""

    listens: str = field(repr=False)
    acts: str = field(repr=False)


def new_ami_secrets() -> AmiSecrets:
    return AmiSecrets(listens=secrets.token_hex(24), acts=secrets.token_hex(24))


def ami_secrets(path: Path) -> AmiSecrets:
    """The secrets kept in `path`, made and written (mode 0600) when there are none yet."""
    try:
        return AmiSecrets(**json.loads(path.read_text()))
    except FileNotFoundError:
        made = new_ami_secrets()
        _keep(path, asdict(made))
        return made


def test_secret(path: Path) -> str:
    """The secret kept in `path`, made and written (mode 0600) when there is none yet."""
    try:
        return str(json.loads(path.read_text())["secret"])
    except FileNotFoundError:
        made = secrets.token_hex(24)
        _keep(path, {"secret": made})
        return made


def _keep(path: Path, made: Mapping[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(made), file)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
