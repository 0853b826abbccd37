"""Unpacking, with a small program in mmdebstrap's place that makes the tree."""

import asyncio
import os
import time

import pytest

from telephony.unpack import NotUnpacked, command, is_unpacked, unpack

TREE = """\
#!/bin/sh
for last; do :; done
echo x >> "{count}"
echo 'I: running apt-get update...' >&2
sleep 0.2
mkdir -p "$last/usr/sbin" "$last/usr/share/asterisk/sounds/es_MX_f_Allison" "$last/usr/share/asterisk/moh"
{make}
"""
WHOLE = """\
touch "$last/usr/sbin/asterisk" "$last/usr/share/asterisk/sounds/es_MX_f_Allison/vm-goodbye.wav"
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a mmdebstrap in the path that ends as its argument says; returns how often it ran."""

    def put(make: str):
        folder, count = tmp_path / "bin", tmp_path / "count"
        folder.mkdir()
        count.write_text("")
        script = folder / "mmdebstrap"
        script.write_text(TREE.format(count=count, make=make))
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        return lambda: len(count.read_text().split())

    return put


async def test_two_instances_unpack_once_and_the_second_time_nothing_runs(tmp_path, program):
    ran, said = program(WHOLE), []
    root = tmp_path / "pbx" / "root"
    await asyncio.gather(unpack(root, said.append), unpack(root, said.append))
    await unpack(root, said.append)
    assert ran() == 1
    assert is_unpacked(root)
    assert any("Otra instancia" in sentence for sentence in said)
    assert any("se consulta la lista" in sentence for sentence in said)


async def test_a_tree_that_is_not_whole_is_not_put_in_place(tmp_path, program):
    program("true")
    root = tmp_path / "pbx" / "root"
    with pytest.raises(NotUnpacked, match="le falta usr/sbin/asterisk"):
        await unpack(root, print)
    assert [entry.name for entry in root.parent.iterdir()] == [".unpack.lock"]


async def test_a_failure_shows_the_last_lines_of_the_program(tmp_path, program):
    program("echo 'E: no network' >&2; exit 25")
    with pytest.raises(NotUnpacked, match=r"(?s)revise la conexión.*E: no network"):
        await unpack(tmp_path / "root", print)


async def test_who_gives_up_waiting_leaves_nothing_half_done(tmp_path, program):
    program("sleep 30")
    root = tmp_path / "pbx" / "root"
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(unpack(root, print), 0.5)
    assert time.monotonic() - began < 5
    assert [entry.name for entry in root.parent.iterdir()] == [".unpack.lock"]


async def test_without_mmdebstrap_the_command_to_run_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotUnpacked, match="sudo apt-get install mmdebstrap"):
        await unpack(tmp_path / "root", print)


async def test_a_tree_of_another_recipe_is_replaced_whole(tmp_path, program):
    ran = program(WHOLE)
    root = tmp_path / "pbx" / "root"
    root.mkdir(parents=True)
    (root / ".altavoz-unpacked").write_text("otra receta\n")
    (root / "viejo").write_text("")
    await unpack(root, print)
    assert ran() == 1
    assert not (root / "viejo").exists()
    assert sorted(entry.name for entry in root.parent.iterdir()) == [".unpack.lock", "root"]


def test_an_ordinary_user_needs_no_chroot(tmp_path):
    assert "--mode=chrootless" in command(tmp_path, as_root=False)
    assert not any(word.startswith("--mode") for word in command(tmp_path, as_root=True))
