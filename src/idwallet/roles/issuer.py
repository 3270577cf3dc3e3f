"""Issue credentials."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, write_json
from idwallet.codec.pem import read_pem
from idwallet.credentials.model import Credential, Format
from idwallet.credentials.possession import HolderKey, ProvenKey
from idwallet.credentials.sdjwt.conceal import SaltSource, random_salts
from idwallet.credentials.sdjwt.issue import (
    SdJwtVc,
    fixed_claims,
    plan_for,
    require_fixed,
    require_issuable,
    sd_jwt_payload,
)
from idwallet.credentials.sdjwt.metadata import NO_TYPES, TypeMetadataSet
from idwallet.credentials.sdjwt.structures import TYP, Serialisation, serialise
from idwallet.crypto.algorithms import COSE_ONLY
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import CompactSigner, x5c_parameter
from idwallet.errors import UsageError
from idwallet.ports import Random
from idwallet.roles.batch_terms import (
    assigned,
    contents_of,
    life_of,
    require_keys,
)
from idwallet.trust.certificate import Certificate

if TYPE_CHECKING:  # whoever issues no mobile documents need not load them
    from idwallet.credentials.compact.issue import Compact
    from idwallet.credentials.mdoc.issue import Mdoc
    from idwallet.envelope.cose import Sign1Signer
    from idwallet.trust.status_list import StatusReference

    Content = SdJwtVc | Mdoc | Compact

_BINDABLE: Final = (ProvenKey, HolderKey)

CertificateChain = Sequence[bytes] | str | bytes
"""Certificates leaf first: DER each, or one text of PEM blocks."""


def read_chain(certificates: CertificateChain) -> tuple[Certificate, ...]:
    """Read a chain, leaf first, leaving out a self-signed root at its end.

    A verifier has the root already and must not take it from the sender (HAIP 1.0
    section 5).

    Raises:
        MalformedError: a certificate cannot be read.
        UsageError: there is none, or more than `limits.CHAIN_CERTIFICATES`.
    """
    ders = (
        tuple(block.der for block in read_pem(certificates, at="certificates"))
        if isinstance(certificates, str | bytes)
        else tuple(certificates)
    )
    if not 0 < len(ders) <= limits.CHAIN_CERTIFICATES:
        raise UsageError(f"a chain has 1 to {limits.CHAIN_CERTIFICATES} certificates")
    chain = tuple(
        Certificate.from_der(der, at=f"certificate {number}")
        for number, der in enumerate(ders, start=1)
    )
    last = chain[-1]
    if len(chain) > 1 and last.subject == last.issuer:
        return chain[:-1]
    return chain


class Issuer:
    """Issues credentials with one key.

    The key is named to verifiers by its certificate chain (`certificates`, leaf
    first), or, for verifiers that pinned it, by `kid`. `types` are type metadata
    documents whose rules are kept. Thread-safe.
    """

    __slots__ = (
        "_chain",
        "_compact",
        "_header",
        "_key",
        "_kid",
        "_random",
        "_sign1",
        "_signer",
        "_types",
    )

    def __init__(
        self,
        *,
        signer: Signer,
        certificates: CertificateChain | None = None,
        kid: str | None = None,
        types: TypeMetadataSet = NO_TYPES,
        random: Random = secrets.token_bytes,
    ) -> None:
        """Bind key and certificates together.

        Raises:
            UsageError: neither chain nor `kid`, or the leaf holds another key.
            MalformedError: a certificate cannot be read.
        """
        if (certificates is None) is (kid is None):
            raise UsageError("an issuer has either certificates or a kid")
        self._types = types
        self._random = random
        self._key = signer
        self._sign1: Sign1Signer | None = None
        self._compact: Sign1Signer | None = None
        # The name of the key where there is no room for a chain.
        self._kid = _key_id(signer) if kid is None else kid.encode()
        self._chain: tuple[Certificate, ...] = ()
        header: JsonObject = {"typ": TYP}
        if certificates is not None:
            self._chain = read_chain(certificates)
            if self._chain[0].public_key != signer.public_key:
                raise UsageError("the first certificate holds another key")
            header["x5c"] = x5c_parameter([each.der for each in self._chain])
        else:
            header["kid"] = kid
        self._header = header
        self._signer = _jose_signer(signer, header)

    @property
    def names_certificates(self) -> bool:
        """Whether verifiers find its key by certificates, and not by a pinned name."""
        return bool(self._chain)

    def sign_metadata(
        self, document: JsonObject, *, at: datetime, until: datetime
    ) -> str:
        """Sign the metadata of a credential issuer (OpenID4VCI 1.0 section 12.2.3).

        Raises:
            UsageError: it has no certificates, or a moment has no zone.
            SignerError: the key could not sign.
        """
        from idwallet.protocols.openid4vci.signed_metadata import sign_metadata

        if not self._chain:
            raise UsageError("metadata are signed by a key that certificates name")
        chain = tuple(each.der for each in self._chain)
        return sign_metadata(
            document, signer=self._key, chain=chain, at=at, until=until
        )

    def issue(
        self,
        content: "SdJwtVc | Mdoc | Compact",
        *,
        holder_key: ProvenKey | HolderKey,
        valid_until: datetime,
        at: datetime,
        valid_from: datetime | None = None,
    ) -> Credential:
        """Issue one credential bound to one holder key.

        All moments are aware and travel in whole seconds UTC. Signs once. A mobile
        document comes as IssuerSigned in base64url (OpenID4VCI 1.0 A.2.4), a compact
        credential in base64url as well; its key is found by the `kid`, or by the
        certificate's own key (docs/reference/compact.md).

        Raises:
            UsageError: something unsafe would be issued: claims that mean something
                to SD-JWT, a life that is over or longer than the certificate's, a
                claim missing that the type demands, more than any reader takes.
            SignerError: the key could not sign.
        """
        if not isinstance(content, SdJwtVc):
            return self._issue_cbor(
                content,
                key=_bindable(holder_key),
                life=(valid_from or at, valid_until),
                at=at,
            )
        require_issuable(content, self._types)
        self._require_life(valid_from or at, valid_until, at=at)
        fixed = fixed_claims(
            content,
            holder_jwk=_public_jwk(holder_key),
            valid_from=valid_from,
            valid_until=valid_until,
            at=at,
        )
        require_fixed(content, fixed=fixed, types=self._types)
        return self._sign(content, fixed=fixed, salts=random_salts(self._random))

    def issue_unbound(
        self, content: "Content", *, valid_until: datetime, at: datetime
    ) -> Credential:
        """Issue one credential that is bound to no key: whoever has a copy can show it.

        For what proves nothing about who shows it, a ticket or a diploma; a verifier
        has to accept by its policy that nobody is proven to hold it.

        Raises:
            UsageError: as `issue`; or no SD-JWT VC: all others have a key always.
            SignerError: the key could not sign.
        """
        if not isinstance(content, SdJwtVc):
            raise UsageError("that format is bound to a key (as 18013-5 9.1.2.4)")
        require_issuable(content, self._types)
        self._require_life(at, valid_until, at=at)
        fixed = fixed_claims(
            content, holder_jwk=None, valid_from=None, valid_until=valid_until, at=at
        )
        require_fixed(content, fixed=fixed, types=self._types)
        return self._sign(content, fixed=fixed, salts=random_salts(self._random))

    def issue_batch(
        self,
        content: "SdJwtVc | Mdoc | Compact",
        *,
        holder_keys: Sequence[ProvenKey | HolderKey],
        valid_until: datetime,
        at: datetime,
        statuses: "Sequence[StatusReference]" = (),
        rounding: timedelta = limits.BATCH_ROUNDING,
    ) -> tuple[Credential, ...]:
        """Issue the same content to each key, so that nothing tells the copies apart.

        Nor does anything but the claims tell that they belong together (ARF 3.0.0
        ISSU_35, ISSU_36): each has salts, decoys and an order of its own, and times,
        `valid_until` too, are rounded down to `rounding`. `statuses` are places from
        `StatusIssuer.allocate_apart`, as many as keys; who gets which is drawn. The
        credentials come in the order of the keys.

        Raises:
            UsageError: as `issue`; keys or places that would link two copies; content
                with a status of its own; a life that rounding leaves nothing of.
            SignerError: the key could not sign; nothing is handed out.
        """
        require_keys([_bindable(each) for each in holder_keys])
        life = life_of(at, valid_until, rounding=rounding, chain=self._chain)
        copies = contents_of(
            content,
            statuses=assigned(statuses, count=len(holder_keys), random=self._random),
            rounding=rounding,
        )
        return tuple(
            self.issue(
                each, holder_key=key, valid_until=life.valid_until, at=life.issued
            )
            for each, key in zip(copies, holder_keys, strict=True)
        )

    def _issue_cbor(
        self,
        content: "Mdoc | Compact",
        *,
        key: PublicKey,
        life: tuple[datetime, datetime],
        at: datetime,
    ) -> Credential:
        from idwallet.credentials.compact.issue import Compact

        if isinstance(content, Compact):
            return self._issue_compact(content, key=key, life=life, at=at)
        return self._issue_mdoc(content, key=key, life=life, at=at)

    def _issue_compact(
        self,
        content: "Compact",
        *,
        key: PublicKey,
        life: tuple[datetime, datetime],
        at: datetime,
    ) -> Credential:
        from idwallet.credentials.compact import issue as compact

        self._require_life(*life, at=at)
        since, until = life
        compact.require_issuable(content, since=since, until=until)
        payload = compact.payload_of(
            content, life=compact.life_of(*life), key=key, random=self._random
        )
        if self._compact is None:
            self._compact = compact.compact_signer(
                self._key,
                kid=self._kid,
                chain=tuple(each.der for each in self._chain),
            )
        raw = compact.issued_bytes(payload, by=self._compact)
        return Credential(Format.COMPACT, b64.encode(raw))

    def _issue_mdoc(
        self,
        content: "Mdoc",
        *,
        key: PublicKey,
        life: tuple[datetime, datetime],
        at: datetime,
    ) -> Credential:
        from idwallet.credentials.mdoc import issue as mdoc

        if not self._chain:
            raise UsageError("a mobile document names its signer by certificates")
        mdoc.require_issuable(content)
        self._require_life(*life, at=at)
        signed, start, end = map(mdoc.whole_seconds, (at, *life))
        items = mdoc.issuer_items(content, random=self._random)
        payload = mdoc.mso_bytes(
            content,
            digests=items.digests,
            device_key=key,
            life=mdoc.Life(signed, max(signed, start), end),
        )
        raw = mdoc.issuer_signed_bytes(items, self._cose().sign(payload))
        if len(raw) > limits.MDOC_ISSUED_BYTES:
            raise UsageError("the document would be larger than any wallet takes")
        return Credential(Format.MDOC, b64.encode(raw))

    def _cose(self) -> "Sign1Signer":
        """Return what signs mobile documents, its headers written once."""
        if self._sign1 is None:
            from idwallet.credentials.mdoc.issue import document_signer

            self._sign1 = document_signer(
                self._key, tuple(each.der for each in self._chain)
            )
        return self._sign1

    def _sign(
        self, content: SdJwtVc, *, fixed: JsonObject, salts: SaltSource
    ) -> Credential:
        plan = plan_for(content, self._types)
        payload, disclosures = sd_jwt_payload(
            content, fixed=fixed, plan=plan, salts=salts
        )
        by = self._signer or CompactSigner(self._key, header=self._header)
        token = by.sign(write_json(payload))
        text = "~".join((token, *disclosures, ""))
        if len(text) > limits.DISCLOSURE_BYTES:
            _require_bounded(text, disclosures)
        return Credential(Format.SD_JWT_VC, _written(text, content.serialisation))

    def _require_life(self, since: datetime, until: datetime, *, at: datetime) -> None:
        for moment in (since, until, at):
            if moment.utcoffset() is None:
                raise UsageError("moments carry their time zone: use an aware datetime")
        if until <= at or until <= since:
            raise UsageError("the credential would never be valid")
        for certificate in self._chain:
            if not certificate.not_before <= at <= certificate.not_after:
                raise UsageError("the issuer's certificate is not valid at that moment")
            if until > certificate.not_after:
                # Later it would be refused for its certificate, not its own end.
                ends = certificate.not_after.isoformat().replace("+00:00", "Z")
                raise UsageError(
                    f"the credential would outlive its certificate, which ends {ends}"
                )


def _jose_signer(signer: Signer, header: JsonObject) -> CompactSigner | None:
    """Write the header once: it is the same for every credential.

    On a Brainpool curve there are mobile documents only.
    """
    if signer.algorithm in COSE_ONLY:
        return None
    return CompactSigner(signer, header=header)


def _key_id(signer: Signer) -> bytes:
    return sha256(signer.public_key.spki).digest()[: limits.KEY_ID_BYTES]


def _written(text: str, form: Serialisation) -> str:
    return text if form is Serialisation.COMPACT else serialise(text, form)


def _require_bounded(text: str, disclosures: Sequence[str]) -> None:
    longest = max(map(len, disclosures), default=0)
    if len(text) > limits.SD_JWT_BYTES or longest > limits.DISCLOSURE_BYTES:
        raise UsageError("the credential would be larger than any reader takes")


def _public_jwk(holder_key: ProvenKey | HolderKey) -> JsonObject:
    return _bindable(holder_key).to_jwk()


def _bindable(holder_key: ProvenKey | HolderKey) -> PublicKey:
    if not isinstance(holder_key, _BINDABLE):
        raise UsageError("bind to a ProvenKey, or say HolderKey.unproven(reason=...)")
    return holder_key.key
