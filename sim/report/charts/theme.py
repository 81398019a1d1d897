"""The look that all pictures share, and how a picture becomes a file.

A picture is an altair chart passed through ``themed``. Colours can be told apart by colour-blind eyes and by their
lightness in grey print, and never speak alone: a line has a dash, a point a shape, a cell a letter or a number too.
"""

from __future__ import annotations

import html
import json
import struct
import textwrap
import zlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.errors import CommandError, Fault, Place, one_line, quoted
from sim.report import files

SUFFIXES = (".png", ".svg", ".html", ".json")
"""What a picture may be saved as."""

COLOURS = ("#004488", "#DD8833", "#BB4466", "#000000", "#44A5C2", "#117744", "#AA88BB", "#777777")
"""Colours of things that stand beside each other; the first four differ in lightness too."""

DASHES = ((1, 0), (9, 4), (2, 3), (12, 4, 2, 4), (5, 2), (16, 5), (2, 6), (9, 3, 2, 3, 2, 3))
"""Dashes of lines, in the order of ``COLOURS``."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right")
"""Shapes of points, in the order of ``COLOURS``."""

AREAS = ("#8CB3DC", "#FBECCF", "#C98299", "#D2D2D2", "#C4E3EC", "#8FC3A4", "#DCCBE3", "#B5B5B5")
"""The light sisters of ``COLOURS``, for areas that black letters stand on."""

GAIN_AND_LOSS = "blueorange"
"""The colour scheme of numbers around zero; the sign is written beside it, since grey print loses it."""

AMOUNTS = "blues"
"""The colour scheme of numbers from none to many: darker is more."""

WIDTH, HEIGHT = 640, 400
"""Pixels of a single picture's inside; a PNG has twice as many."""

_INK, _FAINT = "#1A1A1A", "#D6D6D6"
_TITLE, _UNDER = 58, 92
"""Characters in a line of a title, and of what stands under it."""

_EXTRA = 'python3 -m pip install "detente[charts]"'


def altair() -> Any:
    """Return the altair package. Raises ``CommandError`` where it is not installed."""
    return library("altair")


def checked(path: str | Path) -> Path:
    """Return the path of a picture that can be saved, as far as can be told before it is drawn.

    Raises:
        CommandError: the suffix is none of ``SUFFIXES``, the folder is not there, or a library is missing.
    """
    path = files.checked(path, "--chart")
    if path.suffix.lower() not in SUFFIXES:
        problem = f"{quoted(path)} is no kind of picture that can be drawn"
        raise CommandError(Fault(Place("command line"), "CHART", problem, f"end the name in {_either(SUFFIXES)}"))
    for name in ("altair", "vl_convert"):
        library(name)
    return path


def themed(
    chart: Any, title: str, under: Sequence[str] = (), *, alternative: str, columns: tuple[int, int] = (_TITLE, _UNDER)
) -> Any:
    """Return a chart with the shared look, its title, lines under the title, and a text for those who cannot see it.

    ``columns`` are the characters in a line of the title and of what stands under it; wider pictures have room for
    more.
    """
    lines = [line for part in under for line in wrapped(part, columns[1])]
    heading = altair().TitleParams(text=_even(title, columns[0]), subtitle=lines)
    return chart.properties(title=heading, description=one_line(alternative)).configure(**_config())


def series(labels: Sequence[str]) -> dict[str, Any]:
    """Return the scales of things with these labels, by channel: ``color``, ``dash``, ``shape``, ``area``."""
    looks: Mapping[str, Sequence[Any]] = {"color": COLOURS, "dash": DASHES, "shape": SHAPES, "area": AREAS}
    scale = altair().Scale
    return {
        channel: scale(domain=list(labels), range=[_plain(look[place % len(look)]) for place in range(len(labels))])
        for channel, look in looks.items()
    }


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of so many characters: pictures do not break lines by themselves."""
    return textwrap.wrap(one_line(text), width) or [""]


def _even(text: str, width: int) -> list[str]:
    """Return a text as few lines of at most so many characters, none much shorter than the others."""
    lines = wrapped(text, width)
    narrower = (wrapped(text, less) for less in range(width - 1, width // 2, -1))
    return [lines, *(each for each in narrower if len(each) == len(lines) > 1)][-1]


def save(chart: Any, path: str | Path) -> Path:
    """Write a chart to a file of the kind its suffix says, whole or not at all; returns the path.

    An ``.html`` file carries all it needs and asks nothing of the network. All but ``.json``, which holds it as
    ``description``, show the text for those who cannot see the picture where that kind of file keeps it.

    Raises:
        CommandError: as ``checked``.
        ArchiveError: the file cannot be written.
    """
    path = checked(path)
    files.write(path, _content(specification(chart), path.suffix.lower()))
    return path


def specification(chart: Any, *, check: bool = True) -> dict[str, Any]:
    """Return a chart as Vega-Lite writes it, with what altair has no words for: legends below stand one by one."""
    spec: dict[str, Any] = chart.to_dict(validate=check)
    legend = spec.setdefault("config", {}).setdefault("legend", {})
    legend["layout"] = {"bottom": {"anchor": "start", "direction": "vertical", "margin": 14}}
    return spec


def styled(part: Any) -> dict[str, Any]:
    """Return a part of a picture with the shared look, by itself, as Vega-Lite writes it; a whole one as it is."""
    whole = part.config is not altair().Undefined
    # Checking against the schema takes longer than drawing; ``save`` does it for the same pictures.
    return specification(part if whole else part.configure(**_config()), check=False)


def svg(spec: dict[str, Any]) -> str:
    """Return a picture, given as Vega-Lite writes it, as SVG. Raises ``CommandError`` where vl-convert is missing."""
    drawing = library("vl_convert")
    # Nothing may be fetched: all data stand in the specification.
    picture: str = drawing.vegalite_to_svg(spec, vl_version=_version(drawing), allowed_base_urls=[])
    return picture


def missing() -> str:
    """Return what to install where pictures cannot be drawn; nothing where they can."""
    try:
        for name in ("altair", "vl_convert"):
            library(name)
    except CommandError as error:
        return error.faults[0].remedy
    return ""


def library(name: str) -> Any:
    """Return a library that draws. Raises ``CommandError`` where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        problem = "pictures need altair and vl-convert, which are not both installed"
        raise CommandError(Fault(Place("command line"), "CHART", problem, f"install them: {_EXTRA}")) from None


