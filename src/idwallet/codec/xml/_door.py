"""The one place that imports lxml, and makes its parsers.

No parser made here reads a DTD, replaces an entity that a document declares, opens a
file or a socket, or lifts the bounds that libxml2 sets itself. lxml is imported when
XML is first read: who reads none needs none.
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from idwallet.errors import UnsupportedError

Method = TypeVar("Method", bound=Callable[..., object])

Node = Any
"""An element of lxml, which carries no types."""


class XmlFault(Exception):  # noqa: N818 - never leaves this package
    """The parser, or what makes canonical XML, refused."""


@cache
def _etree() -> Any:
    try:
        from lxml import etree
    except ImportError as error:  # pragma: no cover - the tests install the extra
        raise UnsupportedError(
            "lxml is not installed: pip install 'idwallet[xml]'", clause="idwallet[xml]"
        ) from error
    return etree


def takes_namespaces(method: Method) -> Method:
    """Mark a method that takes an element's start with the namespaces declared there.

    For each parse lxml asks what its parameters are, which costs more than to parse a
    short document, unless the answer is there already.
    """
    setattr(method, "__signature__", inspect.signature(method))  # noqa: B010 - no type has it
    return method


def feed(data: bytes, target: object) -> None:
    """Parse once, handing each event to `target` and building nothing.

    Raises:
        XmlFault: it is not well-formed; and whatever `target` raises.
    """
    parser = _parser(target)
    _parse(data, parser)
    if len(parser.error_log):
        # An undeclared prefix is no fault of XML 1.0, and told here alone.
        raise XmlFault


def tree(data: bytes) -> Node:
    """Parse into a tree and return its root; comments and instructions are kept.

    Raises:
        XmlFault: it is not well-formed.
    """
    return _parse(data, _parser(None))


def _parse(data: bytes, parser: Node) -> Node:
    etree = _etree()
    try:
        return etree.fromstring(data, parser)
    except etree.LxmlError:  # it holds a part of the text
        raise XmlFault from None


def _parser(target: object) -> Node:
    options: dict[str, object] = {} if target is None else {"target": target}
    return _etree().XMLParser(
        encoding="utf-8",
        # A parser with a target would hand out "&amp;" in an attribute as "&#38;".
        # There are no entities but the five of XML: others were refused before.
        resolve_entities=False if target is None else "internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_blank_text=False,
        strip_cdata=True,
        collect_ids=False,
        **options,
    )


def canonical(
    node: Node, *, exclusive: bool, comments: bool, prefixes: tuple[str, ...]
) -> bytes:
    """Return the canonical octets of an element or a tree.

    Raises:
        XmlFault: a namespace name is relative, which canonical XML does not allow.
    """
    etree = _etree()
    try:
        written: bytes = etree.tostring(
            node,
            method="c14n",
            exclusive=exclusive,
            with_comments=comments,
            inclusive_ns_prefixes=list(prefixes) if exclusive and prefixes else None,
        )
    except etree.LxmlError:  # it holds the namespace name
        raise XmlFault from None
    return written


def is_element(node: Node) -> bool:
    """Say whether a node is an element, and no comment or instruction."""
    return isinstance(node.tag, str)


def has_instructions(root: Node) -> bool:
    """Say whether processing instructions stand before or behind the outermost one."""
    etree = _etree()
    beside = (*root.itersiblings(), *root.itersiblings(preceding=True))
    return any(each.tag is etree.ProcessingInstruction for each in beside)
