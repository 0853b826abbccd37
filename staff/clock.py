"""What the room's parts are given to know the time."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
