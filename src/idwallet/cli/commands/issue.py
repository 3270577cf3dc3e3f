"""`idwallet issue`: a credential from a file of claims."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from idwallet import limits
from idwallet.cli.credential import FORMATS
from idwallet.cli.faults import STREAM, about, usage_fault
from idwallet.cli.files import (
    read_input,
    read_text,
    require_one_stream,
    require_writable,
    write_output,
)
from idwallet.cli.kinds import credential_type_named, type_named
from idwallet.cli.options import (
    Moment,
    at_option,
    format_option,
    json_option,
    key_option,
    moment_or_now,
    output_option,
    serialisation_option,
    types_option,
)
from idwallet.cli.screen import write_json_document
from idwallet.cli.trusted import (
    open_key,
    read_certificates,
    read_public_key,
    read_types,
)
from idwallet.cli.verdicts import Telling
from idwallet.codec.json import JsonObject, read_object
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.compact.values import read_claims
from idwallet.credentials.mdoc.from_json import elements_of
from idwallet.credentials.mdoc.issue import Mdoc, MdocHash
from idwallet.credentials.model import Format
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.possession import HolderKey, ProvenKey, prove_possession
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.credentials.sdjwt.metadata import Disclosability
from idwallet.credentials.sdjwt.structures import Serialisation
from idwallet.report import StatusListNeeded
from idwallet.roles.issuer import Issuer

_PORTRAIT: Final = "portrait"
_SHAPES: Final = {
    "selective": CompactShape.SELECTIVE,
    "single-purpose": CompactShape.SINGLE_PURPOSE,
}


@click.command("issue")
@click.argument("claims")
@click.option(
    "--type",
    "--vct",
    "type_name",
    required=True,
    metavar="TYPE",
    help="The credential's type: a vct, a document type, a name of the catalogue like "
    "national-id, or a file of your own type that ends in .json.",
)
@format_option(
    "The credential's format: SD-JWT VC, ISO mdoc, or compact, for QR codes.",
    default="sd-jwt",
)
@key_option("The issuer's key")
@click.option(
    "--certificates",
    required=True,
    metavar="FILE",
    help="The issuer's certificate chain as PEM, its own certificate first.",
)
@click.option(
    "--holder-proof",
    metavar="FILE",
    help="The holder's proof of its key; needs --audience and --nonce.",
)
@click.option("--audience", metavar="URL", help="The issuer that the proof names.")
@click.option("--nonce", help="The nonce that this issuer gave out for the proof.")
@click.option(
    "--holder-key",
    metavar="FILE",
    help="The holder's public key, bound with no proof; needs --unproven.",
)
@click.option(
    "--unproven",
    metavar="REASON",
    help="Why the key in --holder-key needs no proof of possession.",
)
@click.option(
    "--valid-until",
    type=Moment(),
    required=True,
    metavar="MOMENT",
    help="When the credential expires.",
)
@click.option(
    "--valid-from", type=Moment(), metavar="MOMENT", help="Not valid before this."
)
@click.option("--issuer-name", metavar="URL", help="Name the issuer in `iss`.")
@click.option(
    "--always-show",
    multiple=True,
    metavar="PATH",
    help="A claim that is shown with every other, like /nationalities. "
    "May be repeated; all others are shown one by one.",
)
@click.option(
    "--decoys",
    type=click.IntRange(0, limits.DECOYS),
    default=0,
    show_default=True,
    help="Digests of nothing at each level, to hide how many claims there are.",
)
@click.option("--status-list", metavar="URI", help="The status list that will list it.")
@click.option(
    "--status-index",
    type=click.IntRange(min=0),
    metavar="N",
    help="Its index in --status-list.",
)
@click.option(
    "--digest",
    type=click.Choice([each.value for each in MdocHash]),
    help="The digest algorithm of a mobile document.  [default: SHA-256]",
)
@click.option(
    "--expected-update",
    type=Moment(),
    metavar="MOMENT",
    help="When a mobile document is meant to be issued anew.",
)
@click.option(
    "--shape",
    type=click.Choice(list(_SHAPES)),
    help="Of a compact credential: each claim can be kept back, or all are shown each "
    "time, which is smaller.  [default: selective]",
)
@click.option(
    "--picture",
    metavar="FILE",
    help="The portrait of a compact credential, a small picture: a QR code holds some "
    f"hundred octets of it, frames up to {limits.COMPACT_PICTURE_BYTES:,}.",
)
@serialisation_option("the credential")
@types_option
@at_option
@output_option("the credential")
@json_option
def issue_command(**given: Any) -> None:  # options by name, as declared above
    """Issue a credential over the claims in CLAIMS, one JSON object.

    For a mobile document its members are namespaces, each with an object of elements,
    or claims as the catalogue names them (`idwallet types`). Days are texts like
    2026-11-24, octets are base64.

    The holder's key is proven (--holder-proof) or vouched for (--holder-key).
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    claims: str
    type_name: str
    form_name: str
    key: str
    passphrase_file: str | None
    certificates: str
    holder_proof: str | None
    audience: str | None
    nonce: str | None
    holder_key: str | None
    unproven: str | None
    valid_until: datetime
    valid_from: datetime | None
    issuer_name: str | None
    always_show: tuple[str, ...]
    decoys: int
    digest: str | None
    expected_update: datetime | None
    shape: str | None
    picture: str | None
    status_list: str | None
    status_index: int | None
    serialisation: str
    types: tuple[str, ...]
    at: datetime | None
    output: str
    force: bool
    as_json: bool

    def carry_out(self) -> None:
        require_one_stream(
            self.claims,
            self.key,
            self.certificates,
            self.passphrase_file,
            self.holder_proof,
            self.holder_key,
            self.picture,
        )
        require_writable(self.output, force=self.force)
        moment = moment_or_now(self.at)
        content = self._content()
        holder = self._holder(moment)
        issuer = self._issuer()
        with about(self.claims):
            issued = issuer.issue(
                content,
                holder_key=holder,
                valid_until=self.valid_until,
                valid_from=self.valid_from,
                at=moment,
            )
        self._hand_out(issued.raw)

    def _content(self) -> SdJwtVc | Mdoc | Compact:
        self._require_of_format()
        # Before the file is read: a type that is none is told at once.
        named = type_named(self.type_name, option="--type", form=self._format)
        data = read_input(self.claims, max_bytes=limits.MDOC_ISSUED_BYTES)
        with about(self.claims, remedy="one JSON object of names and values"):
            claims = read_object(data, at="claims")
        if self._format is Format.MDOC:
            return self._document(claims, named)
        if self._format is Format.COMPACT:
            return self._compact(claims, named)
        return SdJwtVc(
            vct=named,
            claims=claims,
            disclosure={_path(each): Disclosability.NEVER for each in self.always_show},
            decoys=self.decoys,
            issuer_name=self.issuer_name,
            status=self._status(),
            serialisation=Serialisation(self.serialisation),
        )

    def _compact(self, claims: JsonObject, named: str) -> Compact:
        held = read_claims(claims)
        if self.picture is not None:
            if _PORTRAIT in held:
                raise usage_fault(f"--picture is the claim {_PORTRAIT}, which is there")
            held[_PORTRAIT] = read_input(
                self.picture, max_bytes=limits.COMPACT_PICTURE_BYTES
            )
        shape = _SHAPES[self.shape or next(iter(_SHAPES))]
        return Compact(named, held, shape=shape, status=self._status())

    def _document(self, claims: JsonObject, doc_type: str) -> Mdoc:
        with about(self.claims, remedy=f"namespaces of {doc_type} with their elements"):
            listed = credential_type_named(self.type_name)
            elements = elements_of(claims, doc_type, listed=listed, at="claims")
        return Mdoc(
            doc_type,
            elements,
            hash=MdocHash(self.digest or MdocHash.SHA_256),
            decoys=self.decoys,
            expected_update=self.expected_update,
            status=self._status(),
        )

    @property
    def _format(self) -> Format:
        return FORMATS[self.form_name]

    def _require_of_format(self) -> None:
        """Refuse what the other format alone has: it would be left out unseen."""
        given: dict[str, object] = {
            "--always-show": self.always_show,
            "--issuer-name": self.issuer_name,
            "--types": self.types,
            "--serialisation": self.serialisation != Serialisation.COMPACT,
        }
        of = "an SD-JWT VC"
        of_documents: dict[str, object] = {
            "--digest": self.digest,
            "--expected-update": self.expected_update,
        }
        of_codes = {"--shape": self.shape, "--picture": self.picture}
        if self._format is Format.SD_JWT_VC:
            given, of = of_documents, "a mobile document (--format mdoc)"
        elif self._format is Format.COMPACT:
            given |= {**of_documents, "--decoys": self.decoys}
            of, of_codes = "other formats than compact", {}
        for name, value in given.items():
            if value:
                raise usage_fault(f"{name} is for {of}")
        for name, text in of_codes.items():
            if text is not None:
                raise usage_fault(f"{name} is for a compact credential")

    def _status(self) -> StatusListNeeded | None:
        if self.status_list is None and self.status_index is None:
            return None
        if self.status_list is None or self.status_index is None:
            raise usage_fault("--status-list and --status-index belong together")
        return StatusListNeeded(self.status_list, self.status_index)

    def _holder(self, moment: datetime) -> ProvenKey | HolderKey:
        if (self.holder_proof is None) is (self.holder_key is None):
            raise usage_fault("give either --holder-proof or --holder-key")
        if self.holder_key is not None:
            return self._unproven(self.holder_key)
        return self._proven(self.holder_proof or "", moment)

    def _unproven(self, source: str) -> HolderKey:
        if self.unproven is None:
            raise usage_fault(
                "--holder-key binds to a key that nobody proved to hold: "
                "say why with --unproven, or take a --holder-proof"
            )
        return HolderKey.unproven(read_public_key(source), reason=self.unproven)

    def _proven(self, source: str, moment: datetime) -> ProvenKey:
        if self.audience is None or self.nonce is None:
            raise usage_fault("--holder-proof needs --audience and --nonce")
        proof = read_text(source, max_bytes=limits.PROOF_BYTES)
        with Telling(as_json=self.as_json).refusals():
            return prove_possession(
                proof, audience=self.audience, nonce=self.nonce, at=moment
            )

    def _issuer(self) -> Issuer:
        types = read_types(self.types)
        signer = open_key(self.key, passphrase_file=self.passphrase_file)
        chain = read_certificates(self.certificates)
        with about(self.certificates, remedy="the chain of the issuer's key as PEM"):
            return Issuer(signer=signer, certificates=chain, types=types)

    def _hand_out(self, credential: str) -> None:
        told: dict[str, object] = {
            "format": self._format.value,
            "bytes": len(credential),
        }
        if self.output == STREAM and self.as_json:
            write_json_document({**told, "credential": credential})
            return
        write_output(self.output, credential.encode("ascii") + b"\n")
        if self.as_json:
            write_json_document({**told, "file": self.output})


def _path(text: str) -> ClaimPath:
    """Read a claim path as `show_path` writes it: ``/address/country``."""
    if not text.startswith("/") or text == "/":
        raise usage_fault("a claim path begins with a slash, like /address/country")
    return tuple(_part(each) for each in text[1:].split("/"))


def _part(text: str) -> str | int | None:
    if text == "*":
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    return text.replace("~2", "*").replace("~1", "/").replace("~0", "~")
