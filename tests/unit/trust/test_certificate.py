from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.x509.oid import NameOID

from idwallet import limits
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.testing.certificates import CertificatePlan, test_name
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.names import GeneralName, NameKind
from tests.unit.trust import forged
from tests.unit.trust.forged import Mutation, forge

PKI = TestPki(seed=b"certificates")


def plan(**changes: object) -> CertificatePlan:
    """The plan of a sound issuer certificate, with changes."""
    made: list[CertificatePlan] = []

    def keep(each: CertificatePlan) -> CertificatePlan:
        made.append(each)
        return each

    PKI.issuer(change=keep)
    return replace(made[0], **changes)  # type: ignore[arg-type]


def read(der: bytes) -> Certificate:
    return Certificate.from_der(der, at="x5c[0]")


def test_a_certificate_says_what_stands_in_it() -> None:
    given = plan()
    found = read(given.to_der())
    assert found.subject == ("CN=TEST https://issuer.example,O=idwallet TEST only,C=XX")
    assert found.issuer == "CN=TEST CA 1,O=idwallet TEST only,C=XX"
    assert found.not_before == MOMENT - timedelta(days=1)
    assert found.not_after == MOMENT + timedelta(days=365)
    assert found.public_key.algorithms
    assert (found.is_ca, found.path_length) == (False, None)
    assert found.key_usage == {KeyUsage.DIGITAL_SIGNATURE}
    assert found.extended_key_usage == {"1.0.18013.5.1.2"}
    assert found.san_uri == ("https://issuer.example",)
    assert found.san_dns == ("issuer.example",)
    assert found.subject_key_id == given.subject_key_id
    assert found.authority_key_id == given.authority_key_id
    assert found.unsupported == ()
    assert found.constraints is None
    assert not found.self_issued
    assert len(found.sha256) == 32


def test_a_ca_certificate_says_what_stands_in_it() -> None:
    root = PKI.root
    assert root.is_ca
    assert root.path_length is None
    assert root.key_usage == {KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}
    assert root.extended_key_usage is None
    assert root.self_issued


def test_certificates_are_equal_when_their_bytes_are() -> None:
    der = plan().to_der()
    assert read(der) == read(bytes(bytearray(der)))
    assert hash(read(der)) == hash(read(der))
    assert read(der) != PKI.root


def test_a_certificate_without_extensions_to_speak_of_has_none() -> None:
    bare = plan(
        key_usage=None,
        key_purposes=(),
        alternative_names=(),
        subject_key_id=None,
        authority_key_id=None,
    )
    found = read(bare.to_der())
    assert found.key_usage is None
    assert found.extended_key_usage is None
    assert found.san_uri == found.san_dns == ()
    assert found.subject_key_id is found.authority_key_id is None


def test_every_form_of_name_is_kept_for_the_constraints() -> None:
    names = (
        x509.DNSName("a.example"),
        x509.UniformResourceIdentifier("urn:x"),
        x509.RFC822Name("desk@a.example"),
        x509.DirectoryName(test_name("other")),
        x509.IPAddress(ip_address("192.0.2.1")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
    )
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "TEST"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "mail@b.example"),
        ]
    )
    found = read(plan(alternative_names=names, subject=subject).to_der())
    kinds = [each.kind for each in found.names]
    assert kinds == [
        NameKind.DIRECTORY,
        NameKind.EMAIL,
        NameKind.DNS,
        NameKind.URI,
        NameKind.EMAIL,
        NameKind.DIRECTORY,
        NameKind.IP,
        NameKind.REGISTERED_ID,
        NameKind.OTHER,
    ]
    assert found.names[1] == GeneralName(NameKind.EMAIL, text="mail@b.example")
    assert found.names[5].rdns[-1] == {("2.5.4.3", "TEST other")}


def test_a_name_of_bits_is_read_as_hexadecimal() -> None:
    bits = x509.NameAttribute(
        NameOID.X500_UNIQUE_IDENTIFIER, b"\x01\x02", x509.name._ASN1Type.BitString
    )
    found = read(plan(subject=x509.Name([bits])).to_der())
    assert found.names[0].rdns == (frozenset({("2.5.4.45", "0102")}),)


