"""Readers whom somebody else attests, and readers for whom nobody vouches.

Each twin is attested in order, or asks for no more than the wallet admits.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import x5c_parameter
from idwallet.profiles import HAIP_1_0
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.registered import registration, show
from idwallet.testing.corpus.requests import Change, RequestForgery, asks
from idwallet.testing.draft import ABSENT, loose_json, loose_jws, overlaid
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.testing.registrations.scene import registrar_plan
from idwallet.testing.request_draft import RequestDraft
from idwallet.testing.scene import ANSWER_TO, PID
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Admission, Policy

_C, _R = CheckId, Reason
_DAY: Final = timedelta(days=1)

ATTESTER: Final = "https://attester.example"
NAME: Final = "shop.example"
ADMITTING: Final[Policy] = replace(
    WALLET,
    name="strangers for a name",
    unauthenticated=(
        Admission(PID, frozenset({("family_name",), ("address", "locality")})),
    ),
)
_NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})


# --- somebody attests them ------------------------------------------------------------


def attester(made: RequestDraft, fault: Fault | None = None) -> TestIdentity:
    """Return whom the wallet believes about readers."""
    return made.scene.pki.issuer(ATTESTER, fault=fault, change=registrar_plan)


def attestation(
    made: RequestDraft,
    claims: Mapping[str, JsonValue] = _NOTHING,
    *,
    header: Mapping[str, JsonValue] = _NOTHING,
    by: TestIdentity | None = None,
) -> str:
    """Return an attestation of the shop's key, with these claims on top."""
    who = by or attester(made)
    at = int(made.scene.at.timestamp())
    said: JsonObject = {
        "iss": ATTESTER,
        "sub": NAME,
        "iat": at,
        "exp": at + 86_400,
        "cnf": {"jwk": made.scene.reader_identity.signer.public_key.to_jwk()},
        "redirect_uris": [ANSWER_TO],
    }
    head: JsonObject = {
        "alg": who.signer.algorithm.jose,
        "typ": "verifier-attestation+jwt",
        "x5c": x5c_parameter(who.chain),
    }
    payload = loose_json(overlaid(said, {**claims}))
    return loose_jws(overlaid(head, {**header}), payload, signer=who.signer)


