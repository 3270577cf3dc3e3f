"""Keys at a remote signing service: what is asked, what is believed of the answers."""

import copy
import logging
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from idwallet import limits
from idwallet.adapters.csc import (
    CscAuthorization,
    CscRemote,
    CscSigner,
    algorithms,
    expression,
)
from idwallet.adapters.http import HttpFetcher
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.signer import RemoteKey
from idwallet.documents import DOCUMENTS, CAdES, DocumentPolicy
from idwallet.envelope.cms import names
from idwallet.errors import (
    LimitError,
    MalformedError,
    SignerError,
    SignerLocked,
    SignerUnavailable,
    SigningDeclined,
    UnsupportedError,
    UsageError,
)
from idwallet.roles.document_signer import sign_document, verify_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.csc import PIN, TOKEN, CscDesk, CscFault, CscServer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.trust.evidence import EvidenceAtHand

pytestmark = pytest.mark.loopback

MESSAGES = (b"the first one", b"the second one", b"the third one")


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST remote signing")


@cache
def identity(algorithm: Algorithm = Algorithm.ES256) -> TestIdentity:
    return document_signer(scene().pki, algorithm=algorithm)


def ask(prompt: str) -> str:
    assert prompt == "signature PIN"
    return PIN


@contextmanager
def serving(desk: CscDesk, **change: object) -> Iterator[CscRemote]:
    with (
        CscServer(desk) as server,
        HttpFetcher(private_hosts=[server.host]) as fetcher,
    ):
        given = {"token": server.token, **change}
        yield CscRemote(server.address, fetcher=fetcher, **given)  # type: ignore[arg-type]


@contextmanager
def signing(desk: CscDesk, **change: object) -> Iterator[CscSigner]:
    given = {"ask_secret": ask, "wait": lambda _: None, **change}
    with serving(desk) as remote:
        yield CscSigner(remote, desk.name, **given)  # type: ignore[arg-type]


# --- what is signed -----------------------------------------------------------------


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize(
    "algorithm", [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512]
)
def test_an_ec_key_signs_in_either_form_of_the_two_numbers(algorithm, raw):
    desk = CscDesk(identity(algorithm), raw=raw)
    with signing(desk) as signer:
        assert signer.algorithm is algorithm
        made = signer.sign(b"what is signed")
    assert len(made) == algorithm.signature_bytes
    key = identity(algorithm).signer.public_key
    assert signature_matches(key, algorithm, signature=made, message=b"what is signed")


@pytest.mark.parametrize(
    ("offered", "algorithm", "asked"),
    [
        (("1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11"), Algorithm.PS256, "10"),
        (("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"), Algorithm.RS256, "11"),
        (("1.2.840.113549.1.1.1",), Algorithm.RS256, "1"),
    ],
)
def test_an_rsa_key_signs_with_pss_where_the_service_offers_it(
    offered, algorithm, asked
):
    desk = CscDesk(identity(algorithm), algorithms=offered)
    with signing(desk) as signer:
        made = signer.sign(b"what is signed")
    assert signer.algorithm is algorithm
    assert signature_matches(
        signer.public_key, algorithm, signature=made, message=b"what is signed"
    )
    method, said = desk.calls[-1]
    assert method == "signatures/signHash"
    assert said["signAlgo"].rpartition(".")[2] == asked
    # §11.10: the hash is named where the algorithm alone does not say it.
    assert ("hashAlgorithmOID" in said) is (asked != "11")
    assert ("signAlgoParams" in said) is (asked == "10")


def test_the_parameters_of_pss_are_those_that_a_document_says():
    from base64 import b64decode

    (way,) = algorithms._WAYS[Algorithm.PS256]
    assert names.SIGNS[Algorithm.PS256][1].endswith(b64decode(way.parameters))


def test_the_algorithm_can_be_chosen_and_must_be_the_key_s():
    both = ("1.2.840.113549.1.1.10", "1.2.840.113549.1.1.1")
    desk = CscDesk(identity(Algorithm.RS256), algorithms=both)
    with signing(desk, algorithm=Algorithm.RS256) as signer:
        assert signer.algorithm is Algorithm.RS256
    with pytest.raises(UsageError), signing(desk, algorithm=Algorithm.ES256):
        pass


