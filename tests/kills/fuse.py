"""A fuse: kills its own process, as `kill -9` would, at the nth crossing of a point."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

Step = Callable[..., Awaitable[Any]]


class Fuse:
    """Kills this process at the nth crossing of one point."""

    def __init__(self, point: str, crossing: int) -> None:
        self.point, self.left = point, crossing

    def cross(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def before(self, point: str, step: Step) -> Step:
        async def crossed(*args: Any, **kwargs: Any) -> Any:
            self.cross(point)
            return await step(*args, **kwargs)

        return crossed

    def after(self, point: str, step: Step) -> Step:
        async def crossed(*args: Any, **kwargs: Any) -> Any:
            result = await step(*args, **kwargs)
            self.cross(point)
            return result

        return crossed