def test_name_constraints_are_read_on_both_sides() -> None:
    found = read(
        plan(
            permitted=(x509.DNSName("a.example"),),
            excluded=(x509.UniformResourceIdentifier("b.example"),),
        ).to_der()
    )
    assert found.constraints is not None
    assert found.constraints.permitted == (GeneralName(NameKind.DNS, "a.example"),)
    assert found.constraints.excluded == (GeneralName(NameKind.URI, "b.example"),)


def test_one_side_of_name_constraints_may_be_missing() -> None:
    found = read(plan(excluded=(x509.DNSName("a.example"),)).to_der())
    assert found.constraints is not None
    assert found.constraints.permitted == ()


@pytest.mark.parametrize(
    "extension",
    [
        x509.PolicyConstraints(0, None),
        x509.InhibitAnyPolicy(0),
    ],
)
def test_rules_about_policies_make_a_certificate_unusable(
    extension: x509.ExtensionType,
) -> None:
    found = read(plan(extensions=((extension, False),)).to_der())
    assert found.unsupported == (
        f"extension {extension.oid.dotted_string} is not supported",
    )


def test_an_unknown_extension_counts_only_where_it_is_critical() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert read(plan(extensions=((unknown, False),)).to_der()).unsupported == ()
    assert read(plan(extensions=((unknown, True),)).to_der()).unsupported == (
        "extension 1.2.3.4 is not supported",
    )


def test_critical_certificate_policies_are_understood() -> None:
    policies = x509.CertificatePolicies(
        [x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)]
    )
    assert read(plan(extensions=((policies, True),)).to_der()).unsupported == ()


def test_a_certificate_without_a_subject_is_shown_by_another_name() -> None:
    found = read(plan(subject=x509.Name([])).to_der())
    assert found.subject == ""
    assert found.shown == "https://issuer.example"
    assert NameKind.DIRECTORY not in {each.kind for each in found.names}


def test_what_is_shown_is_made_safe() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a\u202eb\x1b[31m")])
    shown = read(plan(subject=name).to_der()).shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown


NAME = b"TEST https".hex()
REFUSED: dict[str, tuple[Mutation, type[Exception], str]] = {
    "serial number 0": (forged.serial(0), MalformedError, "§4.1.2.2"),
    "negative serial number": (forged.serial(-5), MalformedError, "§4.1.2.2"),
    "version 1 with extensions": (forged.version_1, UnsupportedError, "§4.1.2.1"),
    "version 1": (forged.version_1_plain, UnsupportedError, "§4.1.2.1"),
    "version 3 of 2 bytes": (
        forged.swap("a003020102", "a003020103"),
        MalformedError,
        "§4.1",
    ),
    "extension twice": (forged.extension_twice, MalformedError, "§4.2"),
    "subtree with a minimum": (
        forged.subtree_with_minimum,
        UnsupportedError,
        "§4.2.1.10",
    ),
    "name that is no UTF-8": (
        forged.swap(NAME, "ff" * (len(NAME) // 2)),
        MalformedError,
        "§4.1.2.4",
    ),
    "name of unread kind": (
        forged.swap("820e" + b"issuer.example".hex(), "a30e" + "0500" * 7),
        UnsupportedError,
        "§4.2.1.6",
    ),
    "extension that is no DER": (
        forged.swap("0404030205a0", "040403020fa0"),
        MalformedError,
        "§4.2",
    ),
    "key of unknown kind": (
        forged.swap("2a8648ce3d0201", "2a8648ce3d0209"),
        UnsupportedError,
        "§4.1.2.7",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_certificate_that_breaks_its_format_is_refused(case: str) -> None:
    mutation, error, clause = REFUSED[case]
    usage = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT})
    sound = plan(permitted=(x509.DNSName("example"),), key_usage=usage)
    assert read(forge(sound, lambda tbs: tbs)).subject
    with pytest.raises(error) as caught:
        read(forge(sound, mutation))
    assert caught.value.at == "x5c[0]"  # type: ignore[attr-defined]
    assert caught.value.clause == f"RFC 5280 {clause}"  # type: ignore[attr-defined]


def test_a_key_off_its_curve_is_refused() -> None:
    sound = plan()
    point = PublicKey.from_native(sound.key.public_key()).spki[-64:]
    with pytest.raises(MalformedError):
        read(forge(sound, forged.swap(point.hex(), "01" * 64)))


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"issuer": x509.Name([])}, "§4.1.2.4"),
        ({"subject": x509.Name([]), "alternative_names": ()}, "§4.1.2.6"),
    ],
)
def test_a_certificate_without_a_name_is_refused(
    changes: dict[str, object], clause: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        read(plan(**changes).to_der())
    assert caught.value.clause == f"RFC 5280 {clause}"


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256K1()),
        ed448.Ed448PrivateKey.generate(),
        rsa.generate_private_key(65537, 1024),
    ],
    ids=["secp256k1", "Ed448", "RSA of 1024 bits"],
)
def test_a_key_that_verifies_nothing_here_is_refused(key: object) -> None:
    with pytest.raises(UnsupportedError):
        read(plan(key=key).to_der())


