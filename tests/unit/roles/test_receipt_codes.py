"""A receipt crosses a counter as a picture, and is the receipt that went in."""

import json
from secrets import token_hex

import pytest

from idwallet.codec import b64
from idwallet.codec.qr import qr_modules
from idwallet.codec.qr_text import QrKind, read_qr_text, write_qr_text
from idwallet.errors import (
    IdWalletError,
    LimitError,
    MalformedError,
    UsageError,
    VerificationFailed,
)
from idwallet.protocols import read_frames, write_frames
from idwallet.protocols.openid4vp.dense import RECEIPT, write_dense
from idwallet.roles import give_receipt, read_receipt_code, receipt_code
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import verify_presentation
from idwallet.testing.scene import Scene

SCENE = Scene()
AT = SCENE.at


def receipted() -> tuple[Holder, int, str]:
    """Return a wallet that answered, its entry, and the receipt of it."""
    wallet = SCENE.new_wallet()
    wallet.add(SCENE.issue(), at=AT)
    request = SCENE.request()
    asked = wallet.read_request(request.message.raw, at=AT)
    choice = wallet.match(asked, at=AT).choose()
    response = wallet.present(asked, choice, at=AT)
    found = verify_presentation(
        response.body, request=request, trust=SCENE.trust, at=AT
    )
    return wallet, response.entry, give_receipt(found, request=request, at=AT)


def test_what_is_read_is_the_receipt_octet_by_octet() -> None:
    _, _, token = receipted()
    code = receipt_code(token)
    assert read_qr_text(code, at="code").kind is QrKind.RECEIPT
    assert read_receipt_code(code) == token
    assert len(code) < len(token)
    assert len(qr_modules(code)) <= 17 + 4 * 30


def test_a_wallet_keeps_what_its_camera_read() -> None:
    wallet, entry, token = receipted()
    kept = wallet.keep_receipt(receipt_code(token), index=entry, at=AT)
    assert kept.token == token


def test_a_receipt_finds_what_it_is_for_by_itself() -> None:
    wallet, entry, token = receipted()
    declined = wallet.read_request(SCENE.request().message.raw, at=AT)
    wallet.decline(declined, at=AT)
    wallet.keep_receipt(receipt_code(token), at=AT)
    (first, _) = wallet.history()
    assert first.index == entry
    assert len(first.receipts) == 1


def test_a_receipt_for_nothing_that_was_answered_is_not_kept() -> None:
    wallet, _, _ = receipted()
    _, _, other = receipted()
    for each in (other, receipt_code(other)):
        with pytest.raises(UsageError, match="no answer"):
            wallet.keep_receipt(each, at=AT)
    with pytest.raises(MalformedError):
        wallet.keep_receipt("noise", at=AT)


def test_a_code_of_another_occasion_is_no_better_than_its_receipt() -> None:
    wallet, entry, _ = receipted()
    _, _, other = receipted()
    with pytest.raises(VerificationFailed):
        wallet.keep_receipt(receipt_code(other), index=entry, at=AT)


def test_in_small_codes_it_crosses_too() -> None:
    _, _, token = receipted()
    whole = read_qr_text(receipt_code(token), at="code")
    found = read_frames(write_frames(whole.kind, whole.octets, frame_octets=200)[1:])
    assert read_receipt_code(write_qr_text(found.kind, found.octets)) == token


@pytest.mark.parametrize("kind", [e for e in QrKind if e is not QrKind.RECEIPT])
def test_a_code_of_another_kind_holds_no_receipt(kind: QrKind) -> None:
    _, _, token = receipted()
    with pytest.raises(MalformedError, match="no receipt"):
        read_receipt_code(write_qr_text(kind, write_dense(token)))


def test_noise_is_no_receipt() -> None:
    _, _, token = receipted()
    octets = write_dense(token, known=RECEIPT)
    for noise in (b"", b"\x80", octets[:-1], octets + b"\0", bytes(40)):
        with pytest.raises(IdWalletError) as caught:
            read_receipt_code(write_qr_text(QrKind.RECEIPT, noise))
        assert isinstance(caught.value, MalformedError | LimitError)


def test_what_no_phone_reads_goes_as_a_file() -> None:
    _, _, token = receipted()
    header, _, signature = token.split(".")
    payload = b64.encode(json.dumps({"basis": token_hex(1_500)}).encode())
    with pytest.raises(UsageError, match="as a file"):
        receipt_code(f"{header}.{payload}.{signature}")
    with pytest.raises(MalformedError):
        receipt_code("not a token")
