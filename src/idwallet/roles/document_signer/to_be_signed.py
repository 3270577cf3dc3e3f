"""A session with a certificate: the octets that a key elsewhere has to sign.

The certificate is named among what is signed, so that it comes before the signature
and may come late: the phone that holds the key brings it.
"""

from dataclasses import dataclass, field, replace

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, write_json
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import SigningTask, digest_of
from idwallet.documents.model import Digested, Document, Level, whole
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import TimestampAuthority
from idwallet.roles.document_signer.session_form import (
    CLAUSE,
    SigningSession,
    octets,
    open_object,
    read_session,
)
from idwallet.roles.document_signer.sign import (
    Profile,
    signer_of,
    takes_digests,
    takes_names,
)
from idwallet.roles.document_signer.two_steps import (
    Chosen,
    KeyElsewhere,
    Sign,
    message_of,
)
from idwallet.roles.issuer import CertificateChain, read_chain


@dataclass(frozen=True, slots=True)
class ToBeSigned:
    """What a phone, a card, a security module or a service has to sign.

    `message` is what the algorithm is applied to; `digest` is its digest, for keys that
    are given one (`SigningTask.to_sign`). Nothing of it is believed when it comes back:
    `SigningSessions.finish` computes the message again.
    """

    session: SigningSession
    chosen: Chosen
    message: bytes = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of the signature."""
        return self.chosen.algorithm

    @property
    def digest(self) -> bytes | None:
        """The digest to sign, None where the algorithm signs the message itself."""
        return digest_of(self.message, algorithm=self.algorithm)

    @property
    def task(self) -> SigningTask:
        """The same for a `TwoStepSigner`."""
        key = self.chosen.public_key
        return SigningTask(key, self.algorithm, self.message, self.digest)

    def to_bytes(self) -> bytes:
        """Return it as it travels: the session with what was added."""
        ders = [each.der for each in self.chosen.certificates]
        added: JsonObject = {
            "certificates": [*b64.encode_each(ders)],
            "algorithm": self.algorithm.jose,
            "to_sign": b64.encode(self.message),
        }
        return write_json({**self.session.members(), **added})

    @classmethod
    def from_bytes(cls, data: bytes) -> "ToBeSigned":
        """Read it, and verify nothing.

        Raises:
            MalformedError: it is none.
            LimitError: it is longer than `limits.SESSION_BYTES`.
            UnsupportedError: its version, algorithm or a certificate is not known.
        """
        found = open_object(data)
        session = read_session(found)
        name = found.get("algorithm")
        algorithm = Algorithm.from_name(name) if isinstance(name, str) else None
        if algorithm is None:
            raise UnsupportedError("algorithm", at="/algorithm", clause=CLAUSE)
        try:
            chosen = choose(session, _listed(found), algorithm=algorithm)
        except UsageError as error:
            raise MalformedError(
                str(error), at="/certificates", clause=CLAUSE
            ) from error
        return cls(session, chosen, octets(found, "to_sign"))


def _listed(found: JsonObject) -> list[bytes]:
    listed = found.get("certificates")
    if not isinstance(listed, list):
        raise MalformedError("no certificates", at="/certificates", clause=CLAUSE)
    texts = [each for each in listed if isinstance(each, str)]
    if len(texts) != len(listed):
        raise MalformedError("no certificate", at="/certificates", clause=CLAUSE)
    return [b64.decode(each, at="/certificates", clause=CLAUSE) for each in texts]


def choose(
    session: SigningSession,
    certificates: CertificateChain,
    *,
    algorithm: Algorithm | None,
) -> Chosen:
    """Return whose signature it will be; an RSA key signs with PS256 unless it is said.

    Raises:
        MalformedError, UnsupportedError: a certificate cannot be read.
        UsageError: there is none, or the algorithm is not one of its key.
    """
    chain = read_chain(certificates)
    usable = chain[0].public_key.algorithms
    if algorithm is None:
        algorithm = Algorithm.PS256 if Algorithm.PS256 in usable else next(iter(usable))
    if algorithm not in usable:
        raise UsageError("the key cannot be used with that algorithm")
    return Chosen(chain, algorithm, session.prepared)


def with_certificate(
    session: SigningSession,
    certificates: CertificateChain,
    *,
    algorithm: Algorithm | None = None,
    document: Document | None = None,
) -> ToBeSigned:
    """Return what a key elsewhere has to sign; see `SigningSession.with_certificate`.

    Raises:
        MalformedError, UnsupportedError, UsageError: see there.
    """
    chosen = choose(session, certificates, algorithm=algorithm)
    if session.signer not in {"", chosen.public_key.thumbprint}:
        raise UsageError("somebody else was asked to sign")
    held = held_document(session, document)
    if held is not None and not session.is_for(held):
        raise UsageError("the session was prepared for another document")
    sign = signing(session, chosen, document=held)
    return ToBeSigned(session, chosen, to_sign(sign, chosen, profile=session.profile))


def held_document(
    session: SigningSession, document: Document | None
) -> Document | None:
    """Return the document as the format needs it: a stream can be read once only.

    Raises:
        UsageError: it is longer than `limits.ENVELOPED_BYTES`.
    """
    if document is None or takes_digests(session.profile):
        return document
    return whole(document)


def to_sign(sign: Sign, chosen: Chosen, *, profile: Profile) -> bytes:
    """Return the octets to sign; see `two_steps.message_of`."""
    stamped = first_profile(profile).level is not Level.B_B
    return message_of(sign, chosen, stamped=stamped)


def first_profile(profile: Profile) -> Profile:
    """Return how a document is signed that is augmented to its level afterwards."""
    if profile.level in {Level.B_LT, Level.B_LTA}:
        return replace(profile, level=Level.B_T)
    return profile


def signing(
    session: SigningSession,
    chosen: Chosen,
    *,
    document: Document | None,
    beside: bytes | None = None,
) -> Sign:
    """Return what signs the document of the session with a key that is given.

    Raises:
        UsageError: the document is needed, and not there.
    """
    profile = first_profile(session.profile)
    if takes_digests(profile):
        # A format that takes digests takes them in a document's place.
        given: object = Digested(session.digests)
    elif document is None:
        raise UsageError("the document is needed once more in that format")
    else:
        given = {session.named: document} if takes_names(profile) else document

    def sign(key: KeyElsewhere, authority: TimestampAuthority | None) -> bytes:
        made = signer_of(profile)(
            profile,
            signer=key,
            certificates=chosen.certificates,
            authority=authority,
        )
        return made.sign(given, signing_time=chosen.signing_time, beside=beside)

    return sign
