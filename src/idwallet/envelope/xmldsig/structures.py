"""XML signatures that were read and not yet judged, and what a judged one covers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import NamedTuple

from idwallet.codec.xml import Canonicalization, XmlDocument, XmlNode
from idwallet.crypto.schemes import SignatureScheme
from idwallet.envelope.xmldsig.apart import Apart
from idwallet.report import Reason


class Coverage(StrEnum):
    """What a reference of a signature is to."""

    DOCUMENT = "document"
    """All of the document that the signature stands in, but for the signature."""

    PART = "part"
    """One element of it."""

    DETACHED = "detached"
    """Octets that came apart, under the reference's address."""


class Removal(Enum):
    """Which signatures are taken out of what a reference is to."""

    NONE = "none"
    OWN = "own"
    """The one that has the reference (XMLDSig 1.1 section 6.6.4)."""

    EVERY = "every"
    """All of them, so that several people can sign side by side."""


class Steps(NamedTuple):
    """What is done to the target of a reference before it is digested.

    `form` is the canonical form that is made of it, None where the default is, or where
    it is octets; `is_base64` says that it is what its text spells.
    """

    removal: Removal = Removal.NONE
    form: Canonicalization | None = None
    prefixes: tuple[str, ...] = ()
    is_base64: bool = False


class Reference(NamedTuple):
    """What a reference says, its transforms known and its target found.

    `node` is the target within the document; `apart` is what came apart. Where both
    are None, nothing at hand is what it refers to. `id` is what it is called itself.
    """

    uri: str
    type: str | None
    id: str | None
    coverage: Coverage
    node: XmlNode | None
    apart: Apart | None
    steps: Steps
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
    A stream that came apart is not held: then there are none.
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
