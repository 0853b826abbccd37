"""Where the PBX's files are."""

from pathlib import Path

import pytest

from telephony.base_sip import split_host
from telephony.layout import PbxLayout, UnknownMachine, unpacked


def test_everything_the_pbx_writes_lies_under_home():
    layout = PbxLayout(Path("/opt/root"), Path("/srv/altavoz"))
    assert all(folder.is_relative_to("/srv/altavoz/pbx") for folder in layout.writable())


def test_a_relative_home_is_made_absolute():
    assert PbxLayout(Path("root"), Path("var")).home == Path.cwd() / "var"


def test_a_home_too_long_for_a_socket_gets_a_run_folder_of_its_own():
    long = Path("/srv") / ("carpeta-" * 12)
    one, other = PbxLayout(Path("/r"), long), PbxLayout(Path("/r"), long / "otra")
    assert len(bytes(one.control)) <= 107
    assert one.run != other.run


def test_the_unpacked_program_is_called_by_the_loader_of_its_own_tree():
    program = unpacked(Path("/opt/root"), "aarch64")
    assert program.command[0] == "/opt/root/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1"
    assert program.command[-1] == "/opt/root/usr/sbin/asterisk"


def test_an_unknown_processor_is_named_with_what_to_do():
    with pytest.raises(UnknownMachine, match=r"riscv64.*ALTAVOZ_PBX=system"):
        unpacked(Path("/opt/root"), "riscv64")


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("10.0.0.1", "10.0.0.1", None),
        ("10.0.0.1:5080", "10.0.0.1", 5080),
        ("sip.example.com", "sip.example.com", None),
        ("2001:db8::1", "2001:db8::1", None),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:db8::1]:5080", "2001:db8::1", 5080),
    ],
)
def test_a_carriers_host_may_carry_a_port(written, host, port):
    assert split_host(written) == (host, port)
