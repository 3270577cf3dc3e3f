"""One trust anchor: somebody who is believed, and about what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonValue, read_object
from idwallet.codec.moment import require_aware
from idwallet.codec.pem import read_pem
from idwallet.codec.text import show
from idwallet.codec.web import read_web_address
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.did import read_did


class Purpose(StrEnum):
    """What an anchor is believed about; one for each side of the table.

    The CA of an anchor for `ISSUE_CREDENTIALS` or `ATTEST_WALLETS` is also believed
    about who signs the status lists of what is issued under it. `SIGN_STATUS_LISTS` by
    itself is for somebody else, registered for the addresses of lists in place of
    issuers' names.
    `REGISTER_READERS` is for who signs registration certificates of relying parties
    (ETSI TS 119 475), `ATTEST_READERS` for who signs verifier attestations (OpenID4VP
    1.0 section 12), `ATTEST_WALLETS` for providers of wallets, who attest them and
    their keys (OpenID4VCI 1.0 Appendices D and E), `SIGN_TRUSTED_LISTS` for the
    operators of lists of trust, `SIGN_TIMESTAMPS` for authorities that stamp the time
    (RFC 3161), `SIGN_DOCUMENTS` for people and seals that sign documents.
    """

    ISSUE_CREDENTIALS = "issue_credentials"
    READ_CREDENTIALS = "read_credentials"
    SIGN_STATUS_LISTS = "sign_status_lists"
    REGISTER_READERS = "register_readers"
    ATTEST_READERS = "attest_readers"
    ATTEST_WALLETS = "attest_wallets"
    SIGN_TRUSTED_LISTS = "sign_trusted_lists"
    SIGN_TIMESTAMPS = "sign_timestamps"
    SIGN_DOCUMENTS = "sign_documents"


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A public key believed by its `kid` (RFC 7517 4.5), with no certificate."""

    kid: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when something may be relied on; both ends are included."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        """Refuse what cannot be compared with a moment judged.

        Raises:
            UsageError: a moment has no zone, or they are the wrong way round.
        """
        require_aware(self.since, self.until)
        if self.since > self.until:
            raise UsageError("validity ends before it begins")


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """Somebody who is believed for named purposes: a certificate or pinned keys.

    The certificate is a CA's, or a signer's own, which certifies nobody.
    `name` is what people know it by. `issuer_names` are the `iss` or `client_id`
    values it may answer for; how they bind is docs/adr/0002-issuer-names.md.
    `jurisdiction` is an ISO 3166 code, for the application's own rules. `key_purposes`
    are extended key usages (dotted OIDs) that this anchor's scheme gives its signers
    beside those that `idwallet.trust.path` accepts anyway. `validity` bounds the anchor
    itself, beside the validity of its certificate.

    `credential_types` are the types (`vct`) that may be issued under it. Left empty it
    restricts nothing: everybody certified below the anchor is believed about every
    type, a school about identity cards too. Name the types wherever you know them.

    `distrusted_after` is the moment from which on somebody else may have signed with
    the keys of the anchor, or below it: what has no proof from before counts no more
    (docs/adr/0013-an-issuer-distrusted-from-a-date-on.md). `successors` are the SHA-256
    digests of the SubjectPublicKeyInfo of keys that it announced to follow its own;
    they are believed
    only once they are an anchor themselves.

    `fetch_origins` are whom what is signed under the anchor may have asked, as
    ``https://status.example``, for status lists, revocation and type metadata, where
    the application fetches at all. Left empty nobody is asked. An ``http`` origin is
    for what is signed itself, as CRLs are (RFC 5280 section 8).

    `dids` are decentralized identifiers that are believed to be who `name` says, in
    place of a certificate or keys: their keys are in the identifier itself or in its
    document (`idwallet.trust.did`). They are for who asks, and for nothing else.
    """

    name: str
    purposes: frozenset[Purpose]
    jurisdiction: str | None = None
    issuer_names: frozenset[str] = frozenset()
    certificate: Certificate | None = None
    keys: tuple[PinnedKey, ...] = ()
    key_purposes: frozenset[str] = frozenset()
    validity: Validity | None = None
    credential_types: frozenset[str] = frozenset()
    distrusted_after: datetime | None = None
    successors: frozenset[bytes] = frozenset()
    fetch_origins: frozenset[str] = frozenset()
    dids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse an anchor that nothing could be believed by.

        Raises:
            UsageError: no purpose; not exactly one of certificate, keys and
                identifiers; keys of no name, or twice; what is no identifier; a CA that
                must not certify; types of who issues none; a moment without a zone;
                what is no origin.
        """
        if not self.purposes:
            raise UsageError("a trust anchor needs a purpose")
        ways = (self.certificate is not None, bool(self.keys), bool(self.dids))
        if sum(ways) != 1:
            raise UsageError(
                "a trust anchor is one certificate, or pinned keys or identifiers"
            )
        if self.certificate is not None:
            _require_certifying(self.certificate)
        elif self.keys and not self.issuer_names:
            raise UsageError("pinned keys need the names they sign under")
        _require_dids(self.dids, self.purposes)
        if len({each.kid for each in self.keys}) != len(self.keys):
            raise UsageError("a key identifier stands for two pinned keys")
        if self.credential_types and Purpose.ISSUE_CREDENTIALS not in self.purposes:
            raise UsageError("credential types bound an anchor that issues none")
        if self.distrusted_after is not None:
            require_aware(self.distrusted_after)
        _require_origins(self.fetch_origins)

    @staticmethod
    def from_certificate(
        certificate: bytes | str,
        *,
        name: str,
        purposes: Iterable[Purpose],
        issuer_names: Iterable[str] = (),
        jurisdiction: str | None = None,
        credential_types: Iterable[str] = (),
    ) -> "TrustAnchor":
        """Make an anchor of one CA certificate, PEM or DER.

        Raises:
            MalformedError: it is no certificate, or more than one.
            UnsupportedError: it is of a kind not read here.
            UsageError: it is not a CA certificate, or a rule of the class is broken.
        """
        found = _read(certificate)
        if not found.is_ca:
            raise UsageError("the certificate of a trust anchor must be a CA's")
        return TrustAnchor(
            name=name,
            purposes=frozenset(purposes),
            jurisdiction=jurisdiction,
            issuer_names=frozenset(issuer_names),
            certificate=found,
            credential_types=frozenset(credential_types),
        )

    @staticmethod
    def from_signer_certificate(
        certificate: bytes | str,
        *,
        name: str,
        purposes: Iterable[Purpose],
        jurisdiction: str | None = None,
    ) -> "TrustAnchor":
        """Make an anchor of one signer's own certificate, PEM or DER.

        Only what is signed with this very certificate is believed, whoever issued it,
        as lists of trust have it (ETSI TS 119 602 Annex D).

        Raises:
            MalformedError, UnsupportedError: see `from_certificate`.
            UsageError: it is a CA certificate, or a rule of the class is broken.
        """
        found = _read(certificate)
        if found.is_ca:
            raise UsageError("the certificate of a CA signs certificates only")
        return TrustAnchor(name, frozenset(purposes), jurisdiction, certificate=found)

    @property
    def signs_directly(self) -> bool:
        """Whether its certificate is a signer's own, and no CA's."""
        return self.certificate is not None and not self.certificate.is_ca

    @staticmethod
    def from_jwks(
        jwks: Mapping[str, JsonValue] | str | bytes,
        *,
        name: str,
        purposes: Iterable[Purpose],
        issuer_names: Iterable[str],
        jurisdiction: str | None = None,
        credential_types: Iterable[str] = (),
    ) -> "TrustAnchor":
        """Make an anchor of the keys of a JWK Set (RFC 7517 section 5).

        Every key needs a ``kid``: it is chosen by registered name and ``kid``, never
        by what a token embeds.

        Raises:
            MalformedError: it is no JWK Set, or a key in it is broken or lacks ``kid``.
            UnsupportedError: a key is of a kind not read here.
            UsageError: a rule of the class is broken.
        """
        return TrustAnchor(
            name=name,
            purposes=frozenset(purposes),
            jurisdiction=jurisdiction,
            issuer_names=frozenset(issuer_names),
            keys=pinned_keys(jwks, at="jwks"),
            credential_types=frozenset(credential_types),
        )

    @staticmethod
    def from_dids(
        dids: Iterable[str],
        *,
        name: str,
        purposes: Iterable[Purpose] = (Purpose.READ_CREDENTIALS,),
        fetch_origins: Iterable[str] = (),
    ) -> "TrustAnchor":
        """Make an anchor of decentralized identifiers of one party.

        Of a ``did:web`` the document has to be at hand (`DidDocumentAtHand`), or
        `fetch_origins` names whom an application may ask for it.

        Raises:
            UsageError: what is no identifier, or of a method not known here.
        """
        return TrustAnchor(
            name=name,
            purposes=frozenset(purposes),
            fetch_origins=frozenset(fetch_origins),
            dids=frozenset(dids),
        )

    def with_validity(self, *, since: datetime, until: datetime) -> "TrustAnchor":
        """Return the anchor bounded to these moments, both included.

        Raises:
            UsageError: a moment has no zone, or they are the wrong way round.
        """
        return replace(self, validity=Validity(since, until))

    def with_fetch_origins(self, *origins: str) -> "TrustAnchor":
        """Return the anchor with these origins to fetch from.

        Raises:
            UsageError: one is no origin like ``https://status.example``.
        """
        return replace(self, fetch_origins=frozenset(origins))

    def with_key_purposes(self, *oids: str) -> "TrustAnchor":
        """Return the anchor with these extended key usages for its signers."""
        return replace(self, key_purposes=frozenset(oids))


