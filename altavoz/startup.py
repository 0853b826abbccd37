"""What a person sees while Altavoz starts: each step, how long it took, and at the end how to get in."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status


class StartupFailed(Exception):
    """Altavoz cannot start; the text says what to change."""


class Steps:
    """Progress of a start on standard output: a line a step, a spinner where the terminal has one."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._spinner: Status | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        with self._console.status(title) as self._spinner:
            if not self._console.is_terminal:
                self._line(f"· {title}…")
            yield
        self._spinner = None
        self._line(f"✓ {title} ({time.monotonic() - started:.1f} s)")

    def say(self, text: str) -> None:
        """A detail of the step under way."""
        if self._spinner is not None and self._console.is_terminal:
            self._spinner.update(text)
        else:
            self._line(f"  {text}")

    def ready(self, address: str, sip: str, password: str | None) -> None:
        """The last line of a start: the console's address and, the first time, how to sign in."""
        words = [f"ready — consola {address}", f"teléfonos SIP {sip}"]
        if password is not None:
            words += ["usuario admin", f"contraseña de un solo uso {password}"]
        self._line(" · ".join(words))

    def failed(self, text: str) -> None:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"✗ {text}", markup=False)

    def _line(self, text: str) -> None:
        self._console.print(text, markup=False)
        sys.stdout.flush()
