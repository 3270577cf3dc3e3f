"""Names for what two presentations have in common."""

from dataclasses import dataclass
from enum import StrEnum


class LinkKind(StrEnum):
    """What two presentations have in common; one name for every format."""

    SIGNATURE = "signature"
    """The issuer's signature: they show one and the same credential."""
    HOLDER_KEY = "holder_key"
    """The key that the credential is bound to."""
    SALT = "salt"
    """The salt of a claim that both disclose."""
    DIGEST = "digest"
    """A digest of a claim, disclosed or not, or of nothing."""
    DIGEST_ORDER = "digest_order"
    """Claims stand at the same places among digests that are in no order."""
    STATUS_ENTRY = "status_entry"
    """The list and the place where the credential's status stands."""
    STATUS_NEIGHBOUR = "status_neighbour"
    """Places side by side in one status list, as if given out together."""
    TIME = "time"
    """A moment that few others share: the same second, or one close to it."""
    CERTIFICATE = "certificate"
    """An issuer's certificate so short-lived that few credentials are under it."""
    CLAIM = "claim"
    """The same value of a claim that more than a few people do not share."""
    HOLDER_KEY_ID = "holder_key_id"
    """A name that the holder's key was given."""
    HEADER = "header"
    """A header parameter that is not usual, with the same value."""
    DEVICE = "device"
    """What the device signed: an element of its own, or the very same signature."""

    ISSUER = "issuer"
    """The certificate, the key identifier or the name of the issuer."""
    CREDENTIAL_TYPE = "credential_type"
    """The type of credential."""
    ROUNDED_TIME = "rounded_time"
    """A moment that was rounded to whole hours, or to more."""
    STATUS_LIST = "status_list"
    """The status list, at places that are far apart."""


class LinkWeight(StrEnum):
    """How much it takes to be two people's all the same."""

    CERTAIN = "certain"
    """Nobody else has it: whoever sees both knows that they are one person's."""
    LIKELY = "likely"
    """Few others have it, or chance rarely makes it."""
    SHARED = "shared"
    """Many have it: it narrows down, and links nobody by itself."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One thing that two presentations have in common.

    `where` says where it stands, as a claim's path or a member's name; never what it
    is: no value of a claim is in it.
    """

    kind: LinkKind
    where: str
    weight: LinkWeight
