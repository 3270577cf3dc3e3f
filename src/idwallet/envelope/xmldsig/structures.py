"""XML signatures that were read and not yet judged, and what a judged one covers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.crypto.schemes import SignatureScheme
from idwallet.report import Reason


class Coverage(StrEnum):
    """What a reference of a signature is to."""

    DOCUMENT = "document"
    """All of the document that the signature stands in, but for the signature."""

    PART = "part"
    """One element of it."""

    DETACHED = "detached"
    """Octets that came apart, under the reference's address."""


class Reference(NamedTuple):
    """What a reference says, its transforms known and its target found.

    `node` is the target within the document; `octets` is what came apart. Where both
    are None, nothing at hand is what it refers to.
    """

    uri: str
    type: str | None
    coverage: Coverage
    node: XmlNode | None
    octets: bytes | None
    is_enveloped: bool
    form: Canonicalization | None
    prefixes: tuple[str, ...]
    digest: str
    value: bytes

    def __repr__(self) -> str:
        """Show nothing: what is referred to may be personal."""
        return f"Reference(<{self.coverage.value}>)"


@dataclass(frozen=True, slots=True)
class XmlSignature:
    """One signature with what it says; nothing of it is believed yet.

    `signed_info` is what the signature value covers, canonical. `algorithm` is what the
    sender claims, and `scheme` what is known by it, None where it is none of ours.
    `certificates` (DER) came in KeyInfo: a hint that anybody may have written, the one
    first that the signature itself names, if it does. `is_below_root` says that the
    signature stands right below the document's outermost element.
    """

    node: XmlNode = field(repr=False)
    document: XmlDocument = field(repr=False)
    algorithm: str
    scheme: SignatureScheme | None
    signed_info: bytes = field(repr=False)
    value: bytes = field(repr=False)
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...] = field(repr=False)
    is_below_root: bool
    at: str


class Covered(NamedTuple):
    """What a valid signature covers, as the octets that were digested.

    Read them, and nothing else of the document: all else may have been put beside it.
    """

    uri: str
    type: str | None
    coverage: Coverage
    octets: bytes

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"Covered(<{len(self.octets)} bytes of {self.coverage.value}>)"


class XmlJudgement(NamedTuple):
    """What became of a signature.

    `covered` holds something only where `reason` is VALID. `signing_time` is what the
    signer says (XAdES), proven by nothing.
    """

    reason: Reason
    covered: tuple[Covered, ...] = ()
    signing_time: datetime | None = None
