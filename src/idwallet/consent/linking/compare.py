"""Hold two presentations against each other, as two verifiers who met would."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from math import perm
from types import MappingProxyType
from typing import Final, Protocol

from idwallet import limits
from idwallet.consent.linking.compact import compact_trace, issued_compact_trace
from idwallet.consent.linking.links import Link, LinkKind, LinkWeight
from idwallet.consent.linking.mdoc import issued_trace, mdoc_traces
from idwallet.consent.linking.sdjwt import sdjwt_trace
from idwallet.consent.linking.traces import Trace
from idwallet.credentials.model import Credential, Format

_CERTAIN, _LIKELY, _SHARED = LinkWeight.CERTAIN, LinkWeight.LIKELY, LinkWeight.SHARED
_HOUR: Final = 3_600
_NEAR: Final = limits.LINK_NEAR.total_seconds()
_SHORT_LIVED: Final = limits.LINK_CERTIFICATE_LIFE.total_seconds()
_TYPES: Final = frozenset({"vct", "docType"})


@dataclass(frozen=True, slots=True)
class Linkability:
    """What two presentations have in common.

    `links` is what tells that they are one person's; `shared` what they have in common
    with many others. Neither holds the value of anything.
    """

    links: tuple[Link, ...]
    shared: tuple[Link, ...]

    @property
    def kinds(self) -> frozenset[LinkKind]:
        """The kinds of what links them; empty where nothing does."""
        return frozenset(each.kind for each in self.links)


def linkability(a: str, b: str) -> Linkability:
    """Name what links two presentations, as two verifiers who compare notes see it.

    Each is one presentation as it was received: an SD-JWT VC in any serialisation, or
    a DeviceResponse in base64url, whose documents are all looked at. They may be of
    two formats. Nothing is verified, and nothing is asked of anybody; that two visits
    were made at one time, or from one address, is not seen here.

    A claim counts where its value tells more than a few people apart: of those that
    the catalogue knows it says so, of others, truth values, numbers below a thousand
    and texts of up to three characters are left out. How rare a value is, nobody can
    say who knows only two.

    Raises:
        MalformedError, LimitError, UnsupportedError: one cannot be read.
    """
    found = set(
        chain.from_iterable(
            _compare(one, other)
            for one, other in product(_traces(a, at="a"), _traces(b, at="b"))
        )
    )
    ordered = sorted(found, key=lambda each: (list(LinkKind).index(each.kind), each))
    return Linkability(
        tuple(each for each in ordered if each.weight is not _SHARED),
        tuple(each for each in ordered if each.weight is _SHARED),
    )


CARELESS: Final = frozenset(
    {
        LinkKind.SIGNATURE,
        LinkKind.HOLDER_KEY,
        LinkKind.HOLDER_KEY_ID,
        LinkKind.SALT,
        LinkKind.DIGEST,
        LinkKind.STATUS_ENTRY,
        LinkKind.STATUS_NEIGHBOUR,
        LinkKind.TIME,
    }
)
"""What copies of a batch have in common only where their issuer was careless."""


def batch_links(credentials: Sequence[Credential]) -> frozenset[LinkKind]:
    """Return what would link two copies of a batch, whatever is shown of them.

    What the claims say, and what an issuer's credentials all have in common, does not
    count: of `LinkKind` those of `CARELESS`.

    Raises:
        MalformedError, LimitError, UnsupportedError: one cannot be read.
    """
    traces = [issued_traces(each) for each in credentials]
    found = chain.from_iterable(_compare(a, b) for a, b in combinations(traces, 2))
    return CARELESS & {each.kind for each in found}


def issued_traces(credential: Credential) -> Trace:
    """Return what a credential can be known by, as its issuer made it.

    Raises:
        MalformedError, LimitError, UnsupportedError: it cannot be read.
    """
    return _ISSUED[credential.format](credential.raw, at="credential")


class _Read(Protocol):
    def __call__(self, raw: str, /, *, at: str) -> Trace: ...


_ISSUED: Final[Mapping[Format, _Read]] = MappingProxyType(
    {
        Format.SD_JWT_VC: sdjwt_trace,
        Format.MDOC: issued_trace,
        Format.COMPACT: issued_compact_trace,
    }
)


def _traces(text: str, *, at: str) -> list[Trace]:
    if "~" in text or text.lstrip().startswith("{"):
        return [sdjwt_trace(text, at=at)]
    if text.startswith(_ARRAY):
        return [compact_trace(text, at=at)]
    return mdoc_traces(text, at=at)


_ARRAY: Final = "h"  # as base64url begins of a CBOR array of four; a map has "o"


def _compare(a: Trace, b: Trace) -> Iterator[Link]:
    yield from _unique(a, b)
    yield from _status(a, b)
    yield from _times(a, b)
    yield from _order(a, b)
    yield from _issuer(a, b)
    for name in a.headers.keys() & b.headers.keys():
        if a.headers[name] == b.headers[name]:
            yield Link(LinkKind.HEADER, name, _LIKELY)
    for key in a.claims.keys() & b.claims.keys():
        yield Link(LinkKind.CLAIM, a.claims[key], _LIKELY)


def _unique(a: Trace, b: Trace) -> Iterator[Link]:
    """Compare what no two credentials share by chance, across formats too."""
    for (kind, where), found in a.unique.items():
        said = kind == LinkKind.DEVICE  # one device says many things: like with like
        for (other, there), held in b.unique.items():
            if kind == other and found & held and not (said and where != there):
                yield Link(LinkKind(kind), where, _LIKELY if said else _CERTAIN)
    for salt in a.salts.keys() & b.salts.keys():
        yield Link(LinkKind.SALT, a.salts[salt], _CERTAIN)
    if a.digests & b.digests:
        yield Link(LinkKind.DIGEST, "digests", _CERTAIN)


def _status(a: Trace, b: Trace) -> Iterator[Link]:
    if a.status is None or b.status is None or a.status[0] != b.status[0]:
        return
    one, other = a.status[1], b.status[1]
    if one == other:
        yield Link(LinkKind.STATUS_ENTRY, "status", _CERTAIN)
    elif isinstance(one, int) and isinstance(other, int) and abs(one - other) == 1:
        yield Link(LinkKind.STATUS_NEIGHBOUR, "status", _LIKELY)
    else:
        yield Link(LinkKind.STATUS_LIST, "status", _SHARED)


def _times(a: Trace, b: Trace) -> Iterator[Link]:
    """Compare moments: rounded ones are many people's (ARF 3.0.0 ISSU_36)."""
    for name in a.times.keys() & b.times.keys():
        one, other = a.times[name], b.times[name]
        if abs(one - other) > _NEAR:
            continue
        if one == other and one % _HOUR == 0:
            yield Link(LinkKind.ROUNDED_TIME, name, _SHARED)
        else:
            yield Link(LinkKind.TIME, name, _LIKELY)


def _order(a: Trace, b: Trace) -> Iterator[Link]:
    """Compare where claims stand, if chance would seldom put them there twice."""
    both = [(a.places[name], b.places[name]) for name in a.places.keys() & b.places]
    among = min((min(one.among, other.among) for one, other in both), default=0)
    if not both or any(one.position != other.position for one, other in both):
        return
    if among >= len(both) and perm(among, len(both)) >= limits.LINK_CHANCES:
        yield Link(LinkKind.DIGEST_ORDER, "digests", _LIKELY)


def _issuer(a: Trace, b: Trace) -> Iterator[Link]:
    if a.signer is not None and a.signer == b.signer:
        if a.signer.seconds <= _SHORT_LIVED:
            yield Link(LinkKind.CERTIFICATE, "issuer certificate", _LIKELY)
        else:
            yield Link(LinkKind.ISSUER, "issuer certificate", _SHARED)
    for name in a.common.keys() & b.common.keys():
        if a.common[name] == b.common[name]:
            kind = LinkKind.CREDENTIAL_TYPE if name in _TYPES else LinkKind.ISSUER
            yield Link(kind, name, _SHARED)
