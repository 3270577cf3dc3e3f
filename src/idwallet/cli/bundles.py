"""Trust bundles as files name them, each with the operator's key that is pinned."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import click

from idwallet.adapters.bundle import STATE_SUFFIX, BundleFile, FileBundleState
from idwallet.cli.faults import STREAM, about, name_of, usage_fault
from idwallet.cli.trusted import policy_named, read_public_key, read_trust
from idwallet.errors import LimitError, PortError
from idwallet.ports import BundleState
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.bundle import BundleContext
from idwallet.trust.bundle.contents import take_store
from idwallet.trust.bundle.frame import is_bundle
from idwallet.trust.bundle.state import MemoryBundleState

_Function = TypeVar("_Function", bound=Callable[..., Any])
_START: Final = 64


def operator_option(*, required: bool) -> Callable[[_Function], _Function]:
    """Take ``--operator`` and ``--bundle-state``: who makes bundles, and the last."""

    def add(function: _Function) -> _Function:
        state = click.option(
            "--bundle-state",
            metavar="FILE",
            help="What remembers the last bundle taken, so that none before it is "
            f"taken again. Default: the bundle's name with {STATE_SUFFIX}.",
        )(function)
        return click.option(
            "--operator",
            required=required,
            metavar="FILE",
            help="Who makes trust bundles: their public key or certificate, pinned, "
            "got by another way than the bundle.",
        )(state)

    return add


@dataclass(frozen=True, slots=True)
class Pinned:
    """Whom a command was told to believe about bundles, and when it judges."""

    operator: str | None
    state: str | None
    at: datetime
    policy: str = "strict"

    def context(self, bundle: str | None) -> BundleContext:
        """Return what the bundle of that name is judged by.

        None: what is remembered of no bundle, for looking only.

        Raises:
            CommandFault: the key cannot be read.
        """
        if self.operator is None:
            raise usage_fault("a trust bundle needs --operator")
        key = read_public_key(self.operator)
        policy = policy_named(self.policy)
        return BundleContext(key, self._state(bundle), self.at, policy)

    def _state(self, bundle: str | None) -> BundleState:
        if self.state is not None:
            return FileBundleState(self.state)
        if bundle is None:
            return MemoryBundleState()
        return FileBundleState(f"{bundle}{STATE_SUFFIX}")


@contextmanager
def bundle_file(source: str, *, remedy: str = "a trust bundle") -> Iterator[BundleFile]:
    """Open a file of a bundle or a delta for as long as it is read from.

    Raises:
        CommandFault: it cannot be read, or is standard input, of which no part can be
            read by itself.
    """
    if source == STREAM:
        raise usage_fault("a trust bundle is read from a file, not from a stream")
    with about(source, remedy=remedy):
        file = BundleFile(source)
    try:
        yield file
    finally:
        file.close()


@dataclass(frozen=True, slots=True)
class Believed:
    """What the options of ``--trust`` say: whom to believe, and about what."""

    sources: Sequence[str]
    names: Sequence[str]
    purpose: Purpose | tuple[Purpose, ...]
    types: Sequence[str] = ()

    def store(self, pinned: Pinned) -> TrustStore:
        """Return the store of a bundle, or of roots in files.

        Raises:
            CommandFault: a file cannot be read, a bundle stands beside others or
                without the operator's key, or there is a key and no bundle.
            VerificationFailed, VerificationIndeterminate: the bundle is refused.
        """
        bundles = [each for each in self.sources if is_bundle_file(each)]
        if not bundles:
            if pinned.operator is not None or pinned.state is not None:
                raise usage_fault("--operator is for a trust bundle in --trust")
            return read_trust(
                self.sources, names=self.names, purpose=self.purpose, types=self.types
            )
        if len(self.sources) > 1 or self.names or self.types:
            raise usage_fault(
                "a trust bundle stands alone: it says itself who may what"
            )
        return _store_of_bundle(bundles[0], pinned)


def _store_of_bundle(source: str, pinned: Pinned) -> TrustStore:
    if pinned.operator is None:
        raise usage_fault(
            f"{name_of(source)} is a trust bundle: name the key of who makes it with "
            "--operator"
        )
    context = pinned.context(source)
    with about(source, remedy="a trust bundle"):
        return take_store(BundleFile(source), context)


def is_bundle_file(source: str) -> bool:
    """Whether the file begins as a bundle does; what cannot be read does not."""
    if source == STREAM:
        return False
    try:
        with BundleFile(source) as file:
            return is_bundle(file.read(0, _START))
    except (LimitError, PortError):
        # Whoever reads it as what it should be says so in full.
        return False
