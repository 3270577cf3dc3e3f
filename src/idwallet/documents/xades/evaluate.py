"""Whether XAdES signatures stand (ETSI EN 319 102-1), in numbered steps.

For each signature, the counter-signatures on it included:

1. its signer's certificate is found (5.2.3);
2. its timestamps are judged, and prove the earliest moment at which it existed (5.5);
3. the signature value is verified (5.2.7);
4. all that it refers to is as it was signed, and nothing is left uncovered (5.2.7);
5. what was signed beside it is what the baseline has (5.2.8, EN 319 132-1 6.3);
6. the certificate leads to an anchor, as of the proven moment (5.2.6);
7. no certificate of that path was revoked before it (5.2.6, 5.5).

Nothing that a document names is fetched: what came apart is what the caller brings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from idwallet import limits
from idwallet.codec.xml import XmlDocument, XmlNode
from idwallet.documents.judging.context import Asked, Judging, judging
from idwallet.documents.judging.outcome import (
    DOCUMENT,
    Judged,
    Judgement,
    broken_signature,
    unreadable,
    unsigned,
)
from idwallet.documents.model import Documents
from idwallet.documents.xades.archive import archive_digests
from idwallet.documents.xades.brought import Brought, addresses_in
from idwallet.documents.xades.coverage import Extent
from idwallet.documents.xades.placing import Placed, signatures_in
from idwallet.documents.xades.signature import SignatureJudge, Task
from idwallet.documents.xades.values import material_in
from idwallet.envelope.xmldsig import Place, XmlSignature, read_signature
from idwallet.errors import LimitError, MalformedError, UnsupportedError


class _Read(NamedTuple):
    """A signature as far as it can be read, and those on it."""

    placed: Placed
    found: XmlSignature | MalformedError | UnsupportedError
    counters: tuple["_Read", ...]


def evaluate(signed: bytes, document: Documents | None, *, asked: Asked) -> Judgement:
    """Judge every signature of an XML document; never raises because of it.

    `document` is what was signed where it came apart, or what has to be what came
    inside. Several come with the names that they go by.
    """
    try:
        parsed = XmlDocument.from_bytes(signed, at=DOCUMENT)
        placed = signatures_in(parsed, at=DOCUMENT)
    except (MalformedError, UnsupportedError) as error:
        return unreadable(error)
    if not placed:
        return unsigned()
    brought = Brought(document, addresses=addresses_in(parsed))
    read = [_read(each, parsed, brought=brought) for each in placed]
    brought.expect({name for each in read for name in _digests(each)})
    work = _Work(judging(asked, material_in(parsed)), brought)
    judged = tuple(
        work.judged(each, subject=f"signature[{n}]") for n, each in enumerate(read)
    )
    return Judgement(judged, content=work.content)


def _read(placed: Placed, document: XmlDocument, *, brought: Brought) -> _Read:
    place = Place(document, placed.node, brought.apart)
    found: XmlSignature | MalformedError | UnsupportedError
    try:
        found = read_signature(place, at=DOCUMENT)
    except (MalformedError, UnsupportedError) as error:
        found = error
    below = tuple(_read(each, document, brought=brought) for each in placed.counters)
    return _Read(placed, found, below)


def _digests(read: _Read) -> Iterator[str]:
    if isinstance(read.found, XmlSignature):
        yield from (each.digest for each in read.found.references)
        # What an archive timestamp is on goes on from these.
        yield from archive_digests(read.found)
    for each in read.counters:
        yield from _digests(each)


class _Work:
    """One evaluation; `content` is what the first signature is on, if it is inside."""

    def __init__(self, using: Judging, brought: Brought) -> None:
        self.content: bytes | None = None
        self._extent: Extent | None = None
        self._using = using
        self._brought = brought

    def judged(
        self,
        read: _Read,
        *,
        subject: str,
        on: XmlNode | None = None,
        using: Judging | None = None,
    ) -> Judged:
        """Judge a signature and those on it; `on` is the one that it counter-signs."""
        below = self._using if using is None else using
        try:
            judge = self._judge(read.found, below, subject=subject, on=on)
            own, below = judge.judged(), judge.using
            if on is None and self._extent is None:
                self._extent, self.content = judge.extent, judge.content
        except (MalformedError, UnsupportedError) as error:
            own = broken_signature(error, subject=subject)
        return _together(own, self._counters(read, below, subject=subject))

    def _judge(
        self,
        found: XmlSignature | MalformedError | UnsupportedError,
        using: Judging,
        *,
        subject: str,
        on: XmlNode | None,
    ) -> SignatureJudge:
        if not isinstance(found, XmlSignature):
            raise found
        if subject.count(".counter") > limits.COUNTER_SIGNATURE_DEPTH:
            raise LimitError(
                "counter-signatures too deep", at=subject, clause="idwallet limits"
            )
        task = Task(found, using, self._brought, on, self._extent)
        return SignatureJudge(task, subject=subject)

    def _counters(
        self, read: _Read, using: Judging, *, subject: str
    ) -> Iterator[Judged]:
        """Judge those on a signature, which stand wherever it does (5.2.7.2).

        An archive timestamp on it covers them too: `using` knows what that proves.
        """
        for n, each in enumerate(read.counters):
            name = f"{subject}.counter[{n}]"
            yield self.judged(each, subject=name, on=read.placed.node, using=using)


def _together(own: Judged, counters: Iterable[Judged]) -> Judged:
    """Return what a signature and those on it come to."""
    below = tuple(counters)
    verified = own.verified
    if verified is not None:
        stood = tuple(e.verified for e in below if e.verified is not None)
        verified = replace(verified, counter_signatures=stood)
    return Judged(
        (*own.checks, *(made for each in below for made in each.checks)),
        (*own.subjects, *(name for each in below for name in each.subjects)),
        verified,
        (*own.evidence, *(piece for each in below for piece in each.evidence)),
    )
