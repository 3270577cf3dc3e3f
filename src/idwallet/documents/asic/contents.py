"""Whether the files of a container are those that were signed (EN 319 162-1 4.4.4.2).

A signature on a manifest says nothing of a file but by the digest there. So each file
that the manifest names is digested and compared, and each file of the container has to
be named: one that nobody signed makes the container fail, one that this signer did not
sign is told.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from idwallet.codec.text import show
from idwallet.documents.asic.container import Container
from idwallet.documents.asic.manifest import Manifest
from idwallet.documents.policy import CoverageRule
from idwallet.envelope.cms import digest_content
from idwallet.report import Facts, Reason

Digests = Mapping[str, Mapping[str, bytes]]
"""Of each file by its name, its digests by the names of hashlib."""


class Found(NamedTuple):
    """What is said of the files under a signature, and of which file."""

    reason: Reason
    facts: Facts


def digest_files(
    container: Container,
    manifests: Iterable[Manifest],
    *,
    names: Iterable[str] = (),
    by: Iterable[str] = (),
) -> Digests:
    """Go once through every file that is to be signed or was, and digest it.

    `names` are others to be digested, `by` other digests by their names of hashlib.

    Raises:
        MalformedError: a file does not unpack to what it says.
    """
    every = (*(each.name for each in container.data), *names)
    wanted = {name: {"sha256", *by} for name in every}
    for manifest in manifests:
        for each in manifest.files:
            wanted.setdefault(each.name, set()).add(each.digest)
    found = {}
    for name, digests in wanted.items():
        entry = container.archive.named(name)
        if entry is not None:
            found[name] = digest_content(container.archive.pieces(entry), digests)
    return found


def compare(manifest: Manifest, digests: Digests, *, coverage: "Coverage") -> Found:
    """Hold a manifest against the container's files."""
    absent = None
    for each in manifest.files:
        own = digests.get(each.name)
        if own is None:
            absent = absent or each.name
        elif own[each.digest] != each.value:
            return _about(Reason.INTEGRITY_MISMATCH, each.name)
    return coverage.of({each.name for each in manifest.files}, absent=absent)


class Coverage(NamedTuple):
    """What has to be under each signature of a container.

    `data` are the files to be signed, `signed` those that some signature is on.
    """

    data: tuple[str, ...]
    signed: frozenset[str]
    rule: CoverageRule

    def of(self, names: AbstractSet[str], *, absent: str | None = None) -> Found:
        """Hold the files that a signature is on against those of the container.

        `absent` is one that it is on and that is not there.
        """
        others = [name for name in self.data if name not in names]
        for name in others:
            if name not in self.signed:
                return _about(Reason.NOT_COVERED, name)
        if absent is not None:
            return _about(Reason.NOT_AT_HAND, absent)
        if others:
            is_enough = self.rule is CoverageRule.BY_ANY
            accepted = Reason.SIGNED_BY_OTHERS_ACCEPTED
            reason = accepted if is_enough else Reason.SIGNED_BY_OTHERS
            return _about(reason, others[0])
        return Found(Reason.MATCHES, {})


def _about(reason: Reason, name: str) -> Found:
    return Found(reason, {"name": show(name)})
