"""Keys in memory: made, read, written encrypted, and never shown."""

import copy
import pickle
import secrets
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from idwallet import limits
from idwallet.codec.pem import read_pem, write_pem
from idwallet.crypto import pkcs8, private
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.seal import SealKey, seal
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.errors import (
    LimitError,
    MalformedError,
    SignerLocked,
    SigningDeclined,
    UnsupportedError,
    UsageError,
)

PASSPHRASE = "correct horse"


def ask(prompt):
    assert "assphrase" in prompt
    return PASSPHRASE


def ask_wrong(prompt):
    return "wrong horse"


def works(signer):
    signature = signer.sign(b"message")
    return signature_matches(
        signer.public_key, signer.algorithm, signature=signature, message=b"message"
    )


def pem_of(native, *, form=PrivateFormat.PKCS8, encryption=None):
    encryption = encryption or NoEncryption()
    return native.private_bytes(Encoding.PEM, form, encryption)


# --- made ---------------------------------------------------------------------------


def test_a_generated_key_signs_by_its_algorithm(signer, algorithm):
    assert signer.algorithm is algorithm
    assert algorithm in signer.public_key.algorithms
    assert works(signer)


def test_two_generated_keys_differ():
    one, two = (SoftwareSigner.generate(Algorithm.ES256) for _ in range(2))
    assert one.public_key != two.public_key


def test_a_generated_rsa_key_has_3072_bits(signer_of):
    assert signer_of(Algorithm.RS256).public_key.native.key_size == 3072


def test_signatures_of_fixed_length_algorithms_have_that_length(signer, algorithm):
    expected = algorithm.signature_bytes or 384
    assert {len(signer.sign(b"%d" % each)) for each in range(20)} == {expected}


def test_a_cryptography_build_without_the_algorithm_is_named(monkeypatch):
    from cryptography.exceptions import UnsupportedAlgorithm

    def make():
        raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setitem(private._MAKE, Algorithm.ML_DSA_44, make)
    with pytest.raises(UnsupportedError, match="ML-DSA-44 is missing"):
        SoftwareSigner.generate(Algorithm.ML_DSA_44)


def test_an_object_that_is_no_private_key_is_refused(signer_of):
    for native in ("key", signer_of(Algorithm.ES256).public_key.native):
        with pytest.raises(UnsupportedError):
            SoftwareSigner(native)


def test_an_algorithm_that_the_key_cannot_do_is_refused():
    native = ec.generate_private_key(ec.SECP256R1())
    assert SoftwareSigner(native).algorithm is Algorithm.ES256
    with pytest.raises(UsageError):
        SoftwareSigner(native, algorithm=Algorithm.ES384)


def test_one_signer_signs_in_many_threads(signer_of):
    signer = signer_of(Algorithm.ES256)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: works(signer), range(200)))


# --- PEM ----------------------------------------------------------------------------


def test_a_key_comes_back_from_its_encrypted_pem(signer):
    pem = signer.to_encrypted_pem(PASSPHRASE.encode())
    again = SoftwareSigner.from_pem(pem, ask_secret=ask, algorithm=signer.algorithm)
    assert again.public_key == signer.public_key
    assert again.algorithm is signer.algorithm
    assert works(again)


def test_the_encrypted_pem_says_pbes2_with_600_000_rounds(signer_of):
    pem = signer_of(Algorithm.ES256).to_encrypted_pem(b"x")
    (block,) = read_pem(pem, at="pem")
    assert block.label == "ENCRYPTED PRIVATE KEY"
    assert bytes.fromhex("06092a864886f70d01050d") in block.der  # PBES2
    assert bytes.fromhex("0203") + (600_000).to_bytes(3, "big") in block.der


def test_two_encryptions_of_one_key_differ(signer_of):
    signer = signer_of(Algorithm.ES256)
    assert signer.to_encrypted_pem(b"x") != signer.to_encrypted_pem(b"x")


