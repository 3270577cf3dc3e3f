"""pyHanko behind one door: files that are read here too strictly are signed with it.

Nothing but the update is taken from it; the message is made here. It fetches nothing,
starts no loop, and repairs nothing: its own reader is strict too.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from idwallet.errors import UnsupportedError

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


@dataclass(frozen=True, slots=True)
class Wanted:
    """A signature that is asked for: its field's name, what it says and allows.

    `says` has Reason, Location and ContactInfo by those names, `certify` a number of
    table 257. `room` is how many octets the message may have.
    """

    name: str
    signing_time: datetime
    room: int
    says: Mapping[str, str] = field(repr=False)
    certify: int | None = None


class Prepared(NamedTuple):
    """What is appended to the file, with a gap for the message from `start` to `end`.

    The gap holds the message in hexadecimal, between its brackets.
    """

    update: bytes
    start: int
    end: int


def prepare(document: bytes, wanted: Wanted) -> Prepared | None:
    """Return an update for a signature; None without pyHanko, or where it cannot.

    Raises:
        UnsupportedError: the file is encrypted, a form of XFA, or has signatures: what
            they allow was not read here.
    """
    try:
        from pyhanko.pdf_utils import misc
        from pyhanko.sign import general
    except ImportError:
        return None
    faults = (
        misc.PdfError,
        general.SigningError,
        # What its reader raises on what it did not expect.
        AssertionError,
        AttributeError,
        IndexError,
        KeyError,
        NotImplementedError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _prepared(document, wanted)
        except UnsupportedError:
            raise
        except faults:
            return None


def _prepared(document: bytes, wanted: Wanted) -> Prepared:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import cms_embedder
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    writer = IncrementalPdfFileWriter(io.BytesIO(document), strict=True)
    _require_plain(writer)
    says = wanted.says
    placeholder = SignatureObject(
        timestamp=wanted.signing_time,
        subfilter=SigSeedSubFilter.PADES,
        location=says.get("Location"),
        reason=says.get("Reason"),
        contact_info=says.get("ContactInfo"),
        bytes_reserved=2 * wanted.room,
    )
    certify = wanted.certify
    steps = cms_embedder.PdfCMSEmbedder().write_cms(
        field_name=wanted.name, writer=writer, existing_fields_only=False
    )
    next(steps)
    mdp = cms_embedder.SigMDPSetup(
        md_algorithm="sha256",
        certify=certify is not None,
        docmdp_perms=None if certify is None else MDPPerm(certify),
    )
    steps.send(cms_embedder.SigObjSetup(sig_placeholder=placeholder, mdp_setup=mdp))
    out = io.BytesIO()
    digest, _ = steps.send(
        cms_embedder.SigIOSetup(md_algorithm="sha256", in_place=False, output=out)
    )
    made = out.getvalue()
    if not made.startswith(document):
        raise ValueError("more than an update was written")
    start = digest.reserved_region_start - len(document)
    end = digest.reserved_region_end - len(document)
    return Prepared(made[len(document) :], start, end)


def _require_plain(writer: "IncrementalPdfFileWriter") -> None:
    reader = writer.prev
    if reader.encrypted:
        raise UnsupportedError("an encrypted document", clause="ISO 32000-2 §7.6")
    # By index, which follows references; `get` does not.
    if "/AcroForm" in reader.root and "/XFA" in reader.root["/AcroForm"]:
        raise UnsupportedError("a form of XFA", clause="ISO 32000-2 §K")
    if list(reader.embedded_signatures):
        raise UnsupportedError(
            "a file with signatures that is not read strictly",
            clause="ISO 32000-2 §12.8",
        )
