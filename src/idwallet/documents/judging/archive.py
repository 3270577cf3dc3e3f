"""Archive timestamps: what they prove to have existed, and since when.

The newest is judged as of now. Each that an other one covers is judged as of the moment
which that one proves, with what existed then; so is everything else that is covered:
signatures, timestamps on them, and the evidence about whoever made them (EN 319 102-1
5.6.2.3, 5.6.3.4). Certificates that ended since, and evidence that is stale today, so
decide still. A chain with a gap proves nothing below the gap.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.documents.judging.context import Judging
from idwallet.documents.judging.material import NO_MATERIAL, Material, together
from idwallet.documents.judging.stamps import JudgedStamp, Stamp, judge_stamp
from idwallet.envelope.cms import read_signed_data
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, EvidenceUsed, Reason, check
from idwallet.trust.timestamp import read_token

_TRUST: Final = CheckId.TIMESTAMP_TRUST


class Covered(NamedTuple):
    """What an archive timestamp is on: material, and whatever else by its octets.

    Among `others` are the timestamps before it, archive or not, as they came.
    """

    material: Material
    others: frozenset[bytes] = frozenset()


class ArchiveStamp(NamedTuple):
    """An archive timestamp as it came, DER, and what it has to be on.

    `imprint` returns the digest of all that it covers by a name of hashlib: none of
    these where it can be on nothing, None where the document is not at hand.
    `covered` is asked for only where the timestamp is believed.
    """

    der: bytes
    imprint: Callable[[str], bytes | None]
    covered: Callable[[], Covered]


class Archive(NamedTuple):
    """What the archive timestamps of a signature come to.

    `judging` is what all that they cover is judged with. `best` is the earliest moment
    at which the signature is proven to have existed, None where none was believed.
    """

    judging: Judging
    best: datetime | None
    checks: tuple[Check, ...]
    evidence: tuple[EvidenceUsed, ...]


def judge_archive(
    stamps: Sequence[ArchiveStamp], judging: Judging, *, subject: str
) -> Archive:
    """Judge the archive timestamps of a signature, from the newest to the oldest.

    Raises:
        LimitError: there are more than `limits.ARCHIVE_TIMESTAMPS`, or more was looked
            at than the budget lets anybody.
    """
    if len(stamps) > limits.ARCHIVE_TIMESTAMPS:
        raise LimitError(
            "too many archive timestamps", at=subject, clause="idwallet limits"
        )
    found: dict[int, JudgedStamp] = {}
    for n in _from_the_newest(stamps):
        name = f"{subject}.archive[{n}]"
        one = stamps[n]
        judged = judge_stamp(Stamp(one.der, one.imprint), judging, subject=name)
        moment = judged.proven
        if moment is not None:
            covered = one.covered()
            if _is_younger(covered, found, stamps=stamps, than=moment, judging=judging):
                judged = _out_of_order(judged, subject=name)
            else:
                judging = _proving(judging, moment, covered=covered)
        found[n] = judged
    inorder = [found[n] for n in range(len(stamps))]
    return Archive(
        judging,
        min((e.proven for e in inorder if e.proven is not None), default=None),
        tuple(each.check for each in inorder),
        tuple(used for each in inorder for used in each.evidence),
    )


def _from_the_newest(stamps: Sequence[ArchiveStamp]) -> list[int]:
    """Return their numbers, by what they say of themselves; the unreadable first."""

    def said(n: int) -> tuple[bool, float, int]:
        try:
            token = read_token(stamps[n].der, at="timestamp")
        except (MalformedError, UnsupportedError):
            return (False, 0.0, -n)
        return (True, -token.info.moment.timestamp(), -n)

    return sorted(range(len(stamps)), key=said)


def _is_younger(
    covered: Covered,
    found: dict[int, JudgedStamp],
    *,
    stamps: Sequence[ArchiveStamp],
    than: datetime,
    judging: Judging,
) -> bool:
    """Whether something that it covers is later, by what was believed of it."""
    last = than + judging.policy.clock_skew
    return any(
        judged.proven is not None
        and judged.proven > last
        and stamps[n].der in covered.others
        for n, judged in found.items()
    )


def _out_of_order(judged: JudgedStamp, *, subject: str) -> JudgedStamp:
    facts = dict(judged.check.facts)
    return judged._replace(
        check=check(_TRUST, Reason.OUT_OF_ORDER, subject=subject, facts=facts)
    )


def _proving(judging: Judging, moment: datetime, *, covered: Covered) -> Judging:
    """Add what existed at a moment: the certificates inside timestamps too."""
    held = (_inside(each, judging.budget.inside) for each in covered.others)
    material = together((covered.material, *held))
    return judging.with_proof(moment, material, tokens=covered.others)


def _inside(der: bytes, known: dict[bytes, Material]) -> Material:
    """Return what a timestamp brings; nothing where it is none. It is read once."""
    found = known.get(der)
    if found is None:
        found = known[der] = _brought(der)
    return found


def _brought(der: bytes) -> Material:
    try:
        read = read_signed_data(der, at="timestamp")
    except (MalformedError, UnsupportedError):
        return NO_MATERIAL
    return Material(read.certificates, read.crls, read.responses)


def covering(material: Material, others: Iterable[bytes] = ()) -> Covered:
    """Return that as covered."""
    return Covered(material, frozenset(others))
