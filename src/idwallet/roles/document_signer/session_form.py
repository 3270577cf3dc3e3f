"""Signing sessions as they travel between devices (docs/reference/signing-session.md).

Whoever receives one reads it without trust: it says what is to be signed. Only who
prepared it can tell whether it is unchanged, and does so at the end.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, cast

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.codec.numeric_date import numeric_date
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.documents.model import Document, pieces
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.roles.document_signer.sign import PROFILES, Profile
from idwallet.roles.document_signer.written_profile import read_profile, write_profile

if TYPE_CHECKING:
    from idwallet.roles.document_signer.to_be_signed import ToBeSigned
    from idwallet.roles.issuer import CertificateChain

CLAUSE: Final = "idwallet signing session 1"
SESSION: Final = "idwallet-signing-session/1"
DIGESTS: Final = ("sha256", "sha384", "sha512")
"""By which a document is digested: every algorithm needs one of them."""

_ANY_VERSION: Final = "idwallet-signing-session/"
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """What the signer is shown, who it is, and how long there is for it.

    `name` is the document's, `purpose` says why it is to be signed, `described` are
    codes of what a description of the document found. With `signer` nobody else than
    the holder of that key can finish the session.
    """

    name: str
    purpose: str = ""
    described: tuple[str, ...] = ()
    signer: PublicKey | None = None
    lifetime: timedelta = limits.SESSION_LIFETIME

    def __post_init__(self) -> None:
        """Refuse terms that no session has.

        Raises:
            UsageError: no name, a text or list that is too long, or a lifetime that is
                not positive or passes `limits.SESSION_LIFETIME_MAXIMUM`.
        """
        if not self.name.strip():
            raise UsageError("a document that is to be signed has a name")
        texts = (self.name, self.purpose, *self.described)
        if max(map(len, texts)) > limits.SESSION_TEXT_CHARACTERS:
            raise UsageError("a text of a session is too long")
        if len(self.described) > limits.SESSION_CODES:
            raise UsageError("a session carries not so many codes")
        if not timedelta(0) < self.lifetime <= limits.SESSION_LIFETIME_MAXIMUM:
            raise UsageError("a session lives longer than nothing and at most a month")


@dataclass(frozen=True, slots=True, repr=False)
class SigningSession:
    """A document that is to be signed, as `SigningSessions.prepare` fixed it.

    Read from octets, nothing of it is verified: the signer compares the document at
    hand (`is_for`) and the texts (safe to show) with what was agreed on. `digests` are
    of the document as a whole, `size` is its length in octets. `signer` is the RFC 7638
    thumbprint of the key that shall sign, "" for anybody's. `identity` is random;
    `named` is the name as it came, for formats that sign it.
    """

    identity: bytes
    named: str
    profile: Profile
    name: str
    purpose: str
    described: tuple[str, ...]
    size: int
    digests: Mapping[str, bytes]
    signer: str
    prepared: datetime
    expires: datetime
    body: bytes
    seal: bytes

    def __repr__(self) -> str:
        """Show the kind of signature and until when."""
        return f"SigningSession({type(self.profile).__name__}, {self.expires})"

    def to_bytes(self) -> bytes:
        """Return the session as it travels."""
        return write_json(self.members())

    def members(self) -> JsonObject:
        """Return the members of its JSON object."""
        body, seal = b64.encode_each([self.body, self.seal])
        return {"format": SESSION, "body": body, "seal": seal}

    @classmethod
    def from_bytes(cls, data: bytes) -> "SigningSession":
        """Read a session, and verify nothing.

        Raises:
            MalformedError: it is none.
            LimitError: it is longer than `limits.SESSION_BYTES`.
            UnsupportedError: it is of another version.
        """
        return read_session(open_object(data))

    def is_for(self, document: Document) -> bool:
        """Whether this is the document that the session was prepared for."""
        return digested(document, size=self.size).whole == self.digests["sha256"]

    def with_certificate(
        self,
        certificates: "CertificateChain",
        *,
        algorithm: Algorithm | None = None,
        document: Document | None = None,
    ) -> "ToBeSigned":
        """Return what the key of the first certificate has to sign.

        `certificates` is its chain, leaf first; an RSA key signs with PS256 unless it
        is said. `document` is needed once more by formats that sign more than a digest
        of it, and is compared first. Nothing else is verified here: see
        `SigningSessions.finish`.

        Raises:
            MalformedError, UnsupportedError: a certificate cannot be read, or the
                document is none of the format.
            UsageError: the algorithm is not one of the key, somebody else was asked to
                sign, or the document is missing or another one.
        """
        from idwallet.roles.document_signer.to_be_signed import with_certificate

        return with_certificate(
            self, certificates, algorithm=algorithm, document=document
        )


@dataclass(frozen=True, slots=True)
class DocumentDigest:
    """The SHA-256 of a document, and of so much of it as was there before."""

    whole: bytes
    beginning: bytes


def digested(document: Document, *, size: int) -> DocumentDigest:
    """Digest a document, and its first `size` octets, in one go."""
    whole, beginning, left = hashlib.sha256(), hashlib.sha256(), size
    for piece in pieces(document):
        whole.update(piece)
        beginning.update(piece[:left])
        left = max(0, left - len(piece))
    return DocumentDigest(whole.digest(), beginning.digest())


def write_body(
    profile: Profile,
    terms: SessionTerms,
    *,
    document: Document,
    identity: bytes,
    at: datetime,
) -> bytes:
    """Return the body of a new session: all that is fixed now.

    Raises:
        UsageError: the profile is none, or holds what does not travel.
    """
    size, work = 0, {name: hashlib.new(name) for name in DIGESTS}
    for piece in pieces(document):
        size += len(piece)
        for each in work.values():
            each.update(piece)
    prepared = at.replace(microsecond=0)
    body: JsonObject = {
        "id": b64.encode(identity),
        "prepared": int(prepared.timestamp()),
        "expires": int((prepared + terms.lifetime).timestamp()),
        "profile": write_profile(profile),
        "name": terms.name,
        "purpose": terms.purpose,
        "described": [*terms.described],
        "size": size,
        "digests": {name: b64.encode(each.digest()) for name, each in work.items()},
        "signer": "" if terms.signer is None else terms.signer.thumbprint,
    }
    return write_json(body)


def open_object(data: bytes) -> JsonObject:
    """Open what travels, and require its version.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `SigningSession.from_bytes`.
    """
    found = read_object(
        data, at="session", clause=CLAUSE, max_bytes=limits.SESSION_BYTES
    )
    version = found.get("format")
    if version == SESSION:
        return found
    if isinstance(version, str) and version.startswith(_ANY_VERSION):
        raise UnsupportedError("version of a session", at="/format", clause=CLAUSE)
    raise MalformedError("no signing session", at="/format", clause=CLAUSE)


def read_session(found: JsonObject) -> SigningSession:
    """Read a session from its JSON object, and verify nothing.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `SigningSession.from_bytes`.
    """
    body = octets(found, "body")
    values = read_object(
        body, at="/body", clause=CLAUSE, max_bytes=limits.SESSION_BYTES
    )
    if set(values) != _MEMBERS:
        raise MalformedError("a member too many or too few", at="/body", clause=CLAUSE)
    identity = octets(values, "id")
    if len(identity) != _ID_BYTES:
        raise MalformedError("no identifier", at="/body/id", clause=CLAUSE)
    profile = read_profile(values["profile"], known=PROFILES)
    return SigningSession(
        identity=identity,
        named=_text(values, "name"),
        profile=_profile(profile),
        name=show(_text(values, "name")),
        purpose=show(_text(values, "purpose"), limit=limits.SESSION_TEXT_CHARACTERS),
        described=_codes(values["described"]),
        size=_size(values["size"]),
        digests=_digests(values["digests"]),
        signer=_text(values, "signer"),
        prepared=_moment(values, "prepared"),
        expires=_moment(values, "expires"),
        body=body,
        seal=octets(found, "seal"),
    )


_MEMBERS: Final = frozenset(
    {"id", "prepared", "expires", "profile", "name", "purpose", "described"}
    | {"size", "digests", "signer"}
)


def _profile(found: object) -> Profile:
    if not isinstance(found, tuple(PROFILES.values())):
        raise MalformedError("no profile", at="/body/profile", clause=CLAUSE)
    return cast("Profile", found)


def octets(found: JsonObject, name: str) -> bytes:
    """Return a member that is octets as base64url.

    Raises:
        MalformedError: it is none.
    """
    return b64.decode(_text(found, name), at=f"/{name}", clause=CLAUSE)


def _text(found: JsonObject, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise MalformedError("no text", at=f"/{name}", clause=CLAUSE)
    return value


def _codes(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MalformedError("no list of codes", at="/described", clause=CLAUSE)
    if len(value) > limits.SESSION_CODES:
        raise LimitError("too many codes", at="/described", clause="idwallet limits")
    return tuple(show(str(each)) for each in value)


def _size(value: JsonValue) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedError("no length", at="/size", clause=CLAUSE)
    return value


def _digests(value: JsonValue) -> Mapping[str, bytes]:
    if not isinstance(value, dict) or set(value) != set(DIGESTS):
        raise MalformedError("not the digests", at="/digests", clause=CLAUSE)
    found = {name: octets(value, name) for name in DIGESTS}
    if any(len(each) != hashlib.new(name).digest_size for name, each in found.items()):
        raise MalformedError("no digest", at="/digests", clause=CLAUSE)
    return found


def _moment(found: JsonObject, name: str) -> datetime:
    moment = numeric_date(found[name])
    if moment is None:
        raise MalformedError("no moment", at=f"/{name}", clause=CLAUSE)
    return moment.astimezone(UTC)
