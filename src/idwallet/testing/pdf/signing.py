"""Signatures and document timestamps put into test files, with every part open.

step = SignStep(scene.signer, scene=scene)
step.byte_range = lambda found: [0, found[1], found[2], found[3] - 1]
step(file)                                           # one more revision
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from idwallet.envelope.cms import attribute, names, read_signed_data
from idwallet.testing.cms_draft import Bend, CmsDraft, unbent
from idwallet.testing.document_draft import DocumentScene
from idwallet.testing.pdf.writing import Entries, PdfFile, array, longer, ref
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TimestampDraft

_PLACE: Final = b"0 0000000000 0000000000 0000000000"
RESERVED: Final = 12_000
"""How many octets of a message there is room for."""


def _nothing(_: object) -> None:
    """Change nothing."""


def _none(_: bytes) -> bytes:
    return b""


def _pieces(data: bytearray, found: list[int]) -> bytes:
    """Return what ranges cover, as far as they are any."""
    pairs = zip(found[::2], found[1::2], strict=False)
    return b"".join(bytes(data[max(0, a) : max(0, a + n)]) for a, n in pairs)


def _same(found: list[int]) -> list[int]:
    return found


@dataclass
class SignStep:
    """A revision that signs: by whom, in which field, and how.

    `name` is that of a new field, or of one that is there already. `entries` are
    put into the dictionary of the signature, `widget` into the field's; `box` is where
    on the page it is seen, nowhere if it is empty. `certify` is P of DocMDP, and `lock`
    are parameters of FieldMDP. `before` alters the file in the same revision. `stamp`
    may alter a timestamp on the signature. `hole` makes of what follows the value what
    is put between the two, after the ranges were told of it.
    """

    who: TestIdentity
    scene: DocumentScene
    name: str = "Signature1"
    sub_filter: bytes = b"/ETSI.CAdES.detached"
    kind: bytes = b"/Sig"
    entries: Entries = field(default_factory=dict)
    widget: Entries = field(default_factory=dict)
    box: bytes = b"[0 0 0 0]"
    page: str = "page"
    certify: int | None = None
    lock: bytes | None = None
    before: Callable[[PdfFile], None] = _nothing
    byte_range: Callable[[list[int]], list[int]] = _same
    cms: Callable[[CmsDraft], None] = _nothing
    stamp: Callable[[TimestampDraft], None] | None = None
    bend: Bend = unbent
    covered: Bend = unbent
    hole: Bend = _none
    look: bytes = b""

    def __call__(self, file: PdfFile) -> None:
        """Sign the file, by one more revision."""
        self.before(file)
        number = self._signature(file)
        self._field(file, number)
        start = file.commit()
        self._fill(file, start)

    def _signature(self, file: PdfFile) -> int:
        references = []
        if self.certify is not None:
            inside = b"/P %d /V /1.2" % self.certify
            references.append(_reference(b"/DocMDP", inside))
        if self.lock is not None:
            references.append(_reference(b"/FieldMDP", self.lock + b" /V /1.2"))
        made: Entries = {
            "Type": self.kind,
            "Filter": b"/Adobe.PPKLite",
            "SubFilter": self.sub_filter,
            "M": b"(D:%s)" % self.scene.at.strftime("%Y%m%d%H%M%SZ").encode(),
        }
        if self.kind == b"/DocTimeStamp":
            del made["M"]
        if references:
            made["Reference"] = array(*references)
        made |= self.entries
        made["ByteRange"] = array(_PLACE)
        made["Contents"] = b"<" + b"00" * RESERVED + b">"
        number = file.add(made, name=f"{self.name} value", is_plain=True)
        if self.certify is not None:
            file.change("catalog")["Perms"] = b"<< /DocMDP %s >>" % ref(number)
        return number

    def _field(self, file: PdfFile, number: int) -> None:
        known = f"{self.name} field"
        if known in file.names:
            file.change(known).update({"V": ref(number), **self.widget})
            self._draw(file, known)
            return
        entries = {
            "Type": b"/Annot",
            "Subtype": b"/Widget",
            "FT": b"/Sig",
            "T": b"(%s)" % self.name.encode(),
            "V": ref(number),
            "F": b"132",
            "Rect": self.box,
            "P": file.ref(self.page),
            **self.widget,
        }
        made = file.add(entries, name=known)
        self._draw(file, known)
        _list(file, self.page, key="Annots", number=made)
        if "form" not in file.names:
            file.add({"Fields": b"[]"}, name="form")
            file.change("catalog")["AcroForm"] = file.ref("form")
        form = file.change("form")
        form["SigFlags"] = b"3"
        form["Fields"] = longer(form["Fields"], ref(made))

    def _draw(self, file: PdfFile, known: str) -> None:
        """Give the field an appearance, where it has one."""
        if not self.look:
            return
        entries = {
            "Type": b"/XObject",
            "Subtype": b"/Form",
            "BBox": b"[0 0 200 50]",
            "Resources": b"<< /Font << /F1 %s >> >>" % file.ref("font"),
        }
        look = file.add(entries, data=self.look, name=f"{self.name} look")
        file.change(known)["AP"] = b"<< /N %s >>" % ref(look)

    def _fill(self, file: PdfFile, start: int) -> None:
        """Write the range and the signature over the places that wait for them."""
        data = file.data
        at = data.index(b"/Contents <0000", start) + len(b"/Contents ")
        end = at + 2 * RESERVED + 2
        found = self.byte_range([0, at, end, len(data) - end])
        hole = self.hole(bytes(data[end:]))
        if hole:
            found[2] += len(hole)
        written = b" ".join(b"%d" % each for each in found)
        where = data.index(array(_PLACE), start)
        size = len(_PLACE) + 2
        data[where : where + size] = array(written).ljust(size)
        if hole:
            found[2] -= len(hole)
        message = self.bend(self._message(self.covered(_pieces(data, found))))
        digits = message.hex().encode()
        data[at + 1 : at + 1 + len(digits)] = digits
        data[end:end] = hole

    def _message(self, signed: bytes) -> bytes:
        if self.sub_filter == b"/ETSI.RFC3161":
            return self._timestamp(signed)
        draft = CmsDraft.of(self.who, content=signed, at=self.scene.at)
        draft.is_detached = True
        if draft.signer.attributes is not None:
            # EN 319 142-1 6.3: the dictionary says when, and the message does not.
            del draft.signer.attributes[names.SIGNING_TIME]
        self.cms(draft)
        if self.stamp is not None:
            _stamp(draft, self.scene, change=self.stamp)
        return draft.to_bytes()

    def _timestamp(self, signed: bytes) -> bytes:
        digest = hashlib.sha256(signed).digest()
        draft = TimestampDraft(self.who, digest=digest, moment=self.scene.at)
        draft.change = self.cms
        if self.stamp is not None:
            self.stamp(draft)
        return draft.to_bytes()


def _stamp(
    draft: CmsDraft, scene: DocumentScene, *, change: Callable[[TimestampDraft], None]
) -> None:
    made = read_signed_data(draft.to_bytes(), at="draft")
    signature = made.signers[0].signature
    draft.signer.bend_signature = lambda _: signature
    digest = hashlib.sha256(signature).digest()
    stamp = TimestampDraft(scene.authority, digest=digest, moment=scene.at)
    change(stamp)
    held = attribute(names.SIGNATURE_TIMESTAMP, stamp.to_bytes())
    draft.signer.unsigned = (*draft.signer.unsigned, held)


def _reference(method: bytes, inside: bytes) -> bytes:
    return (
        b"<< /Type /SigRef /TransformMethod %s /TransformParams "
        b"<< /Type /TransformParams %s >> >>" % (method, inside)
    )


def _list(file: PdfFile, holder: str, *, key: str, number: int) -> None:
    entries = file.change(holder)
    entries[key] = longer(entries.get(key, b"[]"), ref(number))


def timestamp_step(scene: DocumentScene, *, name: str = "Timestamp1") -> SignStep:
    """Return a revision that stamps the whole document with the time (12.8.5)."""
    return SignStep(
        scene.authority,
        scene,
        name=name,
        sub_filter=b"/ETSI.RFC3161",
        kind=b"/DocTimeStamp",
    )


@dataclass
class EvidenceStep:
    """A revision that adds certificates and revocations (EN 319 142-1 5.4.2)."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    responses: tuple[bytes, ...] = ()
    entries: Entries = field(default_factory=dict)

    def __call__(self, file: PdfFile) -> None:
        """Add them, by one more revision."""
        if "dss" not in file.names:
            file.add({"Type": b"/DSS"}, name="dss")
            file.change("catalog")["DSS"] = file.ref("dss")
        for key, values in (
            ("Certs", self.certificates),
            ("CRLs", self.crls),
            ("OCSPs", self.responses),
        ):
            if values:
                own = (ref(file.add(data=each)) for each in values)
                held = file.change("dss").get(key, b"[]")
                file.change("dss")[key] = longer(held, *own)
        file.change("dss").update(self.entries)
        file.commit()