def allows_type(anchor: TrustAnchor, vct: str) -> bool:
    """Whether a credential of that type may be issued under the anchor.

    Types are compared to the letter (SD-JWT VC section 2.2.2.1); one that extends a
    registered type is another type. Ask about each type that the credential gives
    itself, those of ``aka_vcts`` too: with any of them it answers a query.
    """
    return not anchor.credential_types or vct in anchor.credential_types


def _require_dids(dids: frozenset[str], purposes: frozenset[Purpose]) -> None:
    if dids and purposes != {Purpose.READ_CREDENTIALS}:
        raise UsageError("identifiers are believed about who asks, and nothing else")
    if len(dids) > limits.DID_DOCUMENTS_AT_HAND:
        raise UsageError("more identifiers than limits.DID_DOCUMENTS_AT_HAND")
    for each in dids:
        try:
            read_did(each, at="dids")
        except (MalformedError, UnsupportedError) as error:
            raise UsageError(f"no identifier known here: {error}") from error


def _require_origins(origins: frozenset[str]) -> None:
    if len(origins) > limits.FETCH_ORIGINS:
        raise UsageError("more origins to fetch from than limits.FETCH_ORIGINS")
    for each in origins:
        try:
            exact = read_web_address(each, at="fetch origin").origin == each
        except MalformedError:
            exact = False
        if not exact:
            raise UsageError(f"no origin like https://status.example: {show(each)}")