def test_only_a_short_certificate_is_remembered() -> None:
    short, room = plan().to_der(), limits.CERTIFICATE_CACHE_BYTES
    assert len(short) <= room
    assert read(short) is read(short)
    # A stranger's thousand names take a megabyte once they are read.
    names = tuple(x509.DNSName(f"n{n}.example") for n in range(room // 10))
    long = plan(alternative_names=names).to_der()
    assert room < len(long) <= limits.CERTIFICATE_BYTES
    assert read(long) == read(long)
    assert read(long) is not read(long)


def test_a_certificate_larger_than_its_bound_is_refused_unread() -> None:
    with pytest.raises(LimitError):
        read(b"0" * (limits.CERTIFICATE_BYTES + 1))
    with pytest.raises(MalformedError) as caught:
        read(b"0" * limits.CERTIFICATE_BYTES)
    assert not isinstance(caught.value, LimitError)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x84",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x05\x30\x03\x04\x01\x01",
        b"\x30\x05\x30\x03\x02\x01\x01",
        plan().to_der()[:-1],
        plan().to_der() + b"\x00",
    ],
)
def test_what_is_no_certificate_is_malformed(der: bytes) -> None:
    with pytest.raises(MalformedError):
        read(der)


@pytest.mark.parametrize("unused", [1, 2, 7, 8, 255])
def test_no_bits_of_a_signature_are_unused(unused: int) -> None:
    # Of a signature that ends in zeros any number of bits can be said to be unused.
    certificate = PKI.issuer().certificate
    place = len(certificate.der) - len(certificate.native.signature) - 1
    assert certificate.der[place] == 0
    forged = certificate.der[:place] + bytes((unused,)) + certificate.der[place + 1 :]
    with pytest.raises(MalformedError):
        Certificate.from_der(forged, at="x5c")


def test_a_signature_that_ends_in_zeros_has_one_form_only() -> None:
    for serial in range(2_000, 2_100):
        plan = replace(PKI.root_plan(), serial=serial)
        der = plan.to_der()
        if der[-1] & 1 == 0:
            break
    assert Certificate.from_der(der, at="x5c").der == der
    place = len(der) - len(Certificate.from_der(der, at="x5c").native.signature) - 1
    again = der[:place] + b"\1" + der[place + 1 :]
    with pytest.raises(MalformedError) as caught:
        Certificate.from_der(again, at="x5c")
    assert caught.value.clause == "RFC 5280 §4.1.1.3"


def test_a_long_cyrillic_common_name_is_read() -> None:
    name = "Министерство внутренних дел Российской Федерации"
    other = "x" * len(name.encode())
    as_bytes = plan(
        subject=x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, other)])
    )
    common = forged.swap("060355040a", "0603550403")
    letters = forged.swap(other.encode().hex(), name.encode().hex())
    found = read(forge(as_bytes, lambda tbs: letters(common(tbs))))
    assert found.subject == f"CN={name}"


def test_an_authority_s_serial_number_below_one_is_refused_like_any_fault() -> None:
    """`cryptography` only warns; warnings are errors here, as they may be anywhere."""
    issuer = [x509.DirectoryName(test_name("CA"))]
    identifier = x509.AuthorityKeyIdentifier(b"key", issuer, 1)
    sound = plan(authority_key_id=None, extensions=((identifier, False),))
    assert read(sound.to_der())
    with pytest.raises(MalformedError):
        read(forge(sound, forged.swap("820101", "8201ff")))
