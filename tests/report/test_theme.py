"""Pictures as files: every kind, with a text for those who cannot see them, and nothing fetched from anywhere."""

import json
import re
import struct
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ArchiveError, CommandError
from sim.report.charts import theme
from sim.report.charts.chains import chained

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

TOLD = 'A line that rises, "steeply" & from 0 </script><b>'
LABEL = "Treaty </script><script>alert(1)</script>"


def picture() -> Any:
    """A small chart whose title and data try to end the script they stand in."""
    alt = theme.altair()
    looks = theme.series([LABEL, "Open"])
    rows = [
        {"x": x, "y": x * (1 + place), "regime": name} for place, name in enumerate([LABEL, "Open"]) for x in (0, 1)
    ]
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(
        x="x:Q", y="y:Q", color=alt.Color("regime:N", scale=looks["color"]),
        strokeDash=alt.StrokeDash("regime:N", scale=looks["dash"]),
    )  # fmt: skip
    return theme.themed(lines, f"About {LABEL}", ["Two points"], alternative=TOLD)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The picture as every kind of file."""
    folder, chart = tmp_path_factory.mktemp("pictures"), picture()
    return {suffix: theme.save(chart, folder / f"one{suffix}").read_bytes() for suffix in theme.SUFFIXES}


def test_a_png_is_large_enough_to_project_and_carries_its_description(files: dict[str, bytes]) -> None:
    """At least 1,600 pixels wide; the text stands in a chunk of its own, and the picture still loads."""
    png = files[".png"]
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] >= 1600
    at, chunks = 8, {}
    while at < len(png):
        (length,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        chunks.setdefault(kind, png[at + 8 : at + 8 + length])
        at += 12 + length
    assert chunks[b"iTXt"] == b"Description\0\0\0en\0\0" + TOLD.encode()
    assert b"IEND" in chunks


def test_an_svg_says_what_it_shows(files: dict[str, bytes]) -> None:
    """To readers of the screen, with the text escaped; it is sound XML."""
    from xml.etree import ElementTree as ET

    root = ET.fromstring(files[".svg"])
    assert (root.get("role"), root.get("aria-label")) == ("img", TOLD)
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == TOLD


def test_a_page_needs_nothing_else(files: dict[str, bytes]) -> None:
    """No script, style or picture is fetched; a label cannot end the script it stands in; the text is readable."""
    page = files[".html"].decode()
    head = page.partition("<script>")[0]
    own = page.rsplit("<script>", 1)
    assert not re.search(r"<(script|link|img|iframe)\b|url\(|@import", head)
    assert "import(" not in own[1]
    assert page.count("<script>") == 2
    assert own[1].count("</script>") == 1
    assert "alert(1)" in own[1]
    assert '<html lang="en">' in page
    assert "A line that rises, &quot;steeply&quot; &amp; from 0 &lt;/script&gt;&lt;b&gt;</figcaption>" in page


def test_a_specification_is_whole(files: dict[str, bytes]) -> None:
    """With its data and its description, for whoever wants to change the picture."""
    spec = json.loads(files[".json"])
    assert spec["description"] == TOLD
    assert spec["title"]["text"] == theme.wrapped(f"About {LABEL}", 58)
    assert "url" not in json.dumps(spec)


def test_equal_pictures_are_equal_files(files: dict[str, bytes], tmp_path: Path) -> None:
    """A second drawing of the same chart is the same to the byte."""
    for suffix in (".svg", ".json"):
        assert theme.save(picture(), tmp_path / f"two{suffix}").read_bytes() == files[suffix]


@pytest.mark.parametrize("name", ["one.pdf", "one", "png", ".png/one.jpg"])
def test_other_kinds_are_refused(name: str, tmp_path: Path) -> None:
    """With those that there are; or since the folder is not there."""
    with pytest.raises(CommandError, match=r"CHART: .*(\.png, \.svg, \.html or \.json|is not there)"):
        theme.checked(tmp_path / name)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In one line, with how to install it."""
    for missing in ("altair", "vl_convert"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, missing, None)
            with pytest.raises(CommandError, match=r"CHART: .*detente\[charts\]"):
                theme.checked(tmp_path / "one.png")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """And nothing is left behind."""
    (tmp_path / "one.json").mkdir()
    with pytest.raises(CommandError, match="names a folder"):
        theme.checked(tmp_path / "one.json")
    from sim.report import files

    with pytest.raises(ArchiveError, match="UNWRITABLE"):
        files.write(tmp_path / "one.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["one.json"]


def test_colours_differ_in_lightness_and_marks_in_form() -> None:
    """The first four lie apart in grey print, black on each area is easy to read, no two dashes or shapes are alike."""
    greys = sorted(luminance(colour) for colour in theme.COLOURS[:4])
    assert all(one + 0.04 <= other for one, other in pairwise(greys))
    assert all((luminance(area) + 0.05) / 0.05 >= 4.5 for area in theme.AREAS)
    for look in (theme.COLOURS, theme.DASHES, theme.SHAPES, theme.AREAS):
        assert len(set(look)) == 8


def luminance(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_stretches_become_one_line() -> None:
    """Whatever their order and direction; a ring closes, and what does not touch stays apart."""
    (line,) = chained([((2.0, 1.0), (1.0, 1.0)), ((0.0, 1.0), (1.0, 1.0 + 2e-16)), ((2.0, 1.0), (3.0, 1.0))])
    assert [round(x) for x, _ in line] in ([0, 1, 2, 3], [3, 2, 1, 0])
    ring = [((0.0, 0.0), (1.0, 0.0)), ((1.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (0.0, 0.0))]
    (line,) = chained(ring)
    assert (len(line), line[0]) == (4, line[-1])
    assert len(chained([((0.0, 0.0), (1.0, 0.0)), ((5.0, 0.0), (6.0, 0.0))])) == 2