def test_an_empty_passphrase_does_not_encrypt(signer_of):
    with pytest.raises(UsageError):
        signer_of(Algorithm.ES256).to_encrypted_pem(b"")


def test_a_wrong_passphrase_leaves_the_key_locked(signer_of):
    pem = signer_of(Algorithm.ES256).to_encrypted_pem(PASSPHRASE.encode())
    assert SoftwareSigner.from_pem(pem, ask_secret=ask)
    for wrong in (ask_wrong, lambda prompt: "", lambda prompt: "\ud800", None):
        with pytest.raises(SignerLocked):
            SoftwareSigner.from_pem(pem, ask_secret=wrong)


def test_a_person_who_declines_is_heard(signer_of):
    def decline(prompt):
        raise SigningDeclined("not now")

    pem = signer_of(Algorithm.ES256).to_encrypted_pem(b"x")
    with pytest.raises(SigningDeclined):
        SoftwareSigner.from_pem(pem, ask_secret=decline)


def test_an_encrypted_key_of_another_tool_is_read():
    native = ec.generate_private_key(ec.SECP384R1())
    pem = pem_of(native, encryption=BestAvailableEncryption(PASSPHRASE.encode()))
    assert SoftwareSigner.from_pem(pem, ask_secret=ask).algorithm is Algorithm.ES384


def encrypted(parameters):
    """Return a key file whose PBES2 derivation has these parameters."""
    scheme = element(0x30, PBES2 + element(0x30, parameters + AES))
    sealed = element(0x30, scheme + element(0x04, bytes(32)))
    return write_pem("ENCRYPTED PRIVATE KEY", sealed)


def element(tag, content):
    assert len(content) < 0x80
    return bytes((tag, len(content))) + content


def number(value):
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pbkdf2(rounds):
    inner = element(0x30, element(0x04, bytes(8)) + number(rounds) + number(32))
    return element(0x30, bytes.fromhex("06092a864886f70d01050c") + inner)


def scrypt(cost, block, parallel):
    parts = element(0x04, bytes(8)) + number(cost) + number(block) + number(parallel)
    inner = element(0x30, parts + number(32))
    return element(0x30, bytes.fromhex("06092b06010401da47040b") + inner)


PBES2 = bytes.fromhex("06092a864886f70d01050d")
AES = bytes.fromhex("301d060960864801650304012a0410" + "00" * 16)


@pytest.mark.parametrize(
    ("allowed", "forged"),
    [
        (pbkdf2(1_000), pbkdf2(limits.KEY_DERIVATION_ROUNDS + 1)),
        (pbkdf2(1_000), pbkdf2(2**62)),
        (scrypt(2**10, 8, 1), scrypt(2**20, 8, 1)),
        (scrypt(2**10, 8, 1), scrypt(2**10, 8, 2**20)),
        (scrypt(2**10, 8, 1), scrypt(2**10, 2**20, 1)),
    ],
)
def test_a_key_file_cannot_order_hours_of_work(allowed, forged):
    asked = []

    def ask_once(prompt):
        asked.append(prompt)
        return PASSPHRASE

    with pytest.raises(SignerLocked):
        SoftwareSigner.from_pem(encrypted(allowed), ask_secret=ask_once)
    assert len(asked) == 1
    with pytest.raises(LimitError) as caught:
        SoftwareSigner.from_pem(encrypted(forged), ask_secret=ask_once)
    assert caught.value.at == "private key"
    assert len(asked) == 1


def test_as_many_rounds_as_the_bound_says_are_let_through():
    pkcs8._require_cheap(
        read_pem(encrypted(pbkdf2(limits.KEY_DERIVATION_ROUNDS)), at="")[0].der, at=""
    )
    pkcs8._require_cheap(read_pem(encrypted(scrypt(2**17, 8, 1)), at="")[0].der, at="")


