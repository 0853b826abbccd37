"""As whom the PBX runs."""

from pathlib import Path

import pytest

from telephony.privileges import choose_user


def test_who_is_not_root_stays_who_they_are():
    chosen = choose_user(None, (), we=1000)
    assert chosen.words() == ("setpriv", "--no-new-privs")
    assert chosen.warning is None


def test_who_is_not_root_is_told_that_the_wanted_user_does_not_count():
    assert "«asterisk»" in (choose_user("asterisk", (), we=1000).warning or "")


def test_root_gives_way_to_a_user_without_privileges():
    chosen = choose_user("nobody", (Path("/usr/bin"),), we=0)
    assert "--reuid=65534" in chosen.words()
    assert "--bounding-set=-all" in chosen.words()
    assert chosen.warning is None


def test_a_folder_that_this_user_cannot_enter_leaves_root_without_capabilities(tmp_path):
    closed = tmp_path / "cerrada"
    inside = closed / "adentro"
    inside.mkdir(parents=True)
    closed.chmod(0o700)
    chosen = choose_user("nobody", (inside,), we=0)
    assert chosen.words() == ("setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
    assert str(inside) in (chosen.warning or "")


def test_a_user_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        choose_user("no-existe-aqui", (), we=0)
