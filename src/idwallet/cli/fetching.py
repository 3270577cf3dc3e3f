"""Judging with a network, where the command says so (``--fetch``)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from idwallet import limits
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.files import read_input
from idwallet.cli.screen import note
from idwallet.cli.words import Speech
from idwallet.errors import PortError
from idwallet.report import Need
from idwallet.trust.anchors import TrustStore

if TYPE_CHECKING:
    from idwallet.adapters.http import HttpFetcher
    from idwallet.adapters.online import Online


@dataclass(frozen=True, slots=True)
class Fetching:
    """Whether to fetch at all, whom to ask, and what of one's own network."""

    wanted: bool
    origins: tuple[str, ...]
    private_hosts: tuple[str, ...]
    roots: str | None

    def require_meant(self, *, asks_authority: bool = False) -> None:
        """Refuse what says how to fetch where nothing is fetched.

        An authority for timestamps is asked by the same rules, but for whom.

        Raises:
            CommandFault: an option belongs to ``--fetch``, which is not there.
        """
        how = () if asks_authority else (*self.private_hosts, self.roots)
        if not self.wanted and any((*self.origins, *how)):
            raise usage_fault("--fetch-from and its like say how to --fetch: add it")

    def named(self, trust: TrustStore) -> TrustStore:
        """Return the trust store whose anchors name these origins too.

        Raises:
            CommandFault: one is no origin, or nobody is named at all.
        """
        if not self.origins and any(each.fetch_origins for each in trust.anchors):
            return trust
        with about("--fetch-from"):
            anchors = [
                each.with_fetch_origins(*each.fetch_origins, *self.origins)
                for each in trust.anchors
            ]
        if not any(each.fetch_origins for each in anchors):
            raise usage_fault(
                "--fetch asks only whom an anchor names: say who with --fetch-from, "
                "like https://status.example"
            )
        return TrustStore(anchors, evidence=trust.evidence)

    @contextmanager
    def online(
        self, trust: TrustStore, *, at: datetime, speech: Speech
    ) -> Iterator["Online"]:
        """Open the network for as long as the block runs.

        Raises:
            CommandFault: the package that fetches is not installed, or the roots
                cannot be read.
        """
        named = self.named(trust)

        def failed(_: Need, error: PortError) -> None:
            note(speech.say("fetch.failed", error=str(error)))

        with self.fetcher(at) as fetcher:
            from idwallet.adapters.online import Online

            yield Online(named, fetcher=fetcher, failed=failed, clock=lambda: at)

    def fetcher(self, at: datetime) -> "HttpFetcher":
        """Return what fetches by these rules; close it.

        Raises:
            CommandFault: the package that fetches is not installed, or the roots
                cannot be read.
        """
        roots = None
        if self.roots is not None:
            data = read_input(self.roots, max_bytes=limits.PEM_BYTES)
            roots = data.decode("ascii", "replace")
        # Half the time of a command goes into loading httpx: only where it is used.
        with about(self.roots or "--fetch"):
            from idwallet.adapters.http import HttpFetcher

            return HttpFetcher(
                private_hosts=own_network(self.private_hosts),
                roots=roots,
                clock=lambda: at,
            )


def own_network(named: tuple[str, ...]) -> tuple[str, ...]:
    """Return which hosts may be in a private network, here and in the environment.

    A job's runner says it once for all commands, by ``IDWALLET_PRIVATE_HOSTS``, with
    white space between names. It lets nothing be fetched that is not asked for.
    """
    return (*named, *os.environ.get("IDWALLET_PRIVATE_HOSTS", "").split())
