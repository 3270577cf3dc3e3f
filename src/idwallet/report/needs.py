"""What would settle an indeterminate check, as data that an adapter can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusListNeeded:
    """The status list at `uri` would settle the check.

    It exists only after the credential that names the URI was verified and trusted,
    so a forged credential cannot make anybody fetch anything.
    """

    uri: str
    index: int


@dataclass(frozen=True, slots=True)
class TypeMetadataNeeded:
    """The type metadata document of `vct` would settle the check.

    `integrity` is the ``vct#integrity`` value of the credential, or None.
    """

    vct: str
    integrity: str | None = None


@dataclass(frozen=True, slots=True)
class BundleNeeded:
    """A trust bundle of the series, later than the one of that number, would settle it.

    `series` was signed by the operator whom the device pins.
    """

    series: str
    after: int


Need = StatusListNeeded | TypeMetadataNeeded | BundleNeeded
