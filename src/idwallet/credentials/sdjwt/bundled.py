"""Type metadata that a trust bundle brings (SD-JWT VC section 5.3.5: from a registry).

To a bundle it is opaque; its operator's signature says only that it came from them.
What a credential says of it (``vct#integrity``) is checked when it is used.
"""

from typing import Final

from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.trust.bundle import Bundle, PartKind

TYPE_METADATA: Final = "application/idwallet-type-metadata+json"
"""The media type of the parts (kind ``blob``) that are type metadata documents."""


def types_of(bundle: Bundle) -> TypeMetadataSet:
    """Return the type metadata documents of a bundle.

    Raises:
        VerificationFailed: a part is not what the operator signed for.
        LimitError, MalformedError: a document breaks the format.
        UsageError: two documents describe the same type.
        PortError: the source cannot be read.
    """
    return TypeMetadataSet.read(
        bundle.read(each)
        for each in bundle.entries(PartKind.BLOB)
        if each.media_type == TYPE_METADATA
    )
