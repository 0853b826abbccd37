"""schemathesis against a running Altavoz: what the API's document promises, for any request that it allows
and for many that it does not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from staff.tokens import LABELS
from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

PASSWORD, PHONE = "clave-de-prueba-1", 19490
PORT, EXAMPLES, SECONDS = 19300, 30, 100
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "406", "409", "413", "415", "422", "428"]

[[operations]]
include-path = "/api/v1/number-loads"
checks.negative_data_rejection.enabled = false
"""
"""422: what a document cannot say, and a rule of the house refuses; 413: more than its route takes. In a form
with files every field is a text, so that what is no text there cannot be told from one."""


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    instance = Instance(PORT, extra={"ALTAVOZ_RTP": f"{PORT + 20}-{PORT + 119}"})
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


def answered_call(altavoz: Instance, folder: Path) -> None:
    """One call with its case, so that there is something to read."""
    sip = SipLab(folder, altavoz.sip, media=PORT + 120)
    try:
        sip.register("101", altavoz.add_coordinator("ana", "101", "cat,sac", PASSWORD), PHONE)
        altavoz.run("user", "available", "ana")
        sip.phone(PHONE, ring=1)
        sip.call("127.0.0.11", "1143218765", "1155556666", name="Juan Peña", keys=[(1.5, "1")], talk=25)
        eventually(lambda: altavoz.json("case", "list"), 60)
    finally:
        sip.stop()


@pytest.mark.pbx
@pytest.mark.timeout(400)
def test_the_api_keeps_its_document(altavoz: Instance, tmp_path: Path) -> None:
    altavoz.run("user", "add", "raul", "--role", "administrator", "--password-stdin", stdin=f"{PASSWORD}\n")
    may = [word for permission in LABELS for word in ("--may", permission)]
    token = altavoz.run("token", "add", "schemathesis", "--for", "raul", *may, "--days", "1").strip()
    answered_call(altavoz, tmp_path)
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{altavoz.http}/api/openapi.json",
        "--header", f"Authorization: Bearer {token}",
        "--max-examples", str(EXAMPLES), "--seed", "7", "--max-time", str(SECONDS),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
