"""The program run in this process, with streams of its own."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from unittest import mock

from idwallet.cli import main

AT: Final = "2026-11-24T12:00:00Z"


@dataclass(frozen=True)
class Ran:
    """How the program ended, and what it wrote."""

    status: int
    out: str
    err: str


class Stream(io.TextIOWrapper):
    """A stream of the program, in memory."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", write_through=True)

    def text(self) -> str:
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode("utf-8")


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[Stream, Stream]]:
    out, err = Stream(), Stream()
    with (
        mock.patch.object(sys, "stdin", Stream(stdin)),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
    ):
        yield out, err


def run(*arguments: str, stdin: bytes = b"") -> Ran:
    """Run the program as if it had been called with these arguments."""
    with _streams(stdin) as (out, err):
        status = main(arguments)
        return Ran(int(status), out.text(), err.text())
