"""A carrier that answers OPTIONS and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_KEPT = ("via:", "from:", "to:", "call-id:", "cseq:")


@contextmanager
def answering_options(host: str, port: int) -> Iterator[None]:
    """Somebody answers SIP OPTIONS by UDP at that address meanwhile."""
    over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind((host, port))
        sip.settimeout(0.2)
        thread = threading.Thread(target=_answer, args=(sip, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _answer(sip: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        try:
            asked, whence = sip.recvfrom(4096)
        except TimeoutError:
            continue
        lines = asked.decode().split("\r\n")
        kept = [line for line in lines if line.lower().startswith(_KEPT)]
        sip.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), whence)
