"""Keys on a PKCS #11 token, proved on SoftHSM."""

import copy
import gc
import os
import pickle
import secrets
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from idwallet.adapters.keys import open_signer
from idwallet.adapters.pkcs11 import Pkcs11KeyStore, Pkcs11Signer, TokenAddress
from idwallet.adapters.pkcs11 import session as sessions
from idwallet.codec import b64
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.crypto.signer import StoredKeySigner
from idwallet.documents import DOCUMENTS, CAdES
from idwallet.envelope.cms import read_signed_data
from idwallet.errors import (
    MalformedError,
    SignerError,
    SignerLocked,
    SignerUnavailable,
    SigningDeclined,
    UnsupportedError,
    UsageError,
)
from idwallet.roles.document_signer import sign_documents, verify_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT
from idwallet.trust.evidence import EvidenceAtHand

PIN = "1234"
MODULE = "/module.so"


def ask(prompt):
    assert "PIN" in prompt
    return PIN


# --- addresses ----------------------------------------------------------------------


def address(rest, *, module_path=MODULE):
    return TokenAddress.from_uri(f"pkcs11:{rest}", module_path=module_path)


def test_a_uri_is_read_with_its_escapes():
    uri = "PKCS11:token=my%20token;object=%D0%BA;id=%00%ff;serial=1;type=private"
    assert TokenAddress.from_uri(uri + "?module-path=/m.so") == TokenAddress(
        "/m.so", token="my token", serial="1", object="к", id=b"\x00\xff"
    )


def test_an_empty_uri_names_any_token_of_its_module():
    assert address("") == TokenAddress(MODULE)
    assert address("?module-path=/module.so") == TokenAddress(MODULE)


def test_a_uri_without_a_module_is_refused(monkeypatch):
    monkeypatch.delenv("PKCS11_MODULE_PATH", raising=False)
    with pytest.raises(UsageError):
        address("token=x", module_path=None)
    with pytest.raises(UsageError):
        address("token=x?module-path=/other.so")


def test_the_environment_names_the_module_where_nobody_else_does(monkeypatch):
    monkeypatch.setenv("PKCS11_MODULE_PATH", "/env.so")
    assert address("", module_path=None).module_path == "/env.so"
    assert address("").module_path == MODULE
    assert address("?module-path=/m.so", module_path=None).module_path == "/m.so"


@pytest.mark.parametrize("name", ["pin-value=1234", "pin-source=file:/pin"])
def test_a_pin_in_a_uri_is_refused(name):
    with pytest.raises(UsageError) as caught:
        address(f"token=x?{name}")
    assert PIN not in str(caught.value)


@pytest.mark.parametrize(
    "rest",
    [
        "token",
        "token=a;token=b",
        "=a",
        ";",
        "token=a;",
        "token=%ff",
        "token=%41\ud800",
        "x-vendor=1",
        "token=a?x-vendor=1",
        "TOKEN=a",
    ],
)
def test_a_uri_that_says_too_little_or_too_much_is_malformed(rest):
    assert address("token=a")
    with pytest.raises(MalformedError) as caught:
        address(rest)
    assert (caught.value.at, caught.value.clause) == ("key URI", "RFC 7512 §2.3")


def test_another_scheme_is_malformed():
    with pytest.raises(MalformedError):
        TokenAddress.from_uri("file:key.pem", module_path=MODULE)


def test_an_attribute_that_would_narrow_the_choice_is_not_ignored():
    with pytest.raises(UnsupportedError):
        address("manufacturer=x")
    with pytest.raises(UsageError):
        address("type=public")