def test_a_key_file_that_ends_in_the_middle_is_refused():
    (block,) = read_pem(encrypted(pbkdf2(1_000)), at="")
    for size in range(1, len(block.der)):
        with pytest.raises((MalformedError, SignerLocked)):
            pem = write_pem("ENCRYPTED PRIVATE KEY", block.der[:size])
            SoftwareSigner.from_pem(pem, ask_secret=ask)


@pytest.mark.parametrize(
    "form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]
)
@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_an_unencrypted_key_is_read_and_nobody_asked(form, kind):
    def ask_nobody(prompt):
        raise AssertionError

    native = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "EC"
        else rsa.generate_private_key(65537, 2048)
    )
    pem = pem_of(native, form=form)
    assert works(SoftwareSigner.from_pem(pem, ask_secret=ask_nobody))
    assert works(SoftwareSigner.from_pem(pem.decode()))


def test_an_rsa_key_signs_with_ps256_unless_told_otherwise():
    pem = pem_of(rsa.generate_private_key(65537, 2048))
    assert SoftwareSigner.from_pem(pem).algorithm is Algorithm.PS256
    told = SoftwareSigner.from_pem(pem, algorithm=Algorithm.RS256)
    assert told.algorithm is Algorithm.RS256
    with pytest.raises(UsageError):
        SoftwareSigner.from_pem(pem, algorithm=Algorithm.ES256)


def test_other_blocks_beside_the_key_are_left_alone(signer_of):
    key = pem_of(ec.generate_private_key(ec.SECP256R1())).decode()
    beside = write_pem("CERTIFICATE", b"whatever") + key
    assert works(SoftwareSigner.from_pem(beside))


@pytest.mark.parametrize("count", [0, 2])
def test_a_text_of_no_or_two_private_keys_is_refused(count):
    pem = pem_of(ec.generate_private_key(ec.SECP256R1())).decode()
    with pytest.raises(MalformedError) as caught:
        SoftwareSigner.from_pem(pem * count + write_pem("CERTIFICATE", b"x"))
    assert caught.value.clause == "RFC 7468 §10"


def test_a_broken_key_is_refused():
    with pytest.raises(MalformedError) as caught:
        SoftwareSigner.from_pem(write_pem("PRIVATE KEY", b"junk"))
    assert caught.value.at == "private key"


def test_an_encrypted_block_under_the_plain_label_is_refused(signer_of):
    (block,) = read_pem(signer_of(Algorithm.ES256).to_encrypted_pem(b"x"), at="pem")
    with pytest.raises(MalformedError):
        SoftwareSigner.from_pem(write_pem("PRIVATE KEY", block.der), ask_secret=ask)


def test_a_plain_key_under_the_encrypted_label_is_refused():
    (block,) = read_pem(pem_of(ec.generate_private_key(ec.SECP256R1())), at="pem")
    pem = write_pem("ENCRYPTED PRIVATE KEY", block.der)
    with pytest.raises(SignerLocked):
        SoftwareSigner.from_pem(pem, ask_secret=ask)


