"""Raise the level of a signed document, and renew its archive.

kept = augment_document(
    signed, Level.B_LTA, trust=trust, policy=ARCHIVE, at=now(), authority=tsa
)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from idwallet.codec.moment import require_aware
from idwallet.documents.judging.augmenting import Augments
from idwallet.documents.judging.context import Asked
from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import (
    Documents,
    Level,
    VerifiedDocument,
    VerifiedSignature,
    only,
)
from idwallet.documents.policy import DocumentPolicy, TimestampRule
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.roles.document_signer.recognise import Format, recognise
from idwallet.roles.document_signer.verify import NAMED, require_verified
from idwallet.trust.anchors import TrustStore
from idwallet.trust.policy import RevocationRule


def _asic() -> Augments:
    from idwallet.documents.asic.augment import AsicAugmenter

    return AsicAugmenter()


def _cades() -> Augments:
    from idwallet.documents.cades.augment import CadesAugmenter

    return CadesAugmenter()


def _xades() -> Augments:
    from idwallet.documents.xades.augment import XadesAugmenter

    return XadesAugmenter()


def _jades() -> Augments:
    from idwallet.documents.jades.augment import JadesAugmenter

    return JadesAugmenter()


def _pades() -> Augments:
    from idwallet.documents.pades.augment import PadesAugmenter

    return PadesAugmenter()


# Each is loaded when a document of its format is augmented.
_AUGMENTERS: Final[Mapping[Format, Callable[[], Augments]]] = {
    Format.ASIC: _asic,
    Format.CMS: _cades,
    Format.PDF: _pades,
    Format.XML: _xades,
    Format.JWS: _jades,
}

_LEVELS: Final = tuple(Level)


def augment_document(  # noqa: PLR0913 - what verifying takes, and whom to ask
    signed: bytes,
    level: Level,
    *,
    trust: TrustStore,
    policy: DocumentPolicy,
    at: datetime,
    authority: TimestampAuthority | None = None,
    document: Documents | None = None,
) -> bytes:
    """Return a signed document raised to a level, or with its archive renewed.

    It is verified first, and again when something was added: what comes back passes
    under the same trust and policy. Nothing is changed that was there. What has the
    level already comes back as it is; B-LTA puts another archive timestamp on it each
    time, which is how an archive outlives the certificates of its timestamps: renew
    before the newest of them ends.

    `authority` stamps the time, for B-T and B-LTA. `document` is what was signed where
    it came apart: octets, or a stream that can be rewound, as a file can.

    Raises:
        VerificationFailed: a check failed; `report` on it says which.
        VerificationIndeterminate: something could not be decided, as when evidence
            about revocation is not at hand; `report.missing()` names what would settle
            it. `adapters.online` fetches that.
        UsageError: `at` has no zone; there is no authority and one is needed; the
            policy does without evidence and the level needs it; the document is a
            stream that cannot be rewound; or there would be more of something than a
            bound.
        PortError: the authority cannot be reached, or refused.
        UnsupportedError: the document is one that nothing may be added to.
    """
    require_aware(at)
    work = _Work(Asked(trust, policy, at), authority, document)
    return work.raised(signed, Level(level))


@dataclass(frozen=True, slots=True)
class _Work:
    """One augmentation: by whom it is judged, whom to ask, and what was signed."""

    asked: Asked
    authority: TimestampAuthority | None
    document: Documents | None

    def raised(self, signed: bytes, level: Level) -> bytes:
        """Go from level to level."""
        if level is Level.B_B:
            raise UsageError("every signature is of level B-B already")
        if level is not Level.B_T:
            self._require_evidence()
        found, _ = self._on_the_way(signed)
        format_ = _AUGMENTERS.get(recognise(signed))
        if format_ is None:
            raise UsageError("documents of that format are not augmented")
        augments = format_()
        if _lowest(found) is Level.B_B or self._may_stamp(found):
            signed = augments.stamped(signed, authority=self._authority())
            found, _ = self._on_the_way(signed)
        is_there = level is Level.B_T or (
            level is Level.B_LT and _reaches(found, level)
        )
        if not is_there:
            signed = self._kept(signed, level, augments=augments)
        self._verified(signed, self.asked.policy)
        return signed

    def _kept(self, signed: bytes, level: Level, *, augments: Augments) -> bytes:
        """Add what settled the verdict, and a timestamp on all of it."""
        _, asked = self._on_the_way(signed)
        signed = augments.completed(signed, settled=asked.settled)
        if level is not Level.B_LTA:
            return signed
        return augments.archived(
            signed, authority=self._authority(), document=self._given(signed)
        )

    def _on_the_way(self, signed: bytes) -> tuple[VerifiedDocument, Asked]:
        """Verify what may lack a timestamp still that the policy wants in the end."""
        policy = replace(self.asked.policy, timestamp=TimestampRule.IF_PRESENT)
        return self._verified(signed, policy)

    def _verified(
        self, signed: bytes, policy: DocumentPolicy
    ) -> tuple[VerifiedDocument, Asked]:
        settled = Settled(sparing=True)
        asked = Asked(self.asked.trust, policy, self.asked.at, settled)
        return require_verified(signed, rewound(self.document), asked=asked), asked

    def _given(self, signed: bytes) -> Any:
        """Return the same, by its name only where the format knows names."""
        document = rewound(self.document)
        if document is None or recognise(signed) in NAMED:
            return document
        return only(document)

    def _may_stamp(self, found: VerifiedDocument) -> bool:
        """Whether signatures on signatures lack a timestamp, and can get one."""
        return self.authority is not None and _lacks_a_timestamp(found.signatures)

    def _authority(self) -> TimestampAuthority:
        if self.authority is None:
            raise UsageError("a level with a timestamp needs an authority")
        return self.authority

    def _require_evidence(self) -> None:
        """Refuse a policy by which a document passes without what it is to bring."""
        if self.asked.policy.revocation is not RevocationRule.REQUIRED:
            raise UsageError("a level with evidence needs a policy that requires it")


def rewound(document: Documents | None) -> Any:
    """Return a document from its start, as what is read more than once.

    Raises:
        UsageError: it is a stream that cannot be rewound.
    """
    several = document.values() if isinstance(document, Mapping) else (document,)
    for each in several:
        if each is None or isinstance(each, bytes):
            continue
        rewind = getattr(each, "seek", None)
        if rewind is None:
            raise UsageError(
                "a document read more than once is octets, or can be rewound"
            )
        rewind(0)
    return document


def _lacks_a_timestamp(signatures: tuple[VerifiedSignature, ...]) -> bool:
    """Whether nothing proves since when a signature is there, or one on it."""
    return any(
        not each.timestamped or _lacks_a_timestamp(each.counter_signatures)
        for each in signatures
    )


def _lowest(found: VerifiedDocument) -> Level:
    return min((each.level for each in found.signatures), key=_LEVELS.index)


def _reaches(found: VerifiedDocument, level: Level) -> bool:
    return _LEVELS.index(_lowest(found)) >= _LEVELS.index(level)
