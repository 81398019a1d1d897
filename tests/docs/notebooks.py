"""``python -m tests.docs.notebooks [NAME ...]``: run the notebooks of `docs/notebooks/` and store what they show.

A stored notebook is what a fresh kernel makes of it, from top to bottom: texts, tables and pictures as SVG, without times
and other traces of one execution. The tests run it again and compare.
"""

from __future__ import annotations

import html
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.docs.pages import DOCS

NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))

SVG = "image/svg+xml"
SHOWN = ("text/html", "text/markdown", "text/plain", SVG)
"""What of an output is stored: what a reader sees, on a code host too."""

_UNSEEN = re.compile(r' (?:class|role|pointer-events|aria-[a-z]+)="[^"]*"')
"""What makes a third of a picture and is not seen: it serves pictures that move."""

PATIENCE = 120
"""Seconds that one cell may take, however busy the machine."""


def read(path: Path) -> NotebookNode:
    """A notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def executed(notebook: NotebookNode) -> NotebookNode:
    """The notebook run from top to bottom by a fresh kernel in an empty folder; a cell that fails raises.

    The kernel is the Python that runs this, whatever kernels are installed on the machine, and sees no settings of its
    user.
    """
    with tempfile.TemporaryDirectory() as folder, _apart(Path(folder)):
        work = Path(folder, "work")
        work.mkdir()
        fresh = nbformat.from_dict(notebook)
        _Client(fresh, timeout=PATIENCE, resources={"metadata": {"path": str(work)}}).execute()
    return plain(fresh)


class _Client(NotebookClient):
    def create_kernel_manager(self) -> AsyncKernelManager:
        # Sockets in a folder, where they can be had: of two tests at once none takes the other's port.
        self.km = AsyncKernelManager(
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc" if os.name == "posix" else "tcp",
            connection_file=str(Path(self.resources["metadata"]["path"]).parent / "kernel.json"),
        )
        return self.km


@contextmanager
def _apart(folder: Path) -> Iterator[None]:
    """The environment without the settings, the history and the kernels of whoever runs this."""
    places = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    changes = {name: str(folder / name.lower()) for name in places} | {"NO_COLOR": "1", "PYTHONUTF8": "1"}
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def plain(notebook: NotebookNode) -> NotebookNode:
    """The notebook without the traces of one execution or one program: two executions are stored alike."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        cell.id, cell.metadata = f"cell-{number}", NotebookNode()
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_plain(output, count) for output in cell.outputs]
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _plain(output: NotebookNode, count: int) -> NotebookNode:
    if "execution_count" in output:
        output.execution_count = count
    if "data" in output:
        output.metadata = NotebookNode()
        output.data = NotebookNode({kind: output.data[kind] for kind in SHOWN if kind in output.data})
        if SVG in output.data:
            output.data[SVG] = _UNSEEN.sub("", output.data[SVG])
    return output


def shown(notebook: NotebookNode) -> list[str]:
    """What a reader sees, one text an output: of a picture the words in it, for a picture's lines differ by fonts."""
    return [_told(output) for cell in notebook.cells for output in cell.get("outputs", [])]


def _told(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"{output.name}: {output.text}"
    data: Mapping[str, str] = output.get("data", {})
    told = [words(data[kind]) if kind == SVG else data[kind] for kind in SHOWN if kind in data]
    return f"{output.output_type}: " + "\n".join(told)


def words(picture: str) -> str:
    """All texts in an SVG picture, in their order."""
    return "\n".join(html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture))


def main(names: list[str]) -> None:
    """Run and store the notebooks of these names, or all."""
    for path in NOTEBOOKS:
        if not names or path.stem in names:
            nbformat.write(executed(read(path)), path)
            print(f"{path.name}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
