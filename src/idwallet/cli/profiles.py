"""Purpose profiles that a command knows: those shipped, a bundle's, and files."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import click

from idwallet import limits
from idwallet.adapters.bundle import BundleFile
from idwallet.cli.bundles import Pinned, is_bundle_file
from idwallet.cli.faults import about, usage_fault
from idwallet.cli.files import read_input
from idwallet.codec.text import show
from idwallet.consent.purpose import (
    PurposeProfile,
    Purposes,
    purposes_of,
    read_purpose,
    shipped_purposes,
)
from idwallet.errors import UsageError
from idwallet.trust.bundle import verify_bundle

_Function = TypeVar("_Function", bound=Callable[..., Any])
_REMEDY = "a purpose profile: docs/howto/write-a-purpose-profile.md"


def profiles_option(function: _Function) -> _Function:
    """Take ``--profile``: purpose profiles beside those that are shipped."""
    return click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="FILE",
        help="A purpose profile of your own; repeat for more. It takes the place of "
        "another of its name only if it says that it supersedes it.",
    )(function)


def read_profile(source: str) -> PurposeProfile:
    """Read one purpose profile from a file.

    Raises:
        CommandFault: it cannot be read, or is none.
    """
    data = read_input(source, max_bytes=limits.PURPOSE_BYTES)
    with about(source, remedy=_REMEDY):
        return read_purpose(data, at=show(source))


def known_purposes(
    files: Sequence[str], *, bundles: Sequence[str] = (), pinned: Pinned | None = None
) -> Purposes:
    """Return the purposes that are shipped, those of a bundle, and those of files.

    `bundles` are the sources of ``--trust``; what of them is no bundle brings none.

    Raises:
        CommandFault: a file cannot be read or is no profile, or two have one name.
        VerificationFailed, VerificationIndeterminate: the bundle is refused.
    """
    brought = tuple(_of_bundles(bundles, pinned))
    own = tuple(map(read_profile, files))
    try:
        return shipped_purposes().with_profiles(brought).with_profiles(own)
    except UsageError as error:
        raise usage_fault(str(error)) from error


def _of_bundles(
    sources: Sequence[str], pinned: Pinned | None
) -> Iterator[PurposeProfile]:
    for source in sources:
        if pinned is not None and is_bundle_file(source):
            context = pinned.context(source)
            with about(source, remedy="a trust bundle"):
                found = verify_bundle(BundleFile(source), context)
                yield from purposes_of(found)
