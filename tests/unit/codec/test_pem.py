import pytest

from idwallet import limits
from idwallet.codec.pem import PemBlock, read_pem, write_pem
from idwallet.errors import LimitError, MalformedError, UsageError

DER = bytes(range(100))
TEXT = write_pem("CERTIFICATE", DER)
LINES = TEXT.splitlines()


def test_a_block_is_written_in_lines_of_64_characters() -> None:
    assert LINES[0] == "-----BEGIN CERTIFICATE-----"
    assert LINES[-1] == "-----END CERTIFICATE-----"
    assert [len(line) for line in LINES[1:-1]] == [64, 64, 8]
    assert TEXT.endswith("-----\n")


@pytest.mark.parametrize("der", [b"\x00", bytes(47), bytes(48), bytes(49), bytes(96)])
@pytest.mark.parametrize("label", ["X", "EC PRIVATE KEY", "X509 CRL", "A-B"])
def test_what_is_written_reads_back(label: str, der: bytes) -> None:
    assert read_pem(write_pem(label, der), at="file") == (PemBlock(label, der),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_of_three_ways(end: str) -> None:
    text = TEXT.replace("\n", end)
    assert read_pem(text, at="file") == read_pem(TEXT, at="file")
    assert read_pem(text.rstrip(), at="file") == read_pem(TEXT, at="file")


def test_blocks_come_in_their_order_and_text_between_them_is_ignored() -> None:
    text = "Übersicht\n\n" + TEXT + "subject=x\n" + write_pem("X509 CRL", b"2") + "\n\n"
    assert read_pem(text.encode(), at="file") == (
        PemBlock("CERTIFICATE", DER),
        PemBlock("X509 CRL", b"2"),
    )
    assert read_pem("\ud800\n" + TEXT, at="file") == (PemBlock("CERTIFICATE", DER),)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (TEXT, "", "no PEM block"),
        (TEXT, " " + TEXT.replace("\n", "\n "), "no PEM block"),
        (LINES[0], "-----BEGIN CERTIFICATE----", "not a PEM boundary"),
        (LINES[0], "-----BEGIN CERTIFICATE----- ", "not a PEM boundary"),
        (LINES[0], "-----BEGIN  CERTIFICATE-----", "not a PEM boundary"),
        (LINES[0], "-----BEGIN -----", "not a PEM boundary"),
        (LINES[0], "-----BEGIN CERTIFI\u0421ATE-----", "not a PEM boundary"),
        (LINES[0], "-----END CERTIFICATE-----", "not a PEM boundary"),
        (LINES[-1], "-----END X509 CRL-----", "not the block's end"),
        (LINES[-1], "-----END CERTIFICATE----- ", "not the block's end"),
        (LINES[-1], LINES[0], "not the block's end"),
        (LINES[-1] + "\n", "", "PEM block does not end"),
        (LINES[1], LINES[1] + " ", "lines are not 64 characters"),
        (LINES[1] + "\n", LINES[1][:32] + "\n", "lines are not 64 characters"),
        (LINES[1] + "\n", LINES[1], "lines are not 64 characters"),
        (LINES[3] + "\n", LINES[3] + "\n\n", "lines are not 64 characters"),
        (LINES[0] + "\n", LINES[0] + "\n\n", "lines are not 64 characters"),
        (
            LINES[0] + "\n",
            LINES[0] + "\nProc-Type: 4,ENCRYPTED\n",
            "lines are not 64 characters",
        ),
        ("\n".join(LINES[1:-1]) + "\n", "", "lines are not 64 characters"),
        (LINES[3], LINES[3].replace("=", ""), "not base64"),
        (LINES[1], "-" + LINES[1][1:], "not base64"),
        (LINES[3], "YGFiY=", "not base64"),
        (LINES[3], "YGFiYx==", "base64 is not canonical"),
    ],
)
def test_a_block_outside_the_rules_is_refused(old: str, new: str, what: str) -> None:
    read_pem(TEXT, at="chain")
    with pytest.raises(MalformedError) as caught:
        read_pem(TEXT.replace(old, new, 1), at="chain")
    assert caught.value.what == what
    assert caught.value.at in {"chain", "chain block 1"}
    assert caught.value.clause == "RFC 7468 §3"


def test_a_fault_names_its_block() -> None:
    with pytest.raises(MalformedError) as caught:
        read_pem(TEXT + TEXT.replace(LINES[1], "!" * 64), at="chain")
    assert caught.value.at == "chain block 2"


def test_the_size_has_a_limit() -> None:
    filling = "#" * (limits.PEM_BYTES - len(TEXT) - 1) + "\n"
    read_pem(filling + TEXT, at="file")
    with pytest.raises(LimitError) as caught:
        read_pem("#" + filling + TEXT, at="file")
    assert caught.value.what == "PEM text is too long"


def test_the_number_of_blocks_has_a_limit() -> None:
    block = write_pem("X", b"1")
    assert len(read_pem(block * limits.PEM_BLOCKS, at="file")) == limits.PEM_BLOCKS
    with pytest.raises(LimitError) as caught:
        read_pem(block * (limits.PEM_BLOCKS + 1), at="file")
    assert caught.value.what == "too many PEM blocks"


@pytest.mark.parametrize("label", ["", "A  B", "-A", " A", "A ", "A\n", "A--B", "Я"])
def test_a_label_outside_the_grammar_is_not_written(label: str) -> None:
    with pytest.raises(UsageError):
        write_pem(label, b"1")


def test_an_empty_block_is_not_written() -> None:
    with pytest.raises(UsageError):
        write_pem("X", b"")


def test_a_block_does_not_show_its_octets() -> None:
    assert repr(PemBlock("PRIVATE KEY", b"secret")) == "PemBlock(label='PRIVATE KEY')"
