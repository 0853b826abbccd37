"""As whom the PBX runs, and the command words that take every privilege away from it."""

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_USUAL = ("asterisk", "nobody")
_ENTER = {"owner": stat.S_IXUSR, "group": stat.S_IXGRP, "other": stat.S_IXOTH}


@dataclass(frozen=True, slots=True)
class RunAs:
    """The PBX's user. `account` is (uid, gid) to change to, None to stay as we are; `warning` says why."""

    name: str
    account: tuple[int, int] | None = None
    privileged: bool = False
    warning: str | None = None

    def words(self) -> tuple[str, ...]:
        """What stands before the PBX's own command (`setpriv`, of Debian's essential util-linux)."""
        drop = ("--bounding-set=-all", "--inh-caps=-all") if self.privileged else ()
        change: tuple[str, ...] = ()
        if self.account is not None:
            uid, gid = self.account
            change = (f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
        return ("setpriv", "--no-new-privs", *drop, *change)


def choose_user(wanted: str | None, paths: Iterable[Path], we: int) -> RunAs:
    """The user for the PBX when our own user id is `we`: as root `wanted`, `asterisk` or `nobody`.

    That user must be able to enter `paths`; otherwise the PBX stays root without any capability. Raises
    KeyError when `wanted` does not exist.
    """
    if we != 0:
        return RunAs(name=str(we), warning=_not_root(wanted))
    account = _account(wanted)
    closed = [path for path in paths if not _reaches(path, account.pw_uid, account.pw_gid)]
    if not closed:
        return RunAs(account.pw_name, (account.pw_uid, account.pw_gid), privileged=True)
    return RunAs(
        "root",
        privileged=True,
        warning=(
            f"la central corre como root sin privilegios: «{account.pw_name}» no puede entrar en "
            f"{closed[0]}; mude esa carpeta o permita entrar en ella con chmod o+x"
        ),
    )


def _not_root(wanted: str | None) -> str | None:
    if wanted is None:
        return None
    return f"la central corre con el usuario propio y no con «{wanted}»: solo root puede cambiar de usuario"


def _account(wanted: str | None) -> pwd.struct_passwd:
    if wanted is not None:
        return pwd.getpwnam(wanted)
    for name in _USUAL:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise KeyError(_USUAL)


def _reaches(path: Path, uid: int, gid: int) -> bool:
    return all(_may_enter(folder.stat(), uid, gid) for folder in (path, *path.parents) if folder.is_dir())


def _may_enter(folder: os.stat_result, uid: int, gid: int) -> bool:
    if folder.st_uid == uid:
        who = "owner"
    elif folder.st_gid == gid:
        who = "group"
    else:
        who = "other"
    return bool(folder.st_mode & _ENTER[who])
