"""The console's port is taken before anything else starts, or the start is refused in words."""

import socket
from pathlib import Path

import pytest

from altavoz import settings
from altavoz.console import console_socket
from altavoz.startup import StartupFailed


def _at(address: str) -> settings.Settings:
    return settings.load({"ALTAVOZ_HTTP": address}, Path("does-not-exist.yaml"))


def test_a_port_that_is_taken_is_refused_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(StartupFailed, match=f"no se puede abrir 127.0.0.1:{port}"),
            console_socket(_at(f"127.0.0.1:{port}")),
        ):
            pass


def test_an_outside_address_without_tls_is_refused_in_words() -> None:
    with pytest.raises(StartupFailed, match="sin TLS"), console_socket(_at("0.0.0.0:18080")):
        pass
