"""An account's life on a real PBX: its phone registers, moves, stops and comes back; its sessions end."""

import asyncio
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import pytest

from telephony.console import console
from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.long, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"


@pytest.fixture(scope="module")
def house() -> Iterator[Instance]:
    instance = Instance(base=18900, extra={"ALTAVOZ_RTP": "18950-19049"})
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture
def lab(house: Instance) -> Iterator[SipLab]:
    folder = house.home / "sip"
    folder.mkdir(exist_ok=True)
    lab = SipLab(folder, house.sip, media=house.base + 160)
    try:
        yield lab
    finally:
        lab.stop()


def secret_of(text: str) -> str:
    found = re.search(r"Clave SIP: (\S+)", text)
    assert found is not None, text
    return found[1]


class Browser:
    """Signs in as a person does; follows redirects."""

    def __init__(self, house: Instance) -> None:
        self._root = house.http
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, name: str) -> str:
        form = urllib.parse.urlencode({"name": name, "password": PASSWORD}).encode()
        request = urllib.request.Request(f"{self._root}/sign-in", form, {"Origin": self._root})
        return str(self._opener.open(request, timeout=10).url)

    def where(self, path: str) -> str:
        """Where asking for a page ends."""
        return str(self._opener.open(self._root + path, timeout=10).url)


def test_a_phone_follows_its_account(house: Instance, lab: SipLab) -> None:
    words = ["--role", "coordinator", "--extension", "101", "--groups", "cat,sac", "--email", "Eva@x.com"]
    words += ["--area", "cat", "--subsidiary", "AR", "--devices", "2", "--reason", "campaña Ñandú"]
    added = house.run("user", "add", "eva", *words, "--password-stdin", stdin=PASSWORD + "\n")
    lab.register("101", secret_of(added), house.base + 10)
    lab.register("101", secret_of(added), house.base + 11)
    house.run("user", "available", "eva")

    moved = house.run("user", "change", "eva", "--extension", "120", "--add-role", "quality", "--reason", "x")
    lab.register("120", secret_of(moved), house.base + 12)
    with pytest.raises(AssertionError, match="refused"):
        lab.register("101", secret_of(added), house.base + 13)
    shown = house.json("user", "show", "eva")
    assert (shown["roles"], shown["areas"], shown["subsidiaries"], shown["devices"], shown["email"]) == (
        ["coordinator", "quality"], ["cat"], ["AR"], 2, "eva@x.com",
    )  # fmt: skip
    deeds = house.json("audit", "list", "--subject", "eva")
    assert [deed["reason"] for deed in deeds if deed["action"].startswith("user.")] == ["x", "campaña Ñandú"]


def test_a_closed_account_has_no_phone_no_queue_and_no_session(house: Instance, lab: SipLab) -> None:
    added = house.run(
        "user", "add", "ada", "--role", "coordinator", "--extension", "102", "--groups", "cat",
        "--password-stdin", stdin=PASSWORD + "\n",
    )  # fmt: skip
    secret = secret_of(added)
    lab.register("102", secret, house.base + 14)
    browser = Browser(house)
    assert browser.sign_in("ada").endswith("/desk")
    assert "PJSIP/102" in pbx(house, "queue show cat")

    house.run("user", "off", "ada", "--reason", "terminó la campaña")
    assert "/sign-in" in browser.where("/desk")
    eventually(lambda: "PJSIP/102" not in pbx(house, "queue show cat"), 10)
    with pytest.raises(AssertionError, match="refused"):
        lab.register("102", secret, house.base + 15)
    assert not house.json("user", "list", "--off")[0]["active"]

    house.run("user", "on", "ada")
    lab.register("102", secret, house.base + 16)
    assert "/sign-in" in browser.where("/desk")


def test_what_cannot_be_is_refused_in_words(house: Instance) -> None:
    for words, said in (
        (["user", "off", "admin"], "última cuenta activa que administra"),
        (["user", "change", "admin", "--role", "jefe"], "No hay un rol «jefe»"),
        (["user", "add", "x1", "--role", "it", "--area", "nada"], "No hay un área «nada»"),
        (["user", "add", "x1", "--role", "it", "--account", "Nadie"], "No hay una cuenta de cliente «Nadie»"),
        (["user", "show", "nadie"], "No hay una cuenta «nadie»"),
        (["area", "change", "cat", "--head", "nadie"], "no es una cuenta activa"),
    ):
        assert said in house.run(*words, check=False), words


def test_the_areas_that_come_with_it_are_kept_from_the_command_line(house: Instance) -> None:
    assert {"commercial", "it", "cat", "sac", "quality"} <= {
        area["name"] for area in house.json("area", "list")
    }
    house.run("area", "change", "cat", "--head", "admin")
    house.run("area", "add", "legales", "--label", "Legales")
    areas = {area["name"]: area for area in house.json("area", "list")}
    assert areas["cat"]["head"] == "admin" and areas["legales"]["label"] == "Legales"


def test_a_call_is_shown_in_words(house: Instance, lab: SipLab) -> None:
    caller = lab.call("127.0.0.13", "525541239876", "5512345678", talk=2)
    caller.wait(30)
    call = eventually(lambda: [each for each in house.json("call", "list") if each["ended"]], 20)[0]
    shown = house.run("call", "show", call["id"])
    lines = dict(re.split(r"  +", line, maxsplit=1) for line in shown.splitlines())
    assert lines["Sentido"] == "Entrante" and re.fullmatch(r"\d\d:\d\d", lines["En el menú"])
    assert lines["Resultado"] not in ("", call["outcome"]) and "None" not in shown


def pbx(house: Instance, command: str) -> str:
    """What the PBX itself answers to a command of its console."""
    (control,) = house.home.rglob("asterisk.ctl")
    return asyncio.run(console(control, command))
