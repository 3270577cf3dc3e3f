"""How issuers, credentials and claims are called (OpenID4VCI 1.0 12.2.4, B.2)."""

from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.paths import ClaimPath, is_pointer

_CLAIMS: Final = "OpenID4VCI 1.0 Appendix B.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How something is called in one language.

    All of it is the issuer's own text: pass it through `idwallet.codec.text.show`.
    `logo` is an address that is never followed here; `background` and `text` are
    colours as CSS has them.
    """

    name: str
    locale: str | None = None
    description: str | None = None
    logo: str | None = None
    background: str | None = None
    text: str | None = None

    def to_json(self) -> JsonObject:
        """Return the display object."""
        found: JsonObject = {"name": self.name}
        for name, value in (
            ("locale", self.locale),
            ("description", self.description),
            ("background_color", self.background),
            ("text_color", self.text),
        ):
            if value is not None:
                found[name] = value
        if self.logo is not None:
            found["logo"] = {"uri": self.logo}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDescription:
    """A claim that a credential may hold, and how it is called."""

    path: ClaimPath
    mandatory: bool = False
    display: tuple[Display, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the claims description object (Appendix B.2)."""
        found: JsonObject = {"path": list[JsonValue](self.path)}
        if self.mandatory:
            found["mandatory"] = True
        if self.display:
            found["display"] = [each.to_json() for each in self.display]
        return found


def read_display(root: Cursor, *, named: bool) -> tuple[Display, ...]:
    """Read the ``display`` of an object, none as ().

    `named`: each must have a name.

    Raises:
        MalformedError: it breaks the form, or a language stands twice.
        LimitError: more than `limits.CREDENTIAL_DISPLAYS`.
    """
    found = root.optional("display")
    if found is None:
        return ()
    items = found.elements(limit=limits.CREDENTIAL_DISPLAYS)
    shown = tuple(_one_display(each, named=named) for each in items)
    locales = [each.locale for each in shown if each.locale is not None]
    if len(set(locales)) != len(locales):
        raise found.fault("a language stands twice")
    return shown


def _one_display(found: Cursor, *, named: bool) -> Display:
    logo = found.optional("logo")
    uri = None if logo is None else logo.optional("uri")
    return Display(
        name=found.member("name").text() if named else _text(found, "name") or "",
        locale=_text(found, "locale"),
        description=_text(found, "description"),
        logo=None if uri is None else uri.text(),
        background=_text(found, "background_color"),
        text=_text(found, "text_color"),
    )


def _text(root: Cursor, name: str) -> str | None:
    found = root.optional(name)
    return None if found is None else found.text()


def read_claims_description(found: Cursor | None) -> tuple[ClaimDescription, ...]:
    """Read claims descriptions; none as ().

    Raises:
        MalformedError: a path is none, or a claim is described twice (B.3).
        LimitError: more than `limits.CREDENTIAL_CLAIMS`.
    """
    if found is None:
        return ()
    items = found.under(_CLAIMS).elements(limit=limits.CREDENTIAL_CLAIMS)
    claims = tuple(
        ClaimDescription(
            path=_path(each.member("path")),
            mandatory=each.flag_of("mandatory", absent=False),
            display=read_display(each, named=False),
        )
        for each in items
    )
    if len({each.path for each in claims}) != len(claims):
        raise found.under("OpenID4VCI 1.0 Appendix B.3").fault("a claim stands twice")
    return claims


def _path(found: Cursor) -> ClaimPath:
    value = found.value
    listed = value if isinstance(value, list) else []
    steps = tuple(e for e in listed if e is None or isinstance(e, str | int))
    if len(steps) != len(listed) or not is_pointer(steps):
        raise found.under("OpenID4VCI 1.0 Appendix C").fault("not a claims path")
    return steps
