"""Every room's tables, so that the metadata is whole. Only migrations and their test import this."""

from importlib import import_module
from importlib.util import find_spec

from db.base import Base

ROOMS = (
    "mail",
    "telephony",
    "plans",
    "staff",
    "cases",
    "provisioning",
    "provisioning.numbers",
    "provisioning.alta",
    "provisioning.prompts",
    "provisioning.proof",
    "provisioning.notices",
    "provisioning.network",
    "provisioning.release",
    "provisioning.editing",
)

for _room in ROOMS:
    if find_spec(f"{_room}.tables") is not None:
        import_module(f"{_room}.tables")

metadata = Base.metadata
"""The tables of all rooms."""
