"""A bell: somebody waits for the next change without asking again and again."""

import asyncio


class Bell:
    """Counts changes; `wait` returns as soon as the count differs from the one already seen."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Tell everybody who waits that something changed."""
        self.count += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def wait(self, seen: int, timeout: float) -> int:
        """Wait up to `timeout` seconds for a change after `seen`; the present count."""
        if self.count != seen or timeout <= 0:
            return self.count
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter, timeout)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(waiter)
        return self.count
