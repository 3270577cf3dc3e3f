"""Forgeries of what a device signed, and for which conversation."""

from dataclasses import replace
from typing import Final

from idwallet.codec.cbor import CborTag, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
)
from idwallet.credentials.mdoc.mso import Authorizations
from idwallet.credentials.mdoc.transcript import (
    DcApiHandover,
    RedirectHandover,
)
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import Reason
from idwallet.testing.mdoc.changes import Forger, inside, setting
from idwallet.testing.mdoc.draft import (
    NAMESPACE,
    MdocDraft,
    stays,
)

_R = Reason


def _for(**changes: str | bytes | None) -> Forger:
    def forge(made: MdocDraft) -> None:
        made.signed_for = replace(made.signed_for, **changes)  # type: ignore[arg-type]  # fields

    return forge


def _for_a_browser(made: MdocDraft) -> None:
    made.signed_for = DcApiHandover("https://shop.example", made.signed_for.nonce)


def _encrypted(made: MdocDraft) -> None:
    """Let the answer be encrypted, which the transcript says."""
    made.signed_for = replace(made.signed_for, thumbprint=bytes(range(32)))
    made.session = Session(made.signed_for, made.scene.reader)


def _another_session(made: MdocDraft) -> None:
    other = RedirectHandover("x509_hash:abc", "older", "https://shop.example/answer")
    made.session = replace(made.session, others=(other,))
    made.signed_for = other


def _knows_others(made: MdocDraft) -> None:
    other = RedirectHandover("x509_hash:abc", "older", "https://shop.example/answer")
    made.session = replace(made.session, others=(other,))


def _stranger(made: MdocDraft) -> None:
    made.signed_by = SoftwareSigner.generate(Algorithm.ES256)


def _by_mac(made: MdocDraft) -> None:
    made.is_mac = True


def _zeroed_mac(held: CborMap) -> None:
    auth = inside(held, "deviceSigned", "deviceAuth")
    mac = a_list(auth["deviceMac"], at="mac")
    mac[3] = bytes(32)


def _zeroed(held: CborMap) -> None:
    auth = inside(held, "deviceSigned", "deviceAuth")
    signature = a_list(auth["deviceSignature"], at="signature")
    signature[3] = bytes(64)


def _more_said(held: CborMap) -> None:
    octets = write_cbor({NAMESPACE: {"age_over_21": True}})
    inside(held, "deviceSigned")["nameSpaces"] = CborTag(24, octets)


def _says(made: MdocDraft) -> None:
    made.device_elements = {NAMESPACE: {"height": 190}}


def _may_say(made: MdocDraft) -> None:
    allowed = Authorizations(frozenset(), {NAMESPACE: frozenset({"height"})})
    made.content = replace(made.content, authorizations=allowed)


def _says_what_it_may(made: MdocDraft) -> None:
    _may_say(made)
    _says(made)


def _says_more(made: MdocDraft) -> None:
    _says(made)
    inside(made.device_elements, NAMESPACE)["age_over_21"] = True


BINDINGS: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("a device that is not the document's", _R.INVALID, _stranger, stays),
    ("a device signature of nothing", _R.INVALID, setting(on_document=_zeroed), stays),
    ("a MAC of nothing", _R.INVALID, setting(on_document=_zeroed_mac), _by_mac),
    (
        "a MAC for another reader",
        _R.INVALID,
        lambda m: setattr(m, "reader", EphemeralKey.generate()),
        _by_mac,
    ),
    (
        "a MAC where the reader has no key",
        _R.KEY_ABSENT,
        lambda m: setattr(m, "session", replace(m.session, reader_key=None)),
        _by_mac,
    ),
    (
        "a device signature for another type",
        _R.INVALID,
        setting(signed_type="org.example.other"),
        stays,
    ),
    (
        "device elements added after signing",
        _R.INVALID,
        setting(on_document=_more_said),
        stays,
    ),
    ("an element the device may not say", _R.NOT_AUTHORIZED, _says, stays),
    (
        "an element beside those it may say",
        _R.NOT_AUTHORIZED,
        _says_more,
        _says_what_it_may,
    ),
    ("another nonce", _R.INVALID, _for(nonce="older"), stays),
    ("no nonce", _R.TRANSCRIPT_MISMATCH, _for(nonce=""), stays),
    ("another client", _R.INVALID, _for(client_id="x509_hash:other"), stays),
    (
        "a client without its prefix",
        _R.TRANSCRIPT_MISMATCH,
        _for(client_id="abc"),
        stays,
    ),
    (
        "a client of another prefix",
        _R.TRANSCRIPT_MISMATCH,
        _for(client_id="x509_san_dns:abc"),
        stays,
    ),
    ("another address", _R.INVALID, _for(response_uri="https://other.example/"), stays),
    (
        "an address with a slash more",
        _R.TRANSCRIPT_MISMATCH,
        _for(response_uri="https://shop.example/answer/"),
        stays,
    ),
    (
        "an answer that was to be encrypted",
        _R.TRANSCRIPT_MISMATCH,
        _for(thumbprint=None),
        _encrypted,
    ),
    ("another key to encrypt to", _R.INVALID, _for(thumbprint=bytes(32)), _encrypted),
    ("another kind of handover", _R.TRANSCRIPT_MISMATCH, _for_a_browser, stays),
    (
        "a proof for another open session",
        _R.TRANSCRIPT_MISMATCH,
        _another_session,
        _knows_others,
    ),
)
