"""What a signing service says of itself and of its credentials, read strictly."""

from base64 import b64decode
from dataclasses import dataclass, field
from typing import Final

from idwallet import limits
from idwallet.codec.text import show
from idwallet.credentials.cursor import Cursor
from idwallet.errors import LimitError, MalformedError, SignerError, SignerLocked
from idwallet.trust.certificate import Certificate

_PASSWORD: Final = "Password"  # noqa: S105 - the standard's name of a kind
_CHALLENGE: Final = "ChallengeResponse"
_KINDS: Final = frozenset(
    {_PASSWORD, _CHALLENGE, "PasswordOOB", "ChallengeResponseOOB"}
)


@dataclass(frozen=True, slots=True)
class CscInfo:
    """What a service is and can do (CSC API 2.0 section 11.1); texts are safe to show.

    `specs` is the version of the API. `methods` are those that it has, and
    `authorization` the ways in which an application is let in; `oauth2` is where an
    access token comes from, or "".
    """

    specs: str
    name: str
    region: str
    methods: tuple[str, ...]
    authorization: tuple[str, ...]
    oauth2: str = ""


@dataclass(frozen=True, slots=True)
class CscFactor:
    """One thing that a person shows to let a key sign (CSC API 2.0 section 8.3).

    `out_of_band`: it goes another way, and nothing of it passes here. `challenge`: the
    service asks a question first. Label and description are safe to show.
    """

    name: str
    label: str
    description: str
    challenge: bool = False
    out_of_band: bool = False


@dataclass(frozen=True, slots=True)
class CscCredential:
    """A key at a service with its certificates (CSC API 2.0 section 11.5).

    `certificates` begin with that of the key. `mode` is ``explicit`` or ``oauth2code``;
    `expression` says which of the `factors` it wants. `multisign` is how many
    signatures one authorization allows, and `binds_hashes` that it is for those hashes
    alone (SCAL2).
    """

    name: str
    description: str
    qualifier: str
    algorithms: tuple[str, ...]
    certificates: tuple[Certificate, ...] = field(repr=False)
    mode: str
    factors: tuple[CscFactor, ...]
    expression: str
    multisign: int
    binds_hashes: bool


def read_info(found: Cursor) -> CscInfo:
    """Read what ``info`` answers.

    Raises:
        MalformedError: a part is missing or of another kind.
    """
    return CscInfo(
        specs=show(found.member("specs").text()),
        name=show(_said(found, "name")),
        region=show(_said(found, "region")),
        methods=found.member("methods").texts(limit=limits.CSC_NAMES),
        authorization=found.member("authType").texts(limit=limits.CSC_NAMES),
        oauth2=_said(found, "oauth2") or _said(found, "oauth2Issuer"),
    )


def read_names(found: Cursor) -> tuple[str, ...]:
    """Read what ``credentials/list`` answers: the credentials by their names.

    Raises:
        MalformedError: it is no list of names.
    """
    listed = found.member("credentialIDs")
    if listed.value == []:
        return ()
    return listed.texts(limit=limits.CSC_CREDENTIALS)


def read_credential(found: Cursor, *, name: str) -> CscCredential:
    """Read what ``credentials/info`` answers about the credential of that name.

    Raises:
        MalformedError: a part is missing or of another kind.
        UnsupportedError: a certificate is of a kind not read here.
        SignerLocked: the key is disabled.
        SignerError: its certificate has expired or was taken back.
    """
    key, cert, auth = (found.member(each) for each in ("key", "cert", "auth"))
    _require_usable(key, cert)
    several = found.member("multisign").value
    if not isinstance(several, int) or isinstance(several, bool) or several < 1:
        raise found.member("multisign").fault("not a number of signatures")
    return CscCredential(
        name=name,
        description=show(_said(found, "description")),
        qualifier=show(_said(found, "signatureQualifier")),
        algorithms=key.member("algo").texts(limit=limits.CSC_NAMES),
        certificates=_certificates(cert.member("certificates")),
        mode=auth.member("mode").text(),
        factors=_factors(auth),
        expression=_said(auth, "expression"),
        multisign=min(several, limits.CSC_HASHES),
        binds_hashes=_said(found, "SCAL") == "2",
    )


def _said(found: Cursor, name: str) -> str:
    """Return an optional text, "" where there is none."""
    member = found.optional(name)
    if member is None or member.value in ("", None):
        return ""
    return member.text()


def _require_usable(key: Cursor, cert: Cursor) -> None:
    if key.member("status").text() != "enabled":
        raise SignerLocked("the key is disabled at the service")
    if _said(cert, "status") not in {"", "valid"}:
        raise SignerError("the service says that the certificate is not valid any more")


def _certificates(listed: Cursor) -> tuple[Certificate, ...]:
    chain = listed.elements(limit=limits.CHAIN_CERTIFICATES)
    return tuple(Certificate.from_der(_octets(each), at=each.at) for each in chain)


def _octets(found: Cursor) -> bytes:
    text = found.text()
    if len(text) > 2 * limits.CERTIFICATE_BYTES:
        raise found.excess("certificate too long")
    return decoded(found)


def decoded(found: Cursor) -> bytes:
    """Return the octets of a base64 text (RFC 4648 section 4).

    Raises:
        MalformedError: it is none.
    """
    try:
        return b64decode(found.text(), validate=True)
    except ValueError as error:
        raise found.fault("not base64") from error


def _factors(auth: Cursor) -> tuple[CscFactor, ...]:
    listed = auth.optional("objects")
    if listed is None or listed.value == []:
        return ()
    found = tuple(map(_factor, listed.elements(limit=limits.CSC_FACTORS)))
    if len({each.name for each in found}) != len(found):
        raise listed.fault("a factor stands there twice")
    return found


def _factor(found: Cursor) -> CscFactor:
    kind, name = found.member("type").text(), found.member("id").text()
    if kind not in _KINDS:
        raise found.member("type").fault("a kind of factor that is not known")
    if len(name) > limits.TEXT_CHARACTERS:
        raise LimitError("name too long", at=found.at, clause="idwallet limits")
    return CscFactor(
        name=name,
        label=show(_said(found, "label") or name),
        description=show(_said(found, "description")),
        challenge=kind == _CHALLENGE,
        out_of_band=kind.endswith("OOB"),
    )


def cursor(value: object, *, at: str, section: str) -> Cursor:
    """Return where the reading of an answer begins.

    Raises:
        MalformedError: it is no JSON object.
    """
    if not isinstance(value, dict):
        clause = f"CSC API 2 §{section}"
        raise MalformedError("no JSON object", at=at, clause=clause)
    return Cursor(value, at, f"CSC API 2 §{section}")
