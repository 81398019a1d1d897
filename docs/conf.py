"""How ``make docs`` turns the Markdown of this project into a manual in HTML, without asking any network for anything.

The pages are the files as they stand: what a code host shows and what the manual shows is one text, with the same
links, so the source folder of Sphinx is the root of the project. Two things are added to what is read, since a code
host has no use for them: the table of contents, from the lists of ``docs/README.md``, and what docstrings say, where
a page says ``<!-- docstrings: NAME ... -->``. Notebooks are shown as they are stored; nothing is run.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from myst_parser.parsers.sphinx_ import MystParser  # noqa: E402
from sphinx.util.inspect import TypeAliasForwardRef  # noqa: E402

from sim.version import __version__  # noqa: E402

if TYPE_CHECKING:
    from docutils.nodes import document
    from sphinx.application import Sphinx

# ---------------------------------------------------------------- what is read

project = "detente"
author = "the detente authors"
copyright = f"{author}; MIT licence"  # noqa: A001
version = release = __version__

root_doc = "docs/README"
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
include_patterns = ["*.md", "docs/**.md", "docs/**.ipynb", "results/README.md"]
exclude_patterns = [
    ".*", "build", "dist", "benchmarks", "scenarios", "sim", "tests", "results/[!R]*", "docs/notebooks/.*",
]  # fmt: skip

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4
highlight_language = "text"
nitpicky = True
# Types of the standard library, of NumPy and of what is not public have no page here.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!sim\.).*"),
    (r"py:.*", r"sim\.(model|scenario|engine|shown|errors|experiment)\..*"),
]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: name for name in ("Floats", "Flags", "Names", "Numbers", "Player")}
autodoc_default_options = {"members": True, "inherited-members": "object", "exclude-members": "__init__, __new__"}
maximum_signature_line_length = 88

# ---------------------------------------------------------------- how it looks

html_title = "detente"
html_theme = "pydata_sphinx_theme"
html_static_path = ["_theme"]
templates_path = ["_parts"]
html_css_files = ["manual.css"]
html_context = {"default_mode": "auto"}
html_sidebars = {"**": ["contents.html"]}
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # excerpts would be fetched, which files on a disk may not
html_use_index = True
html_domain_indices = False
html_theme_options: dict[str, Any] = {
    "navbar_start": ["navbar-logo"],
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

# ---------------------------------------------------------------- what is added

LISTED = re.compile(r"^(?:\||-) \[[^]]+\]\(([^)#]+)\.(?:md|ipynb)\)", re.MULTILINE)
DOCSTRINGS = re.compile(r"^<!-- docstrings: ([\w. ]+) -->$", re.MULTILINE)

# Within other types, Sphinx would show the stand-in for the name of a type instead of the name.
TypeAliasForwardRef.__repr__ = lambda alias: alias.name  # type: ignore[method-assign]


def contents(text: str) -> str:
    """Return the tables of contents of the index: for each of its sections the pages that its table or list names."""
    parts = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        pages = [f"/{(Path('docs') / page).as_posix()}" for page in LISTED.findall(body)]
        pages = [re.sub(r"^/docs/\.\./", "/", page) for page in pages]
        if pages:
            parts.append(f"```{{toctree}}\n:hidden:\n:caption: {heading}\n\n" + "\n".join(pages) + "\n```\n")
    return "\n".join(parts)


def described(found: re.Match[str]) -> str:
    """Return the directives by which autodoc shows the docstrings of the names in a mark."""
    lines = []
    for name in found[1].split():
        kind = "class" if name.rpartition(".")[2][:1].isupper() else "function"
        lines.append(f".. auto{kind}:: {name}\n")
    return "```{eval-rst}\n" + "\n".join(lines) + "```"


class Notebook(MystParser):
    """Reads a notebook: its texts, its code and what it showed when it was stored."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: document) -> None:
        """Parse it as the Markdown page that it amounts to."""
        parts: list[str] = []
        for cell in json.loads(inputstring)["cells"]:
            source = "".join(cell["source"])
            parts.append(source if cell["cell_type"] == "markdown" else code(source))
            parts += [shown(output) for output in cell.get("outputs", [])]
        super().parse("\n\n".join(parts), document)


def code(source: str) -> str:
    """Return a cell's code as Markdown; of one that writes a file what it writes, below the line that says so."""
    first, _, rest = source.partition("\n")
    if first.startswith("%%writefile "):
        kind = {".yaml": "yaml", ".py": "python", ".toml": "toml"}.get(Path(first).suffix, "text")
        return f'````{{code-block}} {kind}\n:caption: "{first}"\n\n{rest}\n````'
    return f"````{'text' if first.startswith(('%', '!')) else 'python'}\n{source}\n````"


def shown(output: dict[str, Any]) -> str:
    """Return an output of a notebook's cell as Markdown: a picture, a page, or else a text."""
    data = {kind: "".join(text) for kind, text in output.get("data", {}).items()}
    if "image/svg+xml" in data:
        picture = base64.b64encode(data["image/svg+xml"].encode()).decode()
        words = re.findall(r"<text[^>]*>([^<]+)</text>", data["image/svg+xml"])
        told = html.escape(f"Picture: {html.unescape(' '.join(words))}"[:300], quote=True)
        page = f'<p><img class="shown" alt="{told}" src="data:image/svg+xml;base64,{picture}"></p>'
    elif "text/html" in data:
        page = f'<div class="shown">{data["text/html"]}</div>'
    else:
        return f"````text\n{''.join(output.get('text', '')) or data.get('text/plain', '')}\n````"
    return f"````{{raw}} html\n{page}\n````"


def read(_: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page what only the manual shows."""
    if page == root_doc:
        source[0] += "\n\n" + contents(source[0])
    source[0] = DOCSTRINGS.sub(described, source[0])


FIELDS = {"Args:": "param", "Raises:": "raises"}


def told(_app: Sphinx, _what: str, _name: str, _thing: object, _options: object, lines: list[str]) -> None:
    """Make fields of the ``Args:`` and ``Raises:`` of a docstring."""
    kind = ""
    for number, line in enumerate(lines):
        if line in FIELDS:
            kind, lines[number] = FIELDS[line], ""
        elif kind:
            lines[number] = re.sub(r"^    (\w+): ", rf":{kind} \1: ", line)


LINES = re.compile(r'<dl>\n((?:<dd><em class="sig-param">.*</dd>\n)+)</dl>')


def spoken(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Make plain lines of a signature's, which Sphinx makes a list of terms without terms: screen readers stumble."""

    def plain(found: re.Match[str]) -> str:
        lines = found[1].replace("<dd>", "<span>").replace("</dd>", "</span>")
        return f'<span class="lines">{lines}</span>'

    if "body" in context:
        context["body"] = LINES.sub(plain, context["body"])


def entrance(app: Sphinx, failed: Exception | None) -> None:
    """Let the folder open at its index."""
    if failed is None and app.builder.format == "html":
        target = app.builder.get_target_uri(root_doc)
        ahead = f'<meta http-equiv="refresh" content="0; url={target}"><title>detente</title>'
        page = f'<!doctype html><meta charset="utf-8">{ahead}<a href="{target}">The manual of detente</a>\n'
        Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of the additions."""
    app.add_source_parser(Notebook)
    app.connect("source-read", read)
    app.connect("autodoc-process-docstring", told)
    app.connect("html-page-context", spoken)
    app.connect("build-finished", entrance)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
