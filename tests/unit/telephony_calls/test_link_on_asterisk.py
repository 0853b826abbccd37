"""The link against a real Asterisk."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from plans.load import load_site
from telephony import journal
from telephony.ami import AmiAccount, AmiLink, Patience
from telephony.base_config import render_base
from telephony.embedded import EmbeddedPbx
from telephony.events import WANTED
from telephony.exchange import ActionFailed
from telephony.facts import PhoneChanged
from telephony.layout import PbxAddresses, PbxLayout
from telephony.phone_states import phones_now
from telephony.phones import Phone, render_phones
from telephony.secrets import new_ami_secrets

pytestmark = pytest.mark.pbx

PROJECT = Path(__file__).parents[3]
ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15516), ami=("127.0.0.1", 15522), rtp=(15700, 15739))


@dataclass(frozen=True)
class Running:
    pbx: EmbeddedPbx
    listens: AmiAccount
    acts: AmiAccount


@pytest.fixture
async def asterisk() -> AsyncIterator[Running]:
    home = Path(tempfile.mkdtemp(prefix="altavoz-link-"))
    home.chmod(0o755)
    layout, secrets = PbxLayout(PROJECT / ".pbx/root", home), new_ami_secrets()
    pbx = EmbeddedPbx(layout, ADDRESSES, None, print)
    site = load_site(PROJECT / "tests/calls/recording/site.yaml")
    base = dict(render_base(site, layout, ADDRESSES, secrets, WANTED, "prueba"))
    base["extensions.conf"] = "[from-telecom-ar]\n"
    pbx.write_config({**base, **render_phones([Phone("101", "secret-of-101", "Ana")])})
    journal.prepare(layout.cel_db)
    try:
        await pbx.start()
        yield Running(
            pbx,
            AmiAccount(*ADDRESSES.ami, "altavoz-listens", secrets.listens),
            AmiAccount(*ADDRESSES.ami, "altavoz-acts", secrets.acts),
        )
    finally:
        await pbx.stop()
        shutil.rmtree(home)


async def test_the_link_lives_through_what_a_real_pbx_does(
    asterisk: Running, until: Callable[[Callable[[], bool]], Any]
) -> None:
    stranger = AmiLink(replace(asterisk.listens, secret="wrong"), patience=Patience(first_wait=60))
    listens = AmiLink(asterisk.listens, WANTED, patience=Patience(ping_every=0.2))
    acts = AmiLink(asterisk.acts)
    for link in (stranger, listens, acts):
        link.start()
    await listens.until_up(5)
    await acts.until_up(5)

    await until(lambda: "rechazó el usuario «altavoz-listens»" in stranger.state.reason)
    assert PhoneChanged("101", "unavailable") in await phones_now(listens)
    status = await acts.action("QueueStatus")
    assert {message.get("Queue") for message in status[1:]} == {"cat", "sac", "test-cat", "test-sac"}
    with pytest.raises(ActionFailed):
        await listens.action("Originate", Channel="PJSIP/101", Application="Echo")

    told: list[str] = []
    listens.on_state(lambda state: told.append(state.reason))
    await asterisk.pbx.stop()
    await until(lambda: not listens.state.up)
    assert told[0] == "la central se está apagando"
    await asterisk.pbx.start()
    await asyncio.gather(listens.until_up(10), acts.until_up(10))
    for link in (stranger, listens, acts):
        await link.close()
