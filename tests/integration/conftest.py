"""One running Altavoz with the example plans for all integration tests of a module."""

from collections.abc import Iterator

import pytest

from tests.support.instance import Instance
from tests.support.sip import SipLab

PASSWORD = "clave-de-prueba-1"


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    instance = Instance(base=17000)
    try:
        instance.ready_line = instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture
def sip(altavoz: Instance) -> Iterator[SipLab]:
    folder = altavoz.home / "sip"
    folder.mkdir(exist_ok=True)
    lab = SipLab(folder, altavoz.sip, media=altavoz.base + 300)
    try:
        yield lab
    finally:
        lab.stop()
        for file in folder.iterdir():
            file.unlink()
