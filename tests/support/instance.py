"""A running Altavoz for tests: `altavoz run` in a process of its own, with its own home and ports."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ALTAVOZ = [sys.executable, "-m", "altavoz.commands.main"]


@dataclass
class Instance:
    """One Altavoz on ports from `base` up. Its home is traversable, so that the PBX runs unprivileged."""

    base: int
    home: Path = field(default_factory=lambda: _open_folder("altavoz-test-"))
    extra: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = tuple(ALTAVOZ)
    process: subprocess.Popen[str] | None = None
    output: str = ""
    ready_line: str = ""

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.base}"

    @property
    def sip(self) -> tuple[str, int]:
        return "127.0.0.1", self.base + 1

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "ALTAVOZ_HOME": str(self.home),
            "ALTAVOZ_HTTP": f"127.0.0.1:{self.base}",
            "ALTAVOZ_SIP": f"127.0.0.1:{self.base + 1}",
            "ALTAVOZ_AMI": f"127.0.0.1:{self.base + 2}",
            "ALTAVOZ_RTP": f"{self.base + 20}-{self.base + 219}",
            "ALTAVOZ_PBX_ROOT": str(ROOT / ".pbx"),
            "ALTAVOZ_CANARY": "",  # its calls would come at some hours and not at others
            "PYTHONUNBUFFERED": "1",
            **self.extra,
        }

    def start(self, *, examples: bool = True, seconds: float = 240) -> str:
        """Start and wait for the line "ready", which is returned. Raises with the output when it ends."""
        command = [*self.program, "run", *(["--examples"] if examples else [])]
        log = (self.home.parent / f"{self.home.name}.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdout=subprocess.PIPE, stderr=log, text=True
        )
        log.close()
        end = time.monotonic() + seconds
        assert self.process.stdout is not None
        while time.monotonic() < end and (line := self.process.stdout.readline()):
            self.output += line
            if line.startswith("ready"):
                return line
        raise AssertionError(f"did not get ready:\n{self.output}\n{self.errors()}")

    def errors(self) -> str:
        return (self.home.parent / f"{self.home.name}.log").read_text("utf-8", "replace")

    def run(self, *words: str, stdin: str | None = None, check: bool = True) -> str:
        """An `altavoz` command on this instance; its standard output."""
        done = subprocess.run(
            [*ALTAVOZ, *words],
            cwd=ROOT,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"altavoz {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + (done.stderr if not check else "")

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def add_coordinator(self, name: str, extension: str, groups: str, password: str) -> str:
        """Adds a coordinator; the SIP secret of the phone."""
        words = ["user", "add", name, "--role", "coordinator", "--extension", extension, "--groups", groups]
        text = self.run(*words, "--password-stdin", stdin=password + "\n")
        match = re.search(r"Clave SIP: (\S+)", text)
        assert match is not None, text
        return match[1]

    def get(self, path: str, token: str | None = None) -> Any:
        """GET of the API: JSON."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.http + path, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read())

    def kill(self) -> None:
        """End the service at once (-9); the PBX goes on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self, seconds: float = 15) -> float:
        """SIGTERM; how many seconds it took to end."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(seconds)
        return time.monotonic() - started

    def pbx_pid(self) -> int | None:
        """The process of its PBX, when it is alive."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.home).encode() in command and b"asterisk" in command and b"altavoz" in command:
                return int(process.name)
        return None

    def remove(self) -> None:
        """Stop everything that still runs and remove the home."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if pid := self.pbx_pid():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)
        (self.home.parent / f"{self.home.name}.log").unlink(missing_ok=True)


def _open_folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return folder


def eventually(what: Any, seconds: float = 10) -> Any:
    """The first true answer of `what()`. Raises AssertionError when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"still not true after {seconds} s: {what}")