def test_a_key_that_signs_messages_and_not_digests_is_not_for_a_service():
    desk = CscDesk(identity(Algorithm.EDDSA))
    with pytest.raises(UnsupportedError), signing(desk):
        pass


def test_a_contract_is_signed_by_a_service_and_passes():
    who = identity()
    with signing(CscDesk(who)) as signer:
        assert signer.certificates == who.chain
        signature = sign_document(
            CONTRACT,
            CAdES(),
            signer=signer,
            certificates=signer.certificates,
            signing_time=scene().at,
        )
    trust = scene().pki.store()
    at_hand = EvidenceAtHand(crls=crls(who, at=scene().at))
    verified = verify_document(
        signature,
        document=CONTRACT,
        trust=trust.with_evidence(at_hand),
        policy=DOCUMENTS,
        at=scene().at,
    )
    assert isinstance(DOCUMENTS, DocumentPolicy)
    assert verified.signatures[0].name == who.certificate.shown


def test_several_hashes_go_by_one_authorization_and_one_pin():
    asked = []

    def once(prompt):
        asked.append(prompt)
        return PIN

    desk = CscDesk(identity())
    with signing(desk, ask_secret=once) as signer:
        assert signer.at_once == 16
        made = signer.sign_many(MESSAGES)
    for message, signature in zip(MESSAGES, made, strict=True):
        assert signature_matches(
            signer.public_key, signer.algorithm, signature=signature, message=message
        )
    assert asked == ["signature PIN"]
    methods = [method for method, _ in desk.calls]
    assert methods == [
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    ]
    assert desk.calls[1][1]["numSignatures"] == len(MESSAGES)
    assert desk.calls[1][1]["hashes"] == desk.calls[2][1]["hashes"]


def test_more_than_one_authorization_covers_is_the_caller_s_mistake():
    desk = CscDesk(identity(), multisign=2)
    with signing(desk) as signer:
        for wrong in ([], MESSAGES):
            with pytest.raises(UsageError):
                signer.sign_many(wrong)
        assert len(signer.sign_many(MESSAGES[:2])) == 2
    assert [method for method, _ in desk.calls].count("credentials/authorize") == 1


def test_only_digests_go_to_the_service():
    desk = CscDesk(identity())
    with signing(desk) as signer:
        signer.sign(b"a secret contract of two people")
    assert "secret contract" not in str(desk.calls)


# --- what a service may answer, and what it may not ---------------------------------


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CscFault.OTHER_KEY, SignerError),
        (CscFault.OTHER_HASH, SignerError),
        (CscFault.SWAPPED, SignerError),
        (CscFault.FEWER, SignerError),
        (CscFault.MORE, SignerError),
        (CscFault.GARBAGE, SignerError),
        (CscFault.NO_BASE64, SignerError),
        (CscFault.TWICE, SignerError),
        (CscFault.UNKNOWN_CODE, SignerError),
        (CscFault.EXPIRED, SignerLocked),
        (CscFault.DENIED, SigningDeclined),
        (CscFault.BUSY, SignerUnavailable),
        (CscFault.BROKEN, SignerUnavailable),
        (CscFault.GIANT, SignerUnavailable),
        (CscFault.NO_JSON, SignerUnavailable),
        (CscFault.NEVER_CONFIRMED, SignerLocked),
    ],
)
@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.PS256])
def test_a_service_that_misbehaves_signs_nothing(fault, error, algorithm):
    desk = CscDesk(identity(algorithm))
    with signing(desk) as signer:
        assert len(signer.sign_many(MESSAGES)) == 3  # the twin
        desk.fault = fault
        with pytest.raises(error) as caught:
            signer.sign_many(MESSAGES)
    assert type(caught.value) is error
    assert PIN not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error"),
    [(CscFault.DISABLED, SignerLocked), (CscFault.REVOKED, SignerError)],
)
def test_a_key_that_may_not_sign_is_refused_at_once(fault, error):
    with signing(CscDesk(identity())) as signer:
        assert signer.sign(b"the twin")
    with pytest.raises(error), signing(CscDesk(identity(), fault=fault)):
        pass


