import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from idwallet.trust.distinguished import read_name

COMMON, COUNTRY, UNIQUE = (
    NameOID.COMMON_NAME,
    NameOID.COUNTRY_NAME,
    NameOID.X500_UNIQUE_IDENTIFIER,
)


def value(tag: int, contents: bytes) -> bytes:
    """A name of one part: a common name of that string type."""
    string = bytes([tag, len(contents)]) + contents
    attribute = b"\x06\x03\x55\x04\x03" + string
    for outer in (0x30, 0x31, 0x30):
        attribute = bytes([outer, len(attribute)]) + attribute
    return attribute


@pytest.mark.parametrize(
    ("tag", "contents", "text"),
    [
        (0x0C, "Ёлка".encode(), "Ёлка"),
        (0x12, b"12", "12"),
        (0x13, b"a b", "a b"),
        (0x14, b"\xe9", "é"),
        (0x16, b"a@b", "a@b"),
        (0x1A, b"a", "a"),
        (0x1C, "Ё".encode("utf-32-be"), "Ё"),
        (0x1E, "Ё".encode("utf-16-be"), "Ё"),
        (0x03, b"\x00\x01\x02", "000102"),
    ],
)
def test_every_string_type_is_read(tag: int, contents: bytes, text: str) -> None:
    assert read_name(value(tag, contents)) == (
        (frozenset({("2.5.4.3", text)}),),
        f"CN={text}",
    )


@pytest.mark.parametrize(
    ("tag", "contents"),
    [
        (0x0C, b"\xff"),
        (0x13, b"\xe9"),
        (0x1C, b"\x00"),
        (0x1E, b"\x00"),
        (0x02, b"\x01"),
    ],
)
def test_a_string_that_its_type_does_not_allow_is_refused(
    tag: int, contents: bytes
) -> None:
    with pytest.raises(ValueError):
        read_name(value(tag, contents))


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x01",
        b"\x30\x82\x01",
        value(0x0C, b"a")[:-1],
        # an attribute of one element, and of three
        bytes.fromhex("3009310730050603550403"),
        bytes.fromhex("300d310b3009060355040305000500"),
    ],
)
def test_what_is_no_name_is_refused(der: bytes) -> None:
    with pytest.raises(ValueError):
        read_name(der)


def test_a_common_name_of_64_cyrillic_letters_is_read() -> None:
    """RFC 5280 A.1 bounds characters; twice as many bytes are no fault."""
    letters = "Ж" * 64
    long = bytes.fromhex("0c8180") + letters.encode()
    attribute = b"\x06\x03\x55\x04\x03" + long
    for outer in (0x30, 0x31, 0x30):
        attribute = bytes([outer, 0x81, len(attribute)]) + attribute
    assert len(attribute) > 128
    assert read_name(attribute)[1] == f"CN={letters}"


OIDS = st.sampled_from(
    [
        NameOID.COMMON_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.LOCALITY_NAME,
        NameOID.EMAIL_ADDRESS,
        NameOID.DOMAIN_COMPONENT,
        NameOID.USER_ID,
        x509.ObjectIdentifier("1.2.3"),
        x509.ObjectIdentifier("2.999.1234567"),
        x509.ObjectIdentifier("0.9.2342.5"),
    ]
)
TEXTS = st.text(
    st.sampled_from([*'\\"+,;<>#= ', "\0", "a", "Z", "9"]), min_size=1, max_size=8
)


@given(st.lists(st.lists(st.tuples(OIDS, TEXTS), min_size=1, max_size=3), max_size=4))
def test_names_read_and_show_as_cryptography_has_them(
    parts: list[list[tuple[x509.ObjectIdentifier, str]]],
) -> None:
    name = x509.Name(
        [
            x509.RelativeDistinguishedName(
                {x509.NameAttribute(oid, text) for oid, text in part}
            )
            for part in parts
        ]
    )
    again = x509.load_der_x509_csr(_request(name)).subject
    rdns, text = read_name(name.public_bytes())
    assert rdns == tuple(
        frozenset((each.oid.dotted_string, each.value) for each in rdn)
        for rdn in again.rdns
    )
    assert text == again.rfc4514_string()


def _request(name: x509.Name) -> bytes:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.derive_private_key(1, ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)