def _content(spec: dict[str, Any], suffix: str) -> bytes:
    if suffix == ".json":
        return (json.dumps(spec, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()
    drawing, told = library("vl_convert"), str(spec.get("description", ""))
    version = _version(drawing)
    if suffix == ".html":
        return _page(spec, drawing.javascript_bundle(vl_version=version), told).encode()
    asked: dict[str, Any] = {"vl_version": version, "allowed_base_urls": []}
    if suffix == ".png":
        return _described(drawing.vegalite_to_png(spec, scale=2.0, **asked), told)
    picture = svg(spec)
    words = html.escape(told)
    start, rest = picture.split(">", 1)
    return f'{start} role="img" aria-label="{words}"><desc>{words}</desc>{rest}\n'.encode()


def _version(drawing: Any) -> str | None:
    """Return the version of Vega-Lite that altair writes, if the drawing library knows it; None for its newest."""
    ours = ".".join(str(altair().SCHEMA_VERSION).lstrip("v").split(".")[:2])
    return ours if ours in drawing.get_vegalite_versions() else None


def _described(png: bytes, told: str) -> bytes:
    """Return a PNG that carries its description as a text chunk, right behind its header."""
    header = 8 + 4 + 4 + 13 + 4
    body = b"iTXt" + b"Description\0\0\0en\0\0" + told.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:header] + chunk + png[header:]


def _page(spec: dict[str, Any], script: str, told: str) -> str:
    """Return a page that shows a chart by itself, without any other file."""
    # Within a script nothing may look like the end of one.
    written = json.dumps(spec, allow_nan=False).replace("<", "\\u003c")
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    words = " ".join(text) if isinstance(text, list) else str(text)
    return _PAGE.format(title=html.escape(words), told=html.escape(told), script=script, spec=written)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 1rem; background: white; color: #1a1a1a; font: 1rem/1.5 sans-serif; }}
figure {{ margin: 0; overflow-x: auto; }}
#picture {{ display: block; width: auto; }}
#picture svg {{ max-width: 100%; height: auto; }}
figcaption {{ max-width: 46rem; }}
</style>
</head>
<body>
<figure>
<div id="picture" role="img" aria-describedby="told"></div>
<figcaption id="told">{told}</figcaption>
</figure>
<script>{script}</script>
<script>
const actions = {{export: true, source: false, compiled: false, editor: false}};
vegaEmbed("#picture", {spec}, {{renderer: "svg", actions: actions}});
</script>
</body>
</html>
"""


def _config() -> dict[str, Any]:
    large = {"labelFontSize": 15, "titleFontSize": 16, "labelColor": _INK, "titleColor": _INK, "labelLimit": 260}
    return {
        "font": "Liberation Sans, Arial, Helvetica, sans-serif",
        "background": "white",
        "padding": 16,
        # The picture is described as a whole; Vega would read every mark aloud, and undo what makes labels safe.
        "aria": False,
        "view": {"continuousWidth": WIDTH, "continuousHeight": HEIGHT, "stroke": _FAINT},
        "axis": {**large, "titleFontWeight": "normal", "titlePadding": 10, "titleLimit": 640, "gridColor": _FAINT,
                 "domainColor": _INK, "tickColor": _INK},
        "legend": {**large, "titleLimit": 300, "symbolSize": 180, "symbolStrokeWidth": 3, "rowPadding": 6},
        "header": {**large, "titleLimit": 600, "labelFontWeight": "bold"},
        "title": {"anchor": "start", "frame": "bounds", "fontSize": 21, "color": _INK, "subtitleFontSize": 14,
                  "subtitleColor": "#4D4D4D", "subtitlePadding": 6, "offset": 16, "lineHeight": 26,
                  "subtitleLineHeight": 19, "limit": 2000},
        "line": {"strokeWidth": 3},
        "point": {"size": 90, "filled": True, "opacity": 1},
        "rule": {"color": _INK},
        "text": {"fontSize": 15, "color": _INK},
    }  # fmt: skip


def _plain(look: Any) -> Any:
    return list(look) if isinstance(look, tuple) else look


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