def test_what_the_service_writes_is_never_told():
    desk = CscDesk(identity())
    with signing(desk) as signer:
        desk.fault = CscFault.UNKNOWN_CODE
        with pytest.raises(SignerError) as caught:
            signer.sign(b"what is signed")
    assert "script" not in str(caught.value)
    assert "no code that is known" in str(caught.value)


def test_a_wrong_pin_a_missing_one_and_a_declined_one_are_told_apart():
    def declines(_):
        raise SigningDeclined("not today")

    desk = CscDesk(identity())
    for given, error in (
        (lambda _: "000000", SignerLocked),
        (None, SignerLocked),
        (declines, SigningDeclined),
    ):
        with signing(desk, ask_secret=given) as signer, pytest.raises(error):
            signer.sign(b"what is signed")
    with signing(desk) as signer:
        assert signer.sign(b"what is signed")


def test_no_access_token_and_a_wrong_one_are_not_let_in():
    desk = CscDesk(identity())
    for token in (None, lambda _: "another-token"):
        with serving(desk, token=token) as remote, pytest.raises(SignerLocked):
            remote.credential(desk.name)
    with serving(desk) as remote:
        assert remote.credential(desk.name).name == desk.name


def test_an_access_token_that_would_forge_a_header_goes_nowhere():
    desk = CscDesk(identity())
    evil = "token\r\nX-Evil: 1"
    with (
        serving(desk, token=lambda _: evil) as remote,
        pytest.raises(SignerUnavailable) as caught,
    ):
        remote.credential(desk.name)
    assert "Evil" not in "".join(traceback.format_exception(caught.value))
    assert desk.calls == []


def test_a_token_and_a_pin_never_go_without_tls():
    with HttpFetcher() as fetcher:
        remote = CscRemote(
            "http://sign.example/csc/v2", fetcher=fetcher, token=lambda _: TOKEN
        )
        with pytest.raises(SignerUnavailable, match="without TLS"):
            remote.info()


# --- what a person shows ------------------------------------------------------------


def test_a_one_time_password_is_asked_for_beside_the_pin():
    factors = (
        {"type": "Password", "id": "PIN", "label": "PIN"},
        {"type": "ChallengeResponse", "id": "OTP", "label": "code"},
        {"type": "ChallengeResponse", "id": "SMS", "label": "message"},
        {"type": "PasswordOOB", "id": "APP"},
    )
    answers = {"PIN": PIN, "OTP": "abcd", "SMS": "42", "APP": None}
    desk = CscDesk(identity(), factors=factors, answers=answers)
    asked = []

    def answer(prompt):
        asked.append(prompt)
        return {"PIN": PIN, "code": "abcd", "message": "42"}[prompt.partition(":")[0]]

    with signing(desk, ask_secret=answer) as signer:
        assert signer.sign(b"what is signed")
    # A challenge is somebody else's text: it is shown safely.
    assert asked == ["PIN", "code: four\u2039U+202E\u203aletters", "message"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("A", "B", "C")),
        ("A", ("A",)),
        ("A AND B", ("A", "B")),
        ("A OR B", ("A",)),
        ("B XOR A", ("B",)),
        ("A AND (B XOR C)", ("A", "B")),
        ("(A AND C) OR B", ("A", "C")),
        ("A AND A", ("A",)),
        ("A OR B AND C", ("A",)),
    ],
)
def test_an_expression_says_which_factors(text, found):
    assert expression.factors_of(text, ("A", "B", "C")) == found