@pytest.mark.parametrize(
    "native",
    [
        x25519.X25519PrivateKey.generate(),
        ed448.Ed448PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["X25519", "Ed448", "secp256k1"],
)
def test_a_kind_of_key_that_does_not_sign_here_is_refused(native):
    with pytest.raises(UnsupportedError):
        SoftwareSigner.from_pem(pem_of(native))


def test_a_short_rsa_key_does_not_sign():
    with pytest.raises(MalformedError):
        SoftwareSigner.from_pem(pem_of(rsa.generate_private_key(65537, 1024)))


def test_a_cryptography_build_without_the_kind_is_named(monkeypatch, signer_of):
    from cryptography.exceptions import UnsupportedAlgorithm

    def load(der, passphrase):
        raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setattr(pkcs8, "load_der_private_key", load)
    with pytest.raises(UnsupportedError):
        SoftwareSigner.from_pem(write_pem("PRIVATE KEY", b"x"))


@pytest.mark.parametrize("size", [0, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF])
def test_der_lengths_are_in_shortest_form(size):
    written = pkcs8._element(0x04, bytes(size))
    head = written[: len(written) - size]
    expected = {
        0: "0400",
        0x7F: "047f",
        0x80: "048180",
        0xFF: "0481ff",
        0x100: "04820100",
        0xFFFF: "0482ffff",
    }
    assert head.hex() == expected[size]


# --- sealed -------------------------------------------------------------------------


def test_a_key_comes_back_from_its_seal_with_its_algorithm(signer):
    key = SealKey(bytes(32))
    record = signer.to_sealed(key=key, context=b"here", random=secrets.token_bytes)
    again = SoftwareSigner.from_sealed(record, key=key, context=b"here", at="record")
    assert again.public_key == signer.public_key
    assert again.algorithm is signer.algorithm
    with pytest.raises(MalformedError):
        SoftwareSigner.from_sealed(record, key=key, context=b"there", at="record")


@pytest.mark.parametrize(
    "content", [b"", b"\x05", b"\x04none", b"\x02\xff\xff", b"\xff"]
)
def test_a_sealed_record_that_holds_no_key_is_malformed(content):
    key = SealKey(bytes(32))
    record = seal(content, key=key, context=b"here", random=secrets.token_bytes)
    with pytest.raises(MalformedError) as caught:
        SoftwareSigner.from_sealed(record, key=key, context=b"here", at="record")
    assert caught.value.at == "record"


# --- secrets ------------------------------------------------------------------------


def test_a_signer_shows_its_algorithm_only(signer):
    assert repr(signer) == str(signer) == f"<SoftwareSigner {signer.algorithm.jose}>"
    assert not hasattr(signer, "__dict__")


def test_a_signer_does_not_travel(signer_of):
    store = MemoryKeyStore()
    store.create("ES256", None)
    for each in (signer_of(Algorithm.ES256), store):
        for leave in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(UsageError):
                leave(each)


def test_a_signer_offers_its_private_key_to_nobody(signer_of):
    offered = {each for each in dir(SoftwareSigner) if not each.startswith("_")}
    assert offered == {
        "agree",
        "algorithm",
        "from_jwk",
        "from_pem",
        "from_sealed",
        "generate",
        "public_key",
        "reopened_by",
        "sign",
        "to_encrypted_pem",
        "to_sealed",
    }


def test_a_refusal_shows_no_passphrase(signer_of):
    pem = signer_of(Algorithm.ES256).to_encrypted_pem(b"x")
    with pytest.raises(SignerLocked) as caught:
        SoftwareSigner.from_pem(pem, ask_secret=ask)
    assert PASSPHRASE not in "".join(traceback.format_exception(caught.value))


# --- the store in memory ------------------------------------------------------------


def test_a_store_finds_the_key_that_it_made(algorithm):
    store = MemoryKeyStore()
    stored = store.create(algorithm.jose, b"nonce")
    assert stored.algorithm == algorithm.jose
    assert repr(stored) == f"<SoftwareStoredKey {algorithm.jose}>"
    from idwallet.crypto.keys import PublicKey

    key = PublicKey.from_spki(stored.spki, at="key")
    assert store.get(key.thumbprint) is stored
    assert signature_matches(
        key, algorithm, signature=stored.sign(b"message"), message=b"message"
    )
    assert repr(store) == "<MemoryKeyStore of 1 keys>"
    store.delete(key.thumbprint)
    store.delete(key.thumbprint)
    assert store.get(key.thumbprint) is None


@pytest.mark.parametrize("name", ["none", "HS256", "", "ES256K"])
def test_a_store_makes_no_key_for_an_unknown_algorithm(name):
    with pytest.raises(UnsupportedError):
        MemoryKeyStore().create(name, None)


def test_a_store_serves_many_threads():
    store = MemoryKeyStore()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: store.create("ES256", None), range(64)))
    assert repr(store) == "<MemoryKeyStore of 64 keys>"
    assert len({each.spki for each in made}) == 64
