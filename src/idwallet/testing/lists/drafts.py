"""Lists of trust whose every part can be bent before they are signed, or after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import CoseForm, CoseHeaders, sign_sign1, x5chain_parameter
from idwallet.envelope.cose.labels import X5CHAIN
from idwallet.envelope.jws import x5c_parameter
from idwallet.testing.draft import loose_json, loose_jws, overlaid
from idwallet.testing.lists.scene import (
    MONTH,
    TERRITORY,
    ListedEntry,
    ListFacts,
    ListScene,
    expected,
)
from idwallet.testing.lists.writing import write_etsi, write_lote, write_vical
from idwallet.testing.xml_signed import XmlDraft
from idwallet.trust.lists import (
    ExpectedList,
    ListForm,
    ListRules,
    UnverifiedList,
    VerifiedList,
    evaluate_trusted_list,
)
from idwallet.trust.lists.vical import IACA, TYPE

EU_LIST: Final = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"
PID_LIST: Final = "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList"
PID: Final = "http://uri.etsi.org/19602/SvcType/PID/Issuance"
QEAA: Final = "http://uri.etsi.org/TrstSvc/Svctype/EAA/Q"
GRANTED: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
WITHDRAWN: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn"


def _same_text(text: str) -> str:
    return text


def _same_json(value: JsonObject) -> JsonObject:
    return value


def _same_map(value: dict[CborKey, CborValue]) -> dict[CborKey, CborValue]:
    return value


def _same_signature(_: XmlDraft) -> None:
    """Change nothing."""


@dataclass(slots=True)
class ListDraft:
    """A list before it is signed; change a field, then take `data` or judge it.

    `facts` are what it says. `bend_xml`, `bend_json` and `bend_map` change how it is
    written, `signature` how an XML list is signed, `header` overlays the header of a
    JWS, and `bend` changes the finished octets.
    """

    scene: ListScene
    form: ListForm
    facts: ListFacts
    signer: Signer
    chain: tuple[bytes, ...]
    expected: ExpectedList
    rules: ListRules
    pivots: tuple[bytes, ...] = ()
    header: JsonObject = field(default_factory=dict)
    bend_xml: Callable[[str], str] = _same_text
    bend_json: Callable[[JsonObject], JsonObject] = _same_json
    bend_map: Callable[[dict[CborKey, CborValue]], dict[CborKey, CborValue]] = _same_map
    bend_payload: Callable[[bytes], bytes] = bytes
    signature: Callable[[XmlDraft], None] = _same_signature
    bend: Callable[[bytes], bytes] = bytes

    def data(self) -> bytes:
        """Write, sign and bend the list."""
        writers = {
            ListForm.TRUSTED_LIST: self._etsi,
            ListForm.LOTE: self._lote,
            ListForm.VICAL: self._vical,
        }
        return self.bend(writers[self.form]())

    def _etsi(self) -> bytes:
        text = self.bend_xml(write_etsi(self.facts))
        draft = XmlDraft(text.encode(), self.signer, self.chain)
        draft.signing_time = self.scene.at
        self.signature(draft)
        return draft.document()

    def _lote(self) -> bytes:
        payload = self.bend_payload(loose_json(self.bend_json(write_lote(self.facts))))
        header: JsonObject = {
            "alg": self.signer.algorithm.jose,
            "typ": "JOSE",
            "x5c": x5c_parameter(self.chain),
        }
        made = loose_jws(overlaid(header, self.header), payload, signer=self.signer)
        return made.encode()

    def _vical(self) -> bytes:
        return sign_sign1(
            self.bend_payload(write_cbor(self.bend_map(write_vical(self.facts)))),
            signer=self.signer,
            headers=CoseHeaders(
                unprotected={X5CHAIN: x5chain_parameter(self.chain)}
                if self.chain
                else {}
            ),
            form=CoseForm(),
        )

    def judgement(self) -> VerifiedList | UnverifiedList:
        """Judge the list as a reader does who expects it."""
        return evaluate_trusted_list(
            self.data(), expected=self.expected, rules=self.rules, pivots=self.pivots
        )


def list_draft(scene: ListScene, form: ListForm) -> ListDraft:
    """Start from an honest list of one form, signed by the scene's operator."""
    facts = _facts(scene, form)
    return ListDraft(
        scene=scene,
        form=form,
        facts=facts,
        signer=scene.operator.signer,
        chain=scene.operator.chain,
        expected=expected(scene, facts),
        rules=scene.rules,
    )


def _facts(scene: ListScene, form: ListForm) -> ListFacts:
    issued = scene.at - timedelta(days=1)
    if form is ListForm.TRUSTED_LIST:
        entry = ListedEntry(
            QEAA, (scene.issuer.chain[0],), GRANTED, issued - 12 * MONTH
        )
        return ListFacts([entry], issued, issued + MONTH, EU_LIST)
    if form is ListForm.LOTE:
        entry = ListedEntry(PID, (scene.issuer.chain[0],))
        return ListFacts([entry], issued, issued + MONTH, PID_LIST)
    entry = ListedEntry(IACA, (scene.listed_ca.root.der,))
    facts = ListFacts([entry], issued, issued + MONTH, TYPE)
    facts.territory = ""
    return facts


__all__ = [
    "EU_LIST",
    "GRANTED",
    "PID",
    "PID_LIST",
    "QEAA",
    "TERRITORY",
    "WITHDRAWN",
    "ListDraft",
    "list_draft",
]