def attested(made: RequestDraft) -> None:
    """Let the shop ask with an attestation instead of a certificate."""
    made.chain = ()
    made.client_id = f"verifier_attestation:{NAME}"
    made.claims = {"client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}}}
    made.header = {"jwt": attestation(made)}


def _attesting(**claims: JsonValue) -> Change:
    def forge(made: RequestDraft) -> None:
        made.header = {"jwt": attestation(made, claims)}

    return forge


def _headed(**header: JsonValue) -> Change:
    def forge(made: RequestDraft) -> None:
        made.header = {"jwt": attestation(made, header=header)}

    return forge


def _after(name: str, away: timedelta) -> Change:
    def forge(made: RequestDraft) -> None:
        moment = int((made.scene.at + away).timestamp())
        made.header = {"jwt": attestation(made, {name: moment})}

    return forge


def _in_header(value: JsonValue) -> Change:
    def forge(made: RequestDraft) -> None:
        made.header = {"jwt": value}

    return forge


def _by(fault: Fault) -> Change:
    def forge(made: RequestDraft) -> None:
        made.header = {"jwt": attestation(made, by=attester(made, fault))}

    return forge


def _by_a_reader(made: RequestDraft) -> None:
    made.header = {"jwt": attestation(made, by=made.scene.pki.reader("bank.example"))}


def _bent(made: RequestDraft) -> None:
    token = attestation(made)
    made.header = {"jwt": f"{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BB'}"}


def _stranger(made: RequestDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _beside(made: RequestDraft) -> None:
    made.beside = "verifier_attestation:bank.example"


def _registered_too(made: RequestDraft) -> None:
    show(made, registration(made, {}))


def _under_haip(made: RequestDraft) -> None:
    made.policy = replace(made.policy, name="wallet-haip", profile=HAIP_1_0)
    made.is_fetched = True


_MANY: Final[list[JsonValue]] = [ANSWER_TO] * (limits.ATTESTED_ADDRESSES + 1)
_SECRET: Final[JsonObject] = {"jwk": {"kty": "oct", "k": "AAAA"}}

ATTESTED: Final = tuple(
    RequestForgery(f"attestation: {name}", check, reason, forge, attested)
    for name, check, reason, forge in (
        (
            "none",
            _C.READER_AUTHORISED,
            _R.NO_KEY_MATERIAL,
            _in_header(ABSENT),
        ),
        ("no text", _C.READER_ATTESTATION, _R.MALFORMED, _in_header({})),
        ("no token", _C.READER_ATTESTATION, _R.MALFORMED, _in_header("eyJ")),
        ("another typ", _C.READER_ATTESTATION, _R.MALFORMED, _headed(typ="JWT")),
        (
            "for another audience",
            _C.READER_ATTESTATION,
            _R.MALFORMED,
            _attesting(aud="https://other.example"),
        ),
        ("without end", _C.READER_ATTESTATION, _R.MALFORMED, _attesting(exp=ABSENT)),
        ("of nobody", _C.READER_ATTESTATION, _R.MALFORMED, _attesting(sub=ABSENT)),
        ("by nobody", _C.READER_ATTESTATION, _R.MALFORMED, _attesting(iss="")),
        ("of no key", _C.READER_ATTESTATION, _R.MALFORMED, _attesting(cnf=ABSENT)),
        (
            "of a key by its name",
            _C.READER_ATTESTATION,
            _R.MALFORMED,
            _attesting(cnf={"kid": "1"}),
        ),
        ("of a secret", _C.READER_ATTESTATION, _R.MALFORMED, _attesting(cnf=_SECRET)),
        (
            "for an address that is none",
            _C.READER_ATTESTATION,
            _R.MALFORMED,
            _attesting(redirect_uris=[1]),
        ),
        (
            "for addresses without end",
            _C.READER_ATTESTATION,
            _R.LIMIT_EXCEEDED,
            _attesting(redirect_uris=_MANY),
        ),
        (
            "an unknown crit",
            _C.READER_ATTESTATION,
            _R.UNSUPPORTED,
            _headed(crit=["x"], x=1),
        ),
        ("signed by another", _C.READER_ATTESTATION, _R.INVALID, _bent),
        (
            "HMAC named",
            _C.READER_ATTESTATION,
            _R.ALGORITHM_NOT_ALLOWED,
            _headed(alg="HS256"),
        ),
        (
            "another curve named",
            _C.READER_ATTESTATION,
            _R.KEY_UNUSABLE,
            _headed(alg="ES384"),
        ),
        ("expired", _C.READER_ATTESTATION, _R.EXPIRED, _after("exp", -_DAY)),
        ("of tomorrow", _C.READER_ATTESTATION, _R.NOT_YET_VALID, _after("nbf", _DAY)),
        (
            "by a stranger",
            _C.READER_AUTHORISED,
            _R.NO_TRUSTED_PATH,
            _by(Fault.STRANGER_ROOT),
        ),
        (
            "by another reader",
            _C.READER_AUTHORISED,
            _R.CERTIFICATE_PROFILE,
            _by_a_reader,
        ),
        (
            "under the name of another attester",
            _C.READER_AUTHORISED,
            _R.NAME_NOT_REGISTERED,
            _attesting(iss="https://other.example"),
        ),
        (
            "of another reader",
            _C.READER_AUTHORISED,
            _R.CLIENT_ID_MISMATCH,
            _attesting(sub="bank.example"),
        ),
        (
            "beside another name",
            _C.READER_AUTHORISED,
            _R.CLIENT_ID_MISMATCH,
            _beside,
        ),
        (
            "for another address",
            _C.READER_AUTHORISED,
            _R.RESPONSE_URI_MISMATCH,
            _attesting(redirect_uris=[f"{ANSWER_TO}/"]),
        ),
        (
            "for no address",
            _C.READER_AUTHORISED,
            _R.RESPONSE_URI_MISMATCH,
            _attesting(redirect_uris=[]),
        ),
        (
            "of another key than signed the request",
            _C.REQUEST_SIGNATURE,
            _R.INVALID,
            _stranger,
        ),
        (
            "beside a registration",
            _C.READER_REGISTERED,
            _R.CERTIFICATE_PROFILE,
            _registered_too,
        ),
        (
            "in a profile that has none",
            _C.REQUEST_FORMAT,
            _R.OUTSIDE_PROFILE,
            _under_haip,
        ),
    )
)


# --- nobody vouches for them ----------------------------------------------------------


def unsigned(made: RequestDraft) -> None:
    """Let somebody without a key ask for what strangers may."""
    made.client_id = f"redirect_uri:{ANSWER_TO}"
    made.is_unsigned = True
    made.policy = ADMITTING


def _admitting_nobody(made: RequestDraft) -> None:
    made.policy = WALLET


def _signed(made: RequestDraft) -> None:
    made.is_unsigned = False


def _nowhere(made: RequestDraft) -> None:
    made.client_id = "redirect_uri:shop"
    made.claims = {**made.claims, "response_uri": ABSENT}


def _asking(*paths: list[JsonValue], vct: str = PID) -> Change:
    claims: list[JsonValue] = [{"path": path} for path in paths]
    asked: JsonObject = {
        "id": "pid",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [PID] if vct == PID else [PID, vct]},
    }
    if claims:
        asked["claims"] = claims
    return asks(dcql_query={"credentials": [asked]})


UNSIGNED: Final = tuple(
    RequestForgery(f"unsigned: {name}", check, reason, forge, unsigned)
    for name, check, reason, forge in (
        (
            "where nobody is admitted",
            _C.READER_AUTHORISED,
            _R.ANONYMOUS,
            _admitting_nobody,
        ),
        (
            "for a claim that is not admitted",
            _C.READER_AUTHORISED,
            _R.CLAIM_NOT_ADMITTED,
            _asking(["family_name"], ["birthdate"]),
        ),
        (
            "for more than the part that is admitted",
            _C.READER_AUTHORISED,
            _R.CLAIM_NOT_ADMITTED,
            _asking(["address"]),
        ),
        (
            "for whatever stands open",
            _C.READER_AUTHORISED,
            _R.CLAIM_NOT_ADMITTED,
            _asking(),
        ),
        (
            "of a type that is not admitted",
            _C.READER_AUTHORISED,
            _R.CLAIM_NOT_ADMITTED,
            _asking(["family_name"], vct="urn:example:card:1"),
        ),
        (
            "to another address",
            _C.REQUEST_FORMAT,
            _R.MALFORMED,
            asks(response_uri="https://evil.test/answer"),
        ),
        ("and signed", _C.REQUEST_FORMAT, _R.MALFORMED, _signed),
        ("to no address", _C.REQUEST_FORMAT, _R.MALFORMED, _nowhere),
        (
            "in a profile that has none",
            _C.REQUEST_FORMAT,
            _R.OUTSIDE_PROFILE,
            _under_haip,
        ),
        (
            "with a registration",
            _C.READER_REGISTERED,
            _R.CERTIFICATE_PROFILE,
            _registered_too,
        ),
    )
)

ASKED_FOR: Final = (*ATTESTED, *UNSIGNED)
