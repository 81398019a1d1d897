"""Figures drawn, as SVG that can stand within a page: nothing in it acts, asks for anything or clashes with another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from sim.errors import one_line
from sim.report.charts import theme
from sim.report.charts.figures import Figure
from sim.report.document.content import Picture

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    ("svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "defs",
     "clipPath", "linearGradient", "radialGradient", "stop")
)  # fmt: skip
"""What may stand in a picture."""

_PADDING = 4
"""Pixels around a picture."""

_INNER = re.compile(r"url\(#([^)]*)\)")
_LONG = re.compile(r"-?\d+\.\d{3,}")


def pictures_of(figures: Sequence[Figure], prefix: str, known: str = "") -> tuple[Picture, ...]:
    """Return figures drawn; ``prefix`` keeps the names in them apart from those of other pictures of a page.

    ``known`` is a sentence that the page has already said, and that captions need not repeat.

    Raises:
        CommandError: altair or vl-convert is not installed.
    """
    return tuple(_drawn(figure, f"{prefix}{place}-", known) for place, figure in enumerate(figures, 1))


def _drawn(figure: Figure, prefix: str, known: str) -> Picture:
    spec = theme.styled(figure.chart)
    # The page writes the title, and has margins of its own.
    spec.pop("title", None)
    spec["config"]["padding"] = _PADDING
    told = one_line(figure.told)
    caption = figure.caption.replace(known, "") if known else figure.caption
    svg = safe(theme.svg(spec), prefix, told)
    return Picture(one_line(figure.title), one_line(" ".join(caption.split())), told, svg)


def safe(svg: str, prefix: str, told: str) -> str:
    """Return an SVG picture for the inside of a page, with only what draws, its own names, and its words.

    Raises:
        ValueError: this is no SVG.
    """
    root = ET.fromstring(svg)
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("this is no SVG")
    _clean(root, prefix)
    root.set("role", "img")
    root.set("aria-label", told)
    root.set("focusable", "false")
    # Without a size of its own a picture takes the width that it is given; it says how wide it would like to be.
    width = root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    if width is not None:
        root.set("style", f"max-width:{float(width):.0f}px")
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        if not _harmless(name, value):
            del element.attrib[name]
        elif name == "id":
            element.set(name, prefix + value)
        elif "url(" in value:
            element.set(name, _INNER.sub(rf"url(#{prefix}\1)", value))
        elif name in ("d", "transform"):
            element.set(name, _LONG.sub(lambda found: f"{float(found[0]):.2f}", value))
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.removeprefix(f"{{{_SVG}}}") in _ELEMENTS:
            _clean(child, prefix)
        else:
            element.remove(child)


def _harmless(name: str, value: str) -> bool:
    if name.startswith(("on", "{", "xlink", "aria-")) or name in ("href", "style", "class", "role"):
        return False
    return "url(" not in _INNER.sub("", value)
