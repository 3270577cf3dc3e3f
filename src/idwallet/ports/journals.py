"""What remembers how far a batch of signatures has come."""

from typing import Protocol


class BatchJournal(Protocol):
    """Keep what a batch has signed, so that no crash makes it sign again.

    One journal belongs to one batch. It is used by several threads and processes at
    once; those that sign in other processes pickle it.
    """

    def begin(self, plan: bytes, /) -> bytes:
        """Return the plan of the batch that this journal is of.

        It is the one given where nothing was there before, durably by then; else the
        one that was given first.
        """
        ...

    def get(self, key: str, /) -> bytes | None:
        """Return what was kept under that name, or None."""
        ...

    def put(self, key: str, signed: bytes, /) -> None:
        """Keep a signed document under a name fit for a file, durably and whole."""
        ...
