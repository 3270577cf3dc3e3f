"""An event loop in a thread of its own, begun when it is first needed."""

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar
from weakref import finalize

from idwallet.errors import PortError

_Value = TypeVar("_Value")


class LoopThread:
    """Runs coroutines for callers of every kind, inside other event loops too."""

    def __init__(self) -> None:
        """Begin nothing yet."""
        self._lock = Lock()
        self._running: _Running | None = None
        self._closed = False

    def submit(self, work: Coroutine[Any, Any, _Value]) -> "Future[_Value]":
        """Run it in the loop and return its future.

        Raises:
            PortError: this is closed.
        """
        with self._lock:
            if self._closed:
                work.close()
                raise PortError("the fetcher is closed")
            # A process that was forked has the object and not the thread.
            if self._running is None or self._running.process != os.getpid():
                self._running = _Running()
                finalize(self, self._running.stop)
            return asyncio.run_coroutine_threadsafe(work, self._running.loop)

    @property
    def closed(self) -> bool:
        """Whether it takes no more work."""
        return self._closed

    def close(self) -> None:
        """Cancel what runs, end the thread and wait for it."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, None
        if running is not None:
            running.stop()
            running.join()


class _Running:
    """The loop and its thread, which holds nothing of whoever began it."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(
            target=_run, args=(self.loop,), name="idwallet-http", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self.process == os.getpid() and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)

    def join(self) -> None:
        if self.process == os.getpid():
            self._thread.join()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(_wind_up())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        # A look-up of a name may still be under way; its thread is not waited for.
        loop.close()


async def _wind_up() -> None:
    await asyncio.sleep(0)  # what was submitted just before the end has begun by then
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