# --- a token ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module_path(softhsm_module, tmp_path_factory):
    """SoftHSM with two tokens, `gov` and `shop`, of its own."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 absent (extra pkcs11)")
    import pkcs11

    pkcs11.unload(str(softhsm_module))  # it reads its settings when it is loaded
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for label in ("gov", "shop"):
        command = f"--init-token --free --label {label} --pin {PIN} --so-pin 5678"
        util = shutil.which("softhsm2-util")
        subprocess.run([util, *command.split()], check=True, capture_output=True)
    yield str(softhsm_module)
    pkcs11.unload(str(softhsm_module))
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def gov(module_path):
    """The address of a token on which the test leaves nothing behind."""
    found = TokenAddress(module_path, token="gov")
    yield found
    assert sessions._LOGINS == {}  # whoever logged in has logged out
    with raw_session(module_path) as native:
        for each in list(native.get_objects({})):
            each.destroy()


class raw_session:  # noqa: N801 - reads as a function
    """A session of python-pkcs11 itself, logged in."""

    def __init__(self, module_path):
        import pkcs11

        found = pkcs11.lib(module_path).get_token(token_label="gov")
        self.session = found.open(rw=True, user_pin=PIN)

    def __enter__(self):
        return self.session

    def __exit__(self, *exc):
        self.session.close()


def make_rsa(module_path, **attributes):
    import pkcs11

    with raw_session(module_path) as native:
        native.generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, **attributes)


def make_ec(module_path, *, curve="secp256r1", **attributes):
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    with raw_session(module_path) as native:
        parameters = native.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
            local=True,
        )
        parameters.generate_keypair(store=True, **attributes)


def uri(found, **parts):
    said = ";".join(f"{name}={value}" for name, value in parts.items())
    return f"pkcs11:token={found.token};{said}?module-path={found.module_path}"


def works(signer):
    return signature_matches(
        signer.public_key,
        signer.algorithm,
        signature=signer.sign(b"message"),
        message=b"message",
    )


def thumbprint_of(stored):
    return PublicKey.from_spki(stored.spki, at="key").thumbprint


@pytest.mark.parametrize("name", ["ES256", "ES384", "ES512", "EdDSA"])
def test_a_key_made_on_the_token_signs_and_is_found(gov, name):
    with Pkcs11KeyStore(gov, ask_secret=ask) as store:
        made = store.create(name, b"nonce")
        thumbprint = thumbprint_of(made)
        found = store.get(thumbprint)
        assert (made.algorithm, found.algorithm) == (name, name)
        assert works(StoredKeySigner(made))
        assert works(StoredKeySigner(found))
        store.delete(thumbprint)
        store.delete(thumbprint)
        assert store.get(thumbprint) is None
    with raw_session(gov.module_path) as native:
        assert list(native.get_objects({})) == []


def test_a_key_made_on_the_token_cannot_leave_it(gov):
    import pkcs11

    with Pkcs11KeyStore(gov, ask_secret=ask) as store:
        store.create("ES256", None)
        kind = pkcs11.ObjectClass.PRIVATE_KEY
        (private,) = sessions.objects(store._session, kind)
        assert private[pkcs11.Attribute.SENSITIVE]
        assert not private[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.PKCS11Error):
            private[pkcs11.Attribute.VALUE]


@pytest.mark.parametrize("name", ["PS256", "RS256", "ML-DSA-44", "none"])
def test_a_token_makes_no_key_of_another_algorithm(gov, name):
    with Pkcs11KeyStore(gov, ask_secret=ask) as store, pytest.raises(UnsupportedError):
        store.create(name, None)


def test_a_store_neither_finds_nor_deletes_a_key_that_it_did_not_make(gov):
    make_ec(gov.module_path, label="another's", id=bytes(32))
    thumbprint = b64.encode(bytes(32))
    with Pkcs11KeyStore(gov, ask_secret=ask) as store:
        for name in ("", "!", "AA", thumbprint):
            assert store.get(name) is None
            store.delete(name)
    with raw_session(gov.module_path) as native:
        assert len(list(native.get_objects({}))) == 2


def test_a_key_under_the_name_of_another_is_refused(gov):
    make_ec(gov.module_path, label="idwallet", id=bytes(32))
    with Pkcs11KeyStore(gov, ask_secret=ask) as store, pytest.raises(SignerError):
        store.get(b64.encode(bytes(32)))


def test_a_key_that_cannot_be_named_is_not_left_behind(gov, monkeypatch):
    from idwallet.adapters.pkcs11 import store as stores

    def fail(public):
        raise SignerUnavailable("pulled out")

    monkeypatch.setattr(stores, "read_public", fail)
    with (
        Pkcs11KeyStore(gov, ask_secret=ask) as store,
        pytest.raises(SignerUnavailable),
    ):
        store.create("ES256", None)
    with raw_session(gov.module_path) as native:
        assert list(native.get_objects({})) == []


def test_a_store_is_a_whole_token(gov):
    for found in (
        TokenAddress(gov.module_path, object="x"),
        TokenAddress(gov.module_path, id=b"x"),
    ):
        with pytest.raises(UsageError):
            Pkcs11KeyStore(found, ask_secret=ask)


# --- signers ------------------------------------------------------------------------


def test_a_key_is_opened_by_label_and_by_identifier(gov):
    make_ec(gov.module_path, label="ds-2026", id=b"\x01\x02")
    make_ec(gov.module_path, label="other", id=b"\x03")
    keys = set()
    for parts in ({"object": "ds-2026"}, {"id": "%01%02"}):
        with open_signer(uri(gov, **parts), ask_secret=ask) as signer:
            assert works(signer)
            assert repr(signer) == "<Pkcs11Signer ES256>"
            keys.add(signer.public_key)
    assert len(keys) == 1


def test_a_token_is_chosen_by_its_serial_number(gov):
    import pkcs11

    make_ec(gov.module_path, label="k")
    serial = pkcs11.lib(gov.module_path).get_token(token_label="gov").serial.decode()
    chosen = f"pkcs11:serial={serial};object=k"
    with open_signer(chosen, ask_secret=ask, module_path=gov.module_path) as signer:
        assert works(signer)


@pytest.mark.parametrize("algorithm", [None, Algorithm.PS256, Algorithm.RS256])
def test_an_rsa_key_signs_with_the_algorithm_asked_for(gov, algorithm):
    make_rsa(gov.module_path, label="rsa", id=b"r")
    chosen = uri(gov, object="rsa")
    with open_signer(chosen, ask_secret=ask, algorithm=algorithm) as signer:
        assert signer.algorithm is (algorithm or Algorithm.PS256)
        assert works(signer)
    with pytest.raises(UsageError):
        open_signer(chosen, ask_secret=ask, algorithm=Algorithm.ES256)


def test_a_wrong_or_missing_pin_leaves_the_token_locked(gov):
    make_ec(gov.module_path, label="k")
    for wrong in (None, lambda prompt: "9999", lambda prompt: ""):
        with pytest.raises(SignerLocked) as caught:
            open_signer(uri(gov, object="k"), ask_secret=wrong)
        assert "9999" not in str(caught.value)
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        assert works(signer)


def test_a_missing_token_module_or_key_is_an_unavailable_signer(gov, tmp_path):
    missing = [
        uri(TokenAddress(gov.module_path, token="absent"), object="k"),
        uri(TokenAddress(str(tmp_path / "absent.so"), token="gov"), object="k"),
        uri(gov, object="absent"),
        f"pkcs11:?module-path={gov.module_path}",  # two tokens match
    ]
    for each in missing:
        with pytest.raises(SignerUnavailable):
            open_signer(each, ask_secret=ask)


def test_two_keys_that_match_are_none(gov):
    for _ in range(2):
        make_ec(gov.module_path, label="k")
    with pytest.raises(SignerUnavailable, match="2 private keys"):
        open_signer(uri(gov, object="k"), ask_secret=ask)


def test_the_public_key_is_found_by_label_where_there_is_no_identifier(gov):
    make_ec(gov.module_path, label="k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        assert works(signer)


def destroy_public(module_path):
    import pkcs11

    with raw_session(module_path) as native:
        kind = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY}
        for each in list(native.get_objects(kind)):
            each.destroy()


def put_certificate(module_path, der, *, identity):
    import pkcs11

    with raw_session(module_path) as native:
        native.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.SUBJECT: b"\x30\x00",
                pkcs11.Attribute.VALUE: der,
                pkcs11.Attribute.ID: identity,
            }
        )


def certificate_of(public_key, at):
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test key")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key.native)
        .serial_number(1)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=1))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def test_the_public_key_may_stand_in_a_certificate(gov, at):
    make_ec(gov.module_path, label="k", id=b"k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        key = signer.public_key
    destroy_public(gov.module_path)
    with pytest.raises(SignerUnavailable, match="no public key"):
        open_signer(uri(gov, object="k"), ask_secret=ask)
    put_certificate(gov.module_path, certificate_of(key, at), identity=b"k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        assert signer.public_key == key
        assert works(signer)


def test_a_certificate_that_is_none_is_malformed(gov):
    make_ec(gov.module_path, label="k", id=b"k")
    destroy_public(gov.module_path)
    put_certificate(gov.module_path, b"junk", identity=b"k")
    with pytest.raises(MalformedError):
        open_signer(uri(gov, object="k"), ask_secret=ask)


def test_a_certificate_of_an_unknown_kind_of_key_is_refused(gov, at, monkeypatch):
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    def load(der):
        raise UnsupportedAlgorithm("not in this build")

    make_ec(gov.module_path, label="k", id=b"k")
    destroy_public(gov.module_path)
    put_certificate(gov.module_path, b"a certificate", identity=b"k")
    monkeypatch.setattr(x509, "load_der_x509_certificate", load)
    with pytest.raises(UnsupportedError):
        open_signer(uri(gov, object="k"), ask_secret=ask)


def test_the_public_half_of_another_key_is_found_out_at_the_first_signature(gov, at):
    make_ec(gov.module_path, label="k", id=b"k")
    make_ec(gov.module_path, label="other", id=b"o")
    with open_signer(uri(gov, object="other"), ask_secret=ask) as signer:
        other = signer.public_key
    destroy_public(gov.module_path)
    put_certificate(gov.module_path, certificate_of(other, at), identity=b"k")
    with (
        open_signer(uri(gov, object="k"), ask_secret=ask) as signer,
        pytest.raises(SignerError),
    ):
        signer.sign(b"message")


def test_a_curve_that_is_not_on_the_list_is_refused(gov):
    make_ec(gov.module_path, curve="secp256k1", label="k")
    with pytest.raises(UnsupportedError):
        open_signer(uri(gov, object="k"), ask_secret=ask)


def test_a_kind_of_key_that_does_not_sign_here_is_refused(gov):
    import pkcs11

    with raw_session(gov.module_path) as native:
        parameters = native.generate_domain_parameters(pkcs11.KeyType.DSA, 1024)
        parameters.generate_keypair(store=True, label="k", id=b"k")
        parameters.destroy()
    with pytest.raises(UnsupportedError):
        open_signer(uri(gov, object="k"), ask_secret=ask)


# --- sessions and logins ------------------------------------------------------------


def test_the_pin_is_asked_for_once_and_the_login_is_shared(gov):
    asked = []

    def count(prompt):
        asked.append(prompt)
        return PIN

    make_ec(gov.module_path, label="k")
    with Pkcs11KeyStore(gov, ask_secret=count):
        one = open_signer(uri(gov, object="k"), ask_secret=count)
        with open_signer(uri(gov, object="k"), ask_secret=count) as two:
            assert works(two)
        assert works(one)  # closing one user has not logged out the others
        one.close()
        one.close()
    assert len(asked) == 1


def test_a_closed_signer_does_not_sign(gov):
    make_ec(gov.module_path, label="k")
    signer = open_signer(uri(gov, object="k"), ask_secret=ask)
    assert works(signer)
    signer.close()
    with pytest.raises(SignerUnavailable):
        signer.sign(b"message")


def test_a_forgotten_signer_closes_its_session(gov):
    make_ec(gov.module_path, label="k")
    signer = open_signer(uri(gov, object="k"), ask_secret=ask)
    assert len(sessions._LOGINS) == 1
    del signer
    gc.collect()
    assert sessions._LOGINS == {}


def test_a_login_made_by_other_code_is_used_and_left_alone(gov):
    make_ec(gov.module_path, label="k")
    with raw_session(gov.module_path) as native:
        with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
            assert works(signer)
        assert len(list(native.get_objects({}))) == 2  # the private one is seen


def test_the_pin_is_held_by_nothing(gov):
    make_ec(gov.module_path, label="k")
    secret_pin = PIN

    with open_signer(uri(gov, object="k"), ask_secret=lambda prompt: secret_pin) as one:
        assert one._ask_secret is None
        (login,) = sessions._LOGINS.values()
        assert PIN not in map(str, vars(login).values())


def test_a_key_that_asks_each_time_asks_each_time(gov):
    import pkcs11

    asked = []

    def count(prompt):
        asked.append(prompt)
        return PIN

    always = {pkcs11.Attribute.ALWAYS_AUTHENTICATE: True}
    make_ec(gov.module_path, label="k", private_template=always)
    with open_signer(uri(gov, object="k"), ask_secret=count) as signer:
        for _ in range(2):
            assert works(signer)
    assert len(asked) == 3


def test_a_signer_signs_in_many_threads(gov):
    make_ec(gov.module_path, label="k")
    with (
        open_signer(uri(gov, object="k"), ask_secret=ask) as signer,
        ThreadPoolExecutor(8) as pool,
    ):
        assert all(pool.map(lambda _: works(signer), range(40)))


def test_a_token_s_keys_do_not_travel(gov):
    make_ec(gov.module_path, label="k")
    with (
        Pkcs11Signer(replace(gov, object="k"), ask_secret=ask) as signer,
        Pkcs11KeyStore(gov, ask_secret=ask) as store,
    ):
        for each in (signer, store):
            for leave in (pickle.dumps, copy.copy):
                with pytest.raises(UsageError):
                    leave(each)


def test_a_signer_that_was_opened_by_its_uri_travels_as_that(gov):
    make_ec(gov.module_path, label="k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        data = pickle.dumps(signer)
        assert PIN.encode() not in data
        with pickle.loads(data) as there:
            assert there is pickle.loads(data)
            assert works(there)


# --- documents ----------------------------------------------------------------------


def put_key(module_path, who):
    """Put a test key on the token: one on the token itself has no test certificate."""
    import pkcs11
    from cryptography.hazmat.primitives import serialization
    from pkcs11.util import ec, rsa

    native = who.signer._native
    is_rsa = who.signer.algorithm in {Algorithm.RS256, Algorithm.PS256}
    der = native.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    parts = (rsa.decode_rsa_private_key if is_rsa else ec.decode_ec_private_key)(der)
    named = {pkcs11.Attribute.LABEL: "k", pkcs11.Attribute.ID: b"k"}
    kept = {pkcs11.Attribute.TOKEN: True, **named}
    with raw_session(module_path) as session:
        session.create_object({**parts, **kept, pkcs11.Attribute.SIGN: True})
    put_certificate(module_path, who.chain[0], identity=b"k")


def documents_signed(who, signer, **change):
    return sign_documents(
        {"one": b"1", "two": b"2", "three": b"3"},
        CAdES(),
        signer=signer,
        certificates=who.chain,
        signing_time=MOMENT,
        **change,
    )


def require_verified(scene, who, results):
    assert [each.error for each in results] == [None] * 3
    trust = scene.pki.store().with_evidence(EvidenceAtHand(crls=crls(who, at=MOMENT)))
    policy = replace(DOCUMENTS, algorithms=frozenset(Algorithm))
    for each, document in zip(results, (b"1", b"2", b"3"), strict=True):
        verify_document(
            each.signed, document=document, trust=trust, policy=policy, at=MOMENT
        )


@pytest.mark.parametrize(
    "algorithm",
    [Algorithm.ES256, Algorithm.ES384, Algorithm.RS256, Algorithm.PS256],
)
def test_a_token_signs_documents(gov, algorithm):
    scene = DocumentScene()
    who = document_signer(scene.pki, algorithm=algorithm)
    put_key(gov.module_path, who)
    with open_signer(
        uri(gov, object="k"), ask_secret=ask, algorithm=algorithm
    ) as signer:
        require_verified(scene, who, documents_signed(who, signer))


def test_an_ed25519_key_that_was_made_on_a_token_signs_documents(gov, at):
    with Pkcs11KeyStore(gov, ask_secret=ask) as store:
        signer = StoredKeySigner(store.create("EdDSA", None))
        chain = [certificate_of(signer.public_key, at)]
        results = sign_documents(
            {"one": b"1"},
            CAdES(),
            signer=signer,
            certificates=chain,
            signing_time=MOMENT,
        )
    message = read_signed_data(results[0].signed, at="test")
    (found,) = message.signers
    assert signature_matches(
        signer.public_key,
        Algorithm.EDDSA,
        signature=found.signature,
        message=found.signed,
    )


def ask_and_note(folder, prompt):
    """A prompt of a module: it notes which process was asked."""
    Path(folder, f"{os.getpid()}-{secrets.token_hex(4)}").touch()
    return ask(prompt)


def test_each_process_logs_in_at_the_token_once(gov, tmp_path):
    scene = DocumentScene()
    put_key(gov.module_path, scene.signer)
    prompt = partial(ask_and_note, str(tmp_path))
    with (
        open_signer(uri(gov, object="k"), ask_secret=prompt) as signer,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool,
    ):
        for _ in range(2):
            results = documents_signed(scene.signer, signer, executor=pool)
            require_verified(scene, scene.signer, results)
    asked = [each.name.partition("-")[0] for each in tmp_path.iterdir()]
    assert len(asked) == len(set(asked)) <= 3
    assert str(os.getpid()) in asked


def test_a_forked_process_does_not_use_its_parent_s_login(gov, monkeypatch):
    make_ec(gov.module_path, label="k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        data = pickle.dumps(signer)
        with monkeypatch.context() as forked:
            forked.setattr(os, "getpid", lambda: -1)
            with pytest.raises(SignerUnavailable, match="spawn"):
                pickle.loads(data)
        with pickle.loads(data) as there:
            assert works(there)


def test_an_answer_of_the_token_becomes_an_error_of_ours():
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 absent (extra pkcs11)")
    for raised, expected in (
        (pkcs11.PinLocked, SignerLocked),
        (pkcs11.UserNotLoggedIn, SignerLocked),
        (pkcs11.FunctionCancelled, SigningDeclined),
        (pkcs11.FunctionRejected, SigningDeclined),
        (pkcs11.DeviceRemoved, SignerUnavailable),
        (pkcs11.GeneralError, SignerUnavailable),
    ):
        with pytest.raises(expected), sessions.translated():
            raise raised


def test_a_token_without_the_attribute_asks_once(gov, monkeypatch):
    import pkcs11

    class Silent:
        def __getitem__(self, attribute):
            raise pkcs11.AttributeTypeInvalid

    make_ec(gov.module_path, label="k")
    with open_signer(uri(gov, object="k"), ask_secret=ask) as signer:
        signer._private = Silent()
        assert signer._asks_each_time() is False


def test_python_pkcs11_is_named_when_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(UnsupportedError, match=r"idwallet\[pkcs11\]"):
        Pkcs11Signer(TokenAddress(MODULE), ask_secret=ask)


def test_random_identifiers_are_found_by_their_octets(gov):
    identity = secrets.token_bytes(8)
    make_ec(gov.module_path, id=identity)
    escaped = "".join(f"%{octet:02x}" for octet in identity)
    with open_signer(uri(gov, id=escaped), ask_secret=ask) as signer:
        assert works(signer)
