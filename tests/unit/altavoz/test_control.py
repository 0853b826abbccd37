"""The control socket answers who may open it, and says in words what it refuses."""

import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from altavoz import control


class Bad(Exception):
    pass


async def echo(arguments: Mapping[str, Any]) -> Any:
    return {"got": arguments}


async def refuse(arguments: Mapping[str, Any]) -> Any:
    raise Bad("no se puede: la línea ya existe")


async def break_down(arguments: Mapping[str, Any]) -> Any:
    raise RuntimeError("secret detail")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Path]:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    handlers = {"plan/list": echo, "plan/apply": refuse, "plan/break": break_down}
    server = control.ControlServer(deep, handlers, (Bad,))
    await server.start()
    yield deep
    await server.close()


async def test_a_command_reaches_its_handler_however_deep_the_home_lies(home: Path) -> None:
    assert await control.call(home, "plan/list", {"a": "ñ"}) == {"got": {"a": "ñ"}}


async def test_a_refusal_comes_back_in_its_words(home: Path) -> None:
    with pytest.raises(control.Refused, match="la línea ya existe"):
        await control.call(home, "plan/apply", {})


async def test_a_failure_inside_says_nothing_of_the_inside(home: Path) -> None:
    with pytest.raises(control.Refused) as refused:
        await control.call(home, "plan/break", {})
    assert "secret detail" not in str(refused.value)


async def test_only_the_owner_may_open_the_socket(home: Path) -> None:
    assert stat.S_IMODE((home / control.SOCKET).stat().st_mode) == 0o600


async def test_without_an_instance_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(control.NotRunning):
        await control.call(tmp_path, "plan/list", {})


async def test_a_socket_left_by_a_crash_is_no_instance(home: Path) -> None:
    (home / control.SOCKET).rename(home / "kept")
    (home / control.SOCKET).touch()
    with pytest.raises(control.NotRunning):
        await control.call(home, "plan/list", {})
