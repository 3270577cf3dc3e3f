"""Names in certificates, judged against the name constraints above them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

Rdns = tuple[frozenset[tuple[str, str]], ...]
"""A distinguished name: per relative name its (attribute OID, value) pairs."""


class NameKind(StrEnum):
    """The form of a general name (RFC 5280 4.2.1.6).

    Only the first four can be held against a constraint. A name of another form
    under a constraint of that same form is a violation, never a pass.
    """

    DNS = "dns"
    URI = "uri"
    EMAIL = "email"
    DIRECTORY = "directory"
    IP = "ip"
    OTHER = "other"
    REGISTERED_ID = "registered id"


@dataclass(frozen=True, slots=True)
class GeneralName:
    """One name, or the base of one constraint.

    `text` is empty for a directory name, whose parts stand in `rdns`.
    """

    kind: NameKind
    text: str = ""
    rdns: Rdns = ()


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """What one CA certificate permits and excludes below it (RFC 5280 4.2.1.10)."""

    permitted: tuple[GeneralName, ...] = ()
    excluded: tuple[GeneralName, ...] = ()

    @property
    def size(self) -> int:
        """How many subtrees a name may have to be compared with."""
        return len(self.permitted) + len(self.excluded)


def violation(
    names: Sequence[GeneralName], constraints: Iterable[NameConstraints]
) -> str:
    """Say how one of the names breaks one of the constraints, or "" if none does.

    Of each CA's permitted subtrees of the name's own form at least one must hold the
    name, and no excluded one may (RFC 5280 6.1.3 (b) and (c)).
    """
    for each in constraints:
        for name in names:
            if not _permitted(name, each.permitted):
                return f"{name.kind} name outside the permitted subtrees"
            if any(_excludes(base, name) for base in _of_kind(name, each.excluded)):
                return f"{name.kind} name inside an excluded subtree"
    return ""


def _of_kind(name: GeneralName, bases: Iterable[GeneralName]) -> list[GeneralName]:
    return [base for base in bases if base.kind is name.kind]


def _permitted(name: GeneralName, bases: Iterable[GeneralName]) -> bool:
    mine = _of_kind(name, bases)
    return not mine or any(_permits(base, name) for base in mine)


def _permits(base: GeneralName, name: GeneralName) -> bool:
    if name.kind is NameKind.DNS:
        return _dns_within(name.text, base.text)
    if name.kind is NameKind.URI:
        return _host_within(_host(name.text), base.text)
    if name.kind is NameKind.EMAIL:
        return _email_within(name.text, base.text)
    if name.kind is NameKind.DIRECTORY:
        return name.rdns[: len(base.rdns)] == base.rdns
    return False


def _excludes(base: GeneralName, name: GeneralName) -> bool:
    """Exclude generously: what cannot be told apart from the subtree is in it."""
    if name.kind is NameKind.DNS:
        return _dns_overlaps(name.text, base.text)
    if name.kind is NameKind.URI:
        host = _host(name.text)
        return not host or _host_within(host, base.text)
    if name.kind is NameKind.EMAIL:
        return _email_within(name.text.casefold(), base.text.casefold())
    if name.kind is NameKind.DIRECTORY:
        return _fold(name.rdns)[: len(base.rdns)] == _fold(base.rdns)
    return True


def _dns(text: str) -> str:
    return text.lower().rstrip(".")


def _dns_within(name: str, base: str) -> bool:
    name, base = _dns(name), _dns(base)
    if base.startswith("."):
        return name.endswith(base)
    return not base or name == base or name.endswith("." + base)


def _dns_overlaps(name: str, base: str) -> bool:
    """A wildcard may stand for a name in a subtree that lies below its own."""
    bare = _dns(base).lstrip(".")
    if _dns_within(name, bare):
        return True
    return name.startswith("*.") and _dns_within(bare, name[2:])


def _host(uri: str) -> str:
    """The host of a URI as a name; "" where there is none or it is an address.

    Either must be refused under a URI constraint (RFC 5280 4.2.1.10).
    """
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        return ""
    digits = host.replace(".", "")
    return "" if ":" in host or digits.isdecimal() else _dns(host)


def _host_within(host: str, base: str) -> bool:
    """Without a leading dot the constraint is one host, with it those below."""
    base = _dns(base)
    if not host:
        return False
    return host.endswith(base) if base.startswith(".") else host == base


def _email_within(mailbox: str, base: str) -> bool:
    local, _, host = mailbox.rpartition("@")
    if "@" in base:
        base_local, _, base_host = base.rpartition("@")
        return local == base_local and _dns(host) == _dns(base_host)
    return bool(local) and _host_within(_dns(host), base)


def _fold(rdns: Rdns) -> Rdns:
    """Compare as RFC 5280 7.1 does: neither case nor spacing tells names apart."""
    return tuple(
        frozenset((oid, _fold_text(value)) for oid, value in rdn) for rdn in rdns
    )


def _fold_text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
