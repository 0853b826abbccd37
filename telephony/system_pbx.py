"""The machine's own Asterisk (`ALTAVOZ_PBX=system`): its program and modules, our configuration."""

import subprocess
import sysconfig
from pathlib import Path

from telephony.known_holes import read_version, sound
from telephony.layout import Program

_PROGRAM = Path("/usr/sbin/asterisk")
_MODULES = (
    Path("/usr/lib") / str(sysconfig.get_config_var("MULTIARCH")) / "asterisk/modules",
    Path("/usr/lib/asterisk/modules"),
    Path("/usr/lib64/asterisk/modules"),
)
_SHARES = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
_SPANISH = ("es_MX_f_Allison", "es", "es_CO", "es-co")
_ENGLISH = ("en_US_f_Allison", "en")


class NoSystemPbx(Exception):
    """The machine's Asterisk is missing or cannot serve; the message says what to install."""


def system_program() -> Program:
    """The machine's Asterisk. Raises NoSystemPbx."""
    if not _PROGRAM.exists():
        raise NoSystemPbx(f"no existe {_PROGRAM}: instale asterisk, o quite ALTAVOZ_PBX=system")
    _check_version(version(_PROGRAM))
    share = _first(_SHARES, "documentation")
    return Program(
        command=(str(_PROGRAM),),
        modules=_first(_MODULES, "chan_pjsip.so"),
        share=share,
        spanish=_first(tuple(share / "sounds" / name for name in _SPANISH), "vm-goodbye.wav").name,
        english=next((name for name in _ENGLISH if (share / "sounds" / name).exists()), "en"),
    )


def version(program: Path) -> tuple[int, ...]:
    """What `asterisk -V` says: `Asterisk 22.10.1~dfsg` is (22, 10, 1). Raises NoSystemPbx."""
    said = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=10, check=False).stdout
    found = read_version(said)
    if found is None:
        raise NoSystemPbx(f"{program} -V no dice qué versión es: «{said.strip()}»")
    return found


def _check_version(found: tuple[int, ...]) -> None:
    least = sound(found[0])
    if found < least:
        raise NoSystemPbx(
            f"Asterisk {_written(found)} tiene fallas de seguridad conocidas: "
            f"instale {_written(least)} o posterior"
        )


def _written(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _first(folders: tuple[Path, ...], holding: str) -> Path:
    for folder in folders:
        if (folder / holding).exists():
            return folder
    raise NoSystemPbx(f"al Asterisk de esta máquina le falta {holding} (se buscó en {folders[0]})")