def _require_certifying(certificate: Certificate) -> None:
    usage = certificate.key_usage
    if certificate.is_ca and usage is not None and KeyUsage.KEY_CERT_SIGN not in usage:
        raise UsageError("the certificate of a trust anchor must be a CA's")


def _read(certificate: bytes | str) -> Certificate:
    if isinstance(certificate, bytes) and certificate[:1] == _SEQUENCE:
        return Certificate.from_der(certificate, at="anchor")
    blocks = read_pem(certificate, at="anchor")
    if len(blocks) != 1 or blocks[0].label != "CERTIFICATE":
        what = "not exactly one certificate"
        raise MalformedError(what, at="anchor", clause="RFC 7468 §5")
    return Certificate.from_der(blocks[0].der, at="anchor")


_SEQUENCE: Final = b"\x30"


def pinned_keys(
    jwks: Mapping[str, JsonValue] | str | bytes, *, at: str
) -> tuple[PinnedKey, ...]:
    """Return the keys of a JWK Set (RFC 7517 section 5), each with its ``kid``.

    Raises:
        MalformedError: it is no JWK Set, or a key in it is broken or lacks ``kid``.
        UnsupportedError: a key is of a kind not read here.
    """
    given = read_object(jwks, at=at) if isinstance(jwks, str | bytes) else jwks
    keys = given.get("keys")
    if not isinstance(keys, list) or not keys:
        raise MalformedError("no keys", at="/keys", clause="RFC 7517 §5.1")
    if len(keys) > limits.TRUST_ANCHORS:
        raise LimitError("too many keys", at="/keys", clause="idwallet limits")
    return tuple(_pinned_key(jwk, at=f"/keys/{n}") for n, jwk in enumerate(keys))


def _pinned_key(jwk: JsonValue, *, at: str) -> PinnedKey:
    if not isinstance(jwk, dict):
        raise MalformedError("a key is no object", at=at, clause="RFC 7517 §5.1")
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not kid:
        raise MalformedError("a key has no kid", at=at, clause="RFC 7517 §4.5")
    return PinnedKey(kid, PublicKey.from_jwk(jwk, at=at))
