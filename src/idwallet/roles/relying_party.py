"""Who asks: a key, how wallets know it, and where answers go."""

from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.attached import REGISTRATION, VerifierInfo
from idwallet.protocols.openid4vp.attestation import read_attestation
from idwallet.protocols.openid4vp.client import (
    ClientIdPrefix,
    client_id_of,
    read_client_id,
)
from idwallet.protocols.openid4vp.decentralized import method_of
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.trust.certificate import Certificate
from idwallet.trust.relying_party import AccessRefused, read_party, read_registration


class RelyingParty:
    """Who asks: a key, how wallets know it, and where answers go.

    With `certificates` the client identifier is derived from the first one, by
    `prefix`; without them `client_id` names a party whose key wallets pinned.
    `answer_to` is the https address that a wallet posts its answer to; it is also
    named where the application carries the bytes itself. Left out, it is ``/answer`` at
    the one DNS name of the certificate. It cannot be changed.

    `dns_name` chooses where the certificate has several and `prefix` is
    `X509_SAN_DNS`, `kid` where wallets pinned several keys of `client_id`.

    `registration` is the registration certificate (ETSI TS 119 475, a JWT) of the use
    that this party asks for; it goes into each request (TS 119 472-2 section 6.3.2.2).
    A party of several uses makes one `RelyingParty` for each.

    `attestation` is a verifier attestation (OpenID4VP 1.0 section 12): somebody whom
    wallets trust says in it who this is, and that it signs with the key of `signer`.
    The client identifier follows from it. `RelyingParty.anonymous` is for who has no
    key.
    """

    __slots__ = (
        "_answer_to",
        "_attestation",
        "_certificates",
        "_client_id",
        "_kid",
        "_registration",
        "_signer",
    )

    def __init__(  # noqa: PLR0913 - one name each for what a wallet may know it by
        self,
        *,
        signer: Signer,
        answer_to: str | None = None,
        certificates: CertificateChain | None = None,
        prefix: ClientIdPrefix = ClientIdPrefix.X509_HASH,
        dns_name: str | None = None,
        client_id: str | None = None,
        kid: str | None = None,
        registration: str | None = None,
        attestation: str | None = None,
    ) -> None:
        """Derive the client identifier.

        Raises:
            UsageError: not exactly one of `certificates`, `client_id`, `attestation`;
                another key in what names one; no fitting DNS name, or several and
                `dns_name` does not choose; `dns_name` without that prefix, `kid`
                without `client_id`; a `registration` that is not its own; neither
                `answer_to` nor a certificate with one DNS name.
            MalformedError: what is given cannot be read.
        """
        _require_one(certificates, client_id, attestation)
        _require_chosen(certificates, prefix, dns_name=dns_name, kid=kid)
        self._signer: Signer | None = signer
        self._attestation = attestation
        self._kid = kid
        self._certificates: tuple[bytes, ...] = ()
        self._client_id: str = client_id or ""
        self._registration = registration
        if certificates is not None:
            chain = _own_chain(certificates, signer=signer)
            self._certificates = tuple(each.der for each in chain)
            self._client_id = client_id_of(chain[0], prefix, dns_name=dns_name)
        self._answer_to = _home(answer_to, self._certificates, dns_name=dns_name)
        if attestation is not None:
            self._client_id = _attested(attestation, signer=signer)
        if registration is not None:
            _require_own(registration, self._certificates)

    @staticmethod
    def anonymous(*, answer_to: str) -> "RelyingParty":
        """Make a party that has no key: it asks unsigned, and nobody vouches for it.

        A wallet refuses it unless its policy admits what it asks for. Its client
        identifier is ``redirect_uri:`` and `answer_to` (OpenID4VP 1.0 section 5.9.3).
        """
        made = object.__new__(RelyingParty)
        made._signer = made._kid = made._registration = made._attestation = None
        made._answer_to = answer_to
        made._certificates = ()
        made._client_id = f"{ClientIdPrefix.REDIRECT_URI.value}:{answer_to}"
        return made

    @staticmethod
    def decentralized(
        did: str, *, signer: Signer, answer_to: str, kid: str | None = None
    ) -> "RelyingParty":
        """Make a party that wallets know by a decentralized identifier.

        `kid` is the verification method of the key, as ``did:web:shop.example#key-1``;
        ``did:jwk`` and ``did:key`` have one only. `idwallet.trust.did.did_jwk` names a
        key. A wallet that does not know the identifier treats who asks as a stranger.

        Raises:
            UsageError: what is no identifier, the method is another's, or the key is
                not the one that the identifier holds.
        """
        client_id = f"{ClientIdPrefix.DECENTRALIZED_IDENTIFIER.value}:{did}"
        try:
            client = read_client_id(client_id, at="did")
        except (MalformedError, UnsupportedError) as error:
            raise UsageError(f"no identifier known here: {error}") from error
        method = method_of(client, kid, signer=signer)
        made = RelyingParty(signer=signer, answer_to=answer_to, client_id=client_id)
        made._kid = method
        return made

    @property
    def is_anonymous(self) -> bool:
        """Whether it has no key to sign with."""
        return self._signer is None

    @property
    def signer(self) -> Signer:
        """What signs requests.

        Raises:
            UsageError: it has no key.
        """
        if self._signer is None:
            raise UsageError("an anonymous relying party signs nothing")
        return self._signer

    @property
    def answer_to(self) -> str:
        """The https address that answers are posted to."""
        return self._answer_to

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The chain as DER, leaf first; empty where wallets pinned the key."""
        return self._certificates

    @property
    def client_id(self) -> str:
        """The whole client identifier, with its prefix if it has one."""
        return self._client_id

    @property
    def attestations(self) -> tuple[VerifierInfo, ...]:
        """What others attest about it, for each of its requests."""
        if self._registration is None:
            return ()
        return (VerifierInfo(REGISTRATION, self._registration),)

    @property
    def attestation(self) -> str | None:
        """The verifier attestation that says who it is, or None."""
        return self._attestation

    @property
    def kid(self) -> str | None:
        """Which of its pinned keys this one is, or None."""
        return self._kid


def _home(
    answer_to: str | None, certificates: tuple[bytes, ...], *, dns_name: str | None
) -> str:
    """Return where answers go: as said, else by the certificate (OpenID4VP 1.0 5.9.3).

    A wallet sends to who the certificate names, and to nobody else.
    """
    if answer_to is not None:
        return answer_to
    if not certificates:
        raise UsageError("say where answers go: answer_to")
    leaf = Certificate.from_der(certificates[0], at="certificates")
    try:
        home = client_id_of(leaf, ClientIdPrefix.X509_SAN_DNS, dns_name=dns_name)
    except UsageError as error:
        raise UsageError(f"say where answers go, with answer_to: {error}") from error
    return f"https://{home.partition(':')[2]}/answer"


def _attested(attestation: str, *, signer: Signer) -> str:
    """Return the client identifier that an attestation gives."""
    found = read_attestation(attestation)
    if found.key != signer.public_key:
        raise UsageError("the attestation holds another key")
    return f"{ClientIdPrefix.VERIFIER_ATTESTATION.value}:{found.subject}"


def _require_one(*ways: object) -> None:
    """Refuse to be known in two ways, or in none."""
    if sum(each is not None for each in ways) != 1:
        raise UsageError(
            "a relying party has certificates, a client_id or an attestation"
        )


def _require_chosen(
    certificates: CertificateChain | None,
    prefix: ClientIdPrefix,
    *,
    dns_name: str | None,
    kid: str | None,
) -> None:
    """Refuse a choice among what is not there."""
    named = certificates is not None and prefix is ClientIdPrefix.X509_SAN_DNS
    if dns_name is not None and not named:
        raise UsageError("dns_name chooses for the prefix X509_SAN_DNS alone")
    if kid is not None and (certificates is not None or not kid):
        raise UsageError("kid says which pinned key of a client_id signs")


def _require_own(registration: str, certificates: tuple[bytes, ...]) -> None:
    """Refuse what each wallet would: to show what somebody else is registered for."""
    if not certificates:
        raise UsageError("a registration belongs to an access certificate")
    party = read_party(Certificate.from_der(certificates[0], at="certificates"))
    if isinstance(party, AccessRefused):
        raise UsageError(f"no access certificate: {party.facts['what']}")
    found = read_registration(registration)
    broker = found.intermediary
    names = {found.subject, broker.identifier if broker else found.subject}
    if party.identifier not in names:
        raise UsageError("the registration is that of another party")


def _own_chain(
    certificates: CertificateChain, *, signer: Signer
) -> tuple[Certificate, ...]:
    chain = read_chain(certificates)
    if chain[0].public_key != signer.public_key:
        raise UsageError("the first certificate holds another key")
    return chain
