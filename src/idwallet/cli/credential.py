"""A credential from a file, in whichever format it stands there."""

from types import MappingProxyType
from typing import Final

from idwallet import limits
from idwallet.cli.decode.mdoc import as_octets, is_map
from idwallet.cli.faults import input_fault, name_of
from idwallet.cli.files import read_input
from idwallet.codec import b64
from idwallet.credentials.model import Credential, Format

FORMATS: Final = MappingProxyType(
    {
        "sd-jwt": Format.SD_JWT_VC,
        "mdoc": Format.MDOC,
        "compact": Format.COMPACT,
    }
)
"""The formats by the names that ``--format`` takes."""


_ARRAY_OF_TWO: Final = b"goR"
"""How base64url begins of an array of two whose first part is an array of four."""


def read_credential(source: str) -> Credential:
    """Return the credential that a file or stream holds; nothing of it is believed.

    A mobile document (IssuerSigned, ISO/IEC 18013-5) is base64url, hexadecimal or the
    octets themselves; a compact credential is base64url of a CBOR array of two.
    Anything else is taken for an SD-JWT VC.

    Raises:
        CommandFault: it cannot be read, or is neither octets of CBOR nor ASCII text.
    """
    data = read_input(source, max_bytes=limits.FILE_BYTES)
    text = data.strip()
    octets = data if is_map(data) else as_octets(text)
    if octets is not None:
        return Credential(Format.MDOC, b64.encode(octets))
    if text.startswith(_ARRAY_OF_TWO):
        return Credential(Format.COMPACT, text.decode("latin-1"))
    if not text:
        raise input_fault(f"{name_of(source)}: empty")
    if not text.isascii():
        raise input_fault(
            f"{name_of(source)}: neither a token of ASCII text (RFC 7515 §2) nor a "
            "mobile document (ISO/IEC 18013-5)"
        )
    return Credential(Format.SD_JWT_VC, text.decode("ascii"))