@pytest.mark.parametrize(
    "text",
    ["D", "A AND", "AND", "(A", "A)", "A B", "()", "A NOT B", "A AND " * 99 + "A"],
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(MalformedError):
        expression.factors_of(text, ("A", "B", "C"))


def test_brackets_are_bounded_before_they_are_followed():
    most = limits.CSC_FACTORS
    for depth in (most, most + 1):
        deep = "(" * depth + "A" + ")" * depth
        if depth == most:
            assert expression.factors_of(deep, ("A",)) == ("A",)
            continue
        with pytest.raises(LimitError):
            expression.factors_of(deep, ("A",))


def test_an_expression_over_unknown_factors_is_the_service_s_fault():
    desk = CscDesk(identity(), expression="PIN AND MOON")
    with signing(desk) as signer, pytest.raises(SignerError, match="protocol"):
        signer.sign(b"what is signed")


def test_a_confirmation_elsewhere_is_waited_for():
    waited = []
    desk = CscDesk(identity(), confirmations=3)
    with signing(desk, wait=waited.append) as signer:
        assert signer.sign(b"what is signed")
    assert waited == [2.0, 2.0, 2.0]


def test_a_consent_by_oauth_authorizes_these_hashes_alone():
    desk = CscDesk(identity(), mode="oauth2code")
    seen = []

    def consent(wanted: CscAuthorization) -> str:
        seen.append(wanted)
        return desk.grant(wanted.hashes_json())

    with signing(desk, consent=consent) as signer:
        assert len(signer.sign_many(MESSAGES)) == 3
    (wanted,) = seen
    assert wanted.credential == desk.name
    assert wanted.hash_oid == "2.16.840.1.101.3.4.2.1"
    assert len(wanted.hashes) == 3
    # The twin: a consent that was given for other hashes signs nothing.
    with (
        signing(desk, consent=lambda _: desk.grant(["AAAA"])) as signer,
        pytest.raises(SignerError),
    ):
        signer.sign_many(MESSAGES)
    with signing(desk) as signer, pytest.raises(SignerLocked):
        signer.sign(b"what is signed")


def test_a_mode_of_another_version_is_not_supported():
    desk = CscDesk(identity(), mode="implicit")
    with signing(desk) as signer, pytest.raises(UnsupportedError):
        signer.sign(b"what is signed")


# --- what a service says of itself --------------------------------------------------


def test_a_service_says_what_it_can_do():
    with serving(CscDesk(identity()), token=None) as remote:
        info = remote.info()
    assert (info.specs, info.region) == ("2.0.0.2", "EU")
    assert "signatures/signHash" in info.methods
    assert info.authorization == ("oauth2client",)
    assert info.oauth2 == "https://login.example"


def test_credentials_are_listed_and_described():
    desk = CscDesk(identity())
    with serving(desk) as remote:
        assert remote.credential_ids() == (desk.name,)
        found = remote.credential(desk.name)
        with pytest.raises(SignerError):
            remote.credential("another")
    assert found.certificates[0] == identity().certificate
    assert (found.mode, found.multisign, found.binds_hashes) == ("explicit", 16, True)
    assert [each.label for each in found.factors] == ["signature PIN"]


@pytest.mark.parametrize(
    "address",
    ["sign.example", "ftp://sign.example/", "https://sign.example/csc?x=1"],
)
def test_an_address_is_one_of_the_web(address):
    with pytest.raises(UsageError):
        CscRemote(address, fetcher=HttpFetcher())


# --- secrets --------------------------------------------------------------------------


def test_no_secret_shows_in_prints_errors_or_logs(caplog):
    caplog.set_level(logging.DEBUG)
    desk = CscDesk(identity())
    with signing(desk) as signer:
        shown = [repr(signer), repr(signer._remote), repr(signer._authorizer)]
        signer.sign(b"what is signed")
        desk.fault = CscFault.BROKEN
        with pytest.raises(SignerError) as caught:
            signer.sign(b"what is signed")
    shown += [caplog.text, "".join(traceback.format_exception(caught.value))]
    for secret in (PIN, TOKEN):
        assert not any(secret in each for each in shown)


def test_a_signer_of_a_service_does_not_travel():
    with signing(CscDesk(identity())) as signer:
        for travel in (pickle.dumps, copy.copy):
            for what in (signer, signer._remote):
                with pytest.raises(UsageError):
                    travel(what)


def test_what_a_service_signed_is_a_remote_key_s_signature():
    with signing(CscDesk(identity())) as signer:
        key = RemoteKey(signer.public_key, algorithm=signer.algorithm)
        task = key.prepare(b"what is signed")
        assert key.finish(task, signer.sign(task.message))
