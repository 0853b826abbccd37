"""The PBX's configuration as text: whole files, and what must hold for every site."""

import json
from pathlib import Path

import pytest

from dialplan.escape import Unwritable
from dialplan.routines import MODULES as DIALPLAN_MODULES
from plans.site import Site
from telephony.base_config import modules_to_reload, needs_restart, render_base
from telephony.layout import PbxAddresses, PbxLayout, unpacked
from telephony.phones import Phone, render_phones
from telephony.secrets import AmiSecrets

HERE = Path(__file__).parent
SITE = Site.model_validate_json((HERE / "site.json").read_text())
LAYOUT = PbxLayout(Path("/opt/pbx/root"), Path("/srv/altavoz"), unpacked(Path("/opt/pbx/root"), "x86_64"))
ADDRESSES = PbxAddresses()
PHONES = (Phone("102", "secreta;2", 'Luis "Lucho" Gómez'), Phone("101", "secreta-1", "Ana Peña"))


def rendered(site=SITE, addresses=ADDRESSES, layout=LAYOUT):
    secrets = AmiSecrets(listens="oye", acts="actua")
    return {
        **render_base(site, layout, addresses, secrets, ("Hangup", "UserEvent"), "prueba"),
        **render_phones(PHONES),
    }


@pytest.mark.parametrize("name", sorted(rendered()))
def test_each_file_is_as_the_golden_one(name):
    assert rendered()[name] == (HERE / "golden" / name).read_text()


def test_there_is_no_golden_file_too_many():
    assert {file.name for file in (HERE / "golden").iterdir()} == set(rendered())


def test_the_same_site_gives_the_same_text_in_whatever_order_it_was_written():
    data = json.loads((HERE / "site.json").read_text())
    for key in ("carriers", "queues"):
        data[key] = dict(reversed(data[key].items()))
    assert rendered(Site.model_validate_json(json.dumps(data))) == rendered()


def test_what_generated_dialplan_calls_is_loaded():
    for module in DIALPLAN_MODULES:
        assert f"load = {module}.so\n" in rendered()["modules.conf"]


@pytest.mark.parametrize(
    "module", ["app_system", "app_externalivr", "func_shell", "func_curl", "res_agi", "app_originate"]
)
def test_nothing_that_runs_commands_is_loaded(module):
    assert module not in rendered()["modules.conf"]


def test_a_secret_stands_in_no_file_but_its_own():
    for name, text in rendered().items():
        assert ("actua" in text) == (name == "manager.conf")
        assert ("secreta-1" in text) == (name == "pjsip-phones.conf")


@pytest.mark.parametrize(("host", "rewritten"), [("127.0.0.1", "no"), ("::1", "no"), ("0.0.0.0", "yes")])
def test_a_phones_contact_is_rewritten_only_where_there_can_be_a_router(host, rewritten):
    text = rendered(addresses=PbxAddresses(sip=(host, 5060)))["pjsip.conf"]
    assert f"rewrite_contact = {rewritten}\n" in text


def test_an_ipv6_address_is_bracketed():
    text = rendered(addresses=PbxAddresses(sip=("::1", 5060)))["pjsip-transports.conf"]
    assert "bind = [::1]:5060\n" in text


@pytest.mark.parametrize("folder", ["/srv/alta[voz]", "/srv/alta\nvoz", "/srv/alta;voz"])
def test_a_home_that_cannot_be_written_is_refused(folder):
    with pytest.raises(Unwritable):
        rendered(layout=PbxLayout(Path("/opt/pbx/root"), Path(folder), LAYOUT.program))


def test_changed_files_name_the_modules_that_read_them_again_each_once():
    changed = ("queues.conf", "pjsip-phones.conf", "pjsip.conf", "asterisk.conf", "pjsip-transports.conf")
    assert modules_to_reload(changed) == (
        "res_pjsip.so",
        "res_pjsip_endpoint_identifier_ip.so",
        "app_queue.so",
    )
    assert needs_restart(changed) == ("asterisk.conf", "pjsip-transports.conf")


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", "127.0.0.1:5060"),
        ("0.0.0.0", "127.0.0.1:5060"),
        ("::", "[::1]:5060"),
        ("192.0.2.7", "192.0.2.7:5060"),
    ],
)
def test_calls_of_test_leave_to_where_the_pbx_itself_listens(host, ours):
    text = rendered(addresses=PbxAddresses(sip=(host, 5060)))["pjsip.conf"]
    assert f"contact = sip:{ours}\n" in text
    assert f"contact = sip:desk@{ours}\n" in text


def test_a_queue_to_test_has_the_rules_of_the_real_one_and_one_member():
    sections = dict(part.split("]\n", 1) for part in rendered()["queues.conf"].split("\n[") if "]\n" in part)
    delays = ("wrapuptime", "ringinuse", "member")

    def rules(name: str) -> list[str]:
        return [line for line in sections[name].split("\n") if line and not line.startswith(delays)]

    for name in SITE.queues:
        assert rules(f"test-{name}") == rules(name)
        assert sections[f"test-{name}"].count("member = ") == 1
        assert "member" not in sections[name]
