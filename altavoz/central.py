"""Which PBX is served, by the settings: an Asterisk of our own, the installed one, or an external one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from altavoz.settings import PbxMode, Settings
from altavoz.startup import StartupFailed
from plans.site import Site
from telephony.ami import AmiAccount
from telephony.base_config import render_base
from telephony.embedded import EmbeddedPbx
from telephony.events import WANTED
from telephony.journal_calls import JournalFiles
from telephony.layout import PbxAddresses, PbxLayout, Program
from telephony.secrets import ami_secrets, test_secret
from telephony.system_pbx import NoSystemPbx, system_program


@dataclass(frozen=True)
class Central:
    """`pbx` is None when it is external: then nothing is started, and only `published` is ours.

    `control` is the control socket of a PBX on this machine; `config` is the base configuration, to be
    written before the PBX starts. `journal` is None when the PBX's journal is not to be read.
    """

    pbx: EmbeddedPbx | None
    control: Path | None
    config: Mapping[str, str]
    published: Path
    sounds: Path
    listens: AmiAccount
    acts: AmiAccount
    journal: JournalFiles | None = None


def central(settings: Settings, site: Site, say: Callable[[str], None]) -> Central:
    """The PBX of the settings; nothing is written or started yet. Raises StartupFailed."""
    if settings.pbx is PbxMode.EXTERNAL:
        return _external(settings)
    program = _installed() if settings.pbx is PbxMode.SYSTEM else None
    layout = layout_of(settings, program)
    secrets = ami_secrets(layout.ami_secrets)
    addresses = PbxAddresses(settings.sip, settings.ami, settings.rtp)
    return Central(
        EmbeddedPbx(layout, addresses, settings.pbx_user, say, settings.pbx_name),
        layout.control,
        render_base(site, layout, addresses, secrets, WANTED, test_secret(layout.test_secret)),
        layout.published,
        layout.sounds,
        AmiAccount(*settings.ami, "altavoz-listens", secrets.listens),
        AmiAccount(*settings.ami, "altavoz-acts", secrets.acts),
        JournalFiles(layout.cel_db, layout.queue_log),
    )


def layout_of(settings: Settings, program: Program | None = None) -> PbxLayout:
    """Where the PBX's program and files are."""
    return PbxLayout(settings.pbx_root / "root", settings.home, program)


def _installed() -> Program:
    try:
        return system_program()
    except NoSystemPbx as error:
        raise StartupFailed(str(error)) from error


def _external(settings: Settings) -> Central:
    if settings.pbx_conf is None or not (settings.ami_listens[1] and settings.ami_acts[1]):
        raise StartupFailed(
            "ALTAVOZ_PBX=external necesita ALTAVOZ_PBX_CONF, ALTAVOZ_AMI_LISTENS_SECRET y "
            "ALTAVOZ_AMI_ACTS_SECRET; docs/pbx.md dice qué agregar en esa central"
        )
    return Central(
        None,
        None,
        {},
        settings.pbx_conf,
        settings.pbx_conf / "sounds",
        AmiAccount(*settings.ami, *settings.ami_listens),
        AmiAccount(*settings.ami, *settings.ami_acts),
        JournalFiles(*settings.pbx_journal) if settings.pbx_journal else None,
    )
