"""The way the data goes, and the habits that keep the tree readable, checked on the source itself.

Each check is a function from sources to a list of faults. It runs on `sim/` and, so that a check that sees
nothing cannot pass for one that finds nothing, on a small planted package with a known fault.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
"""Lines a module of `sim/` stays below."""

ONLY_IN = {"yaml": "sim.scenario.source", "simpy": "sim.engine.events"}
"""The one module that may import a library."""

SECRETIVE = "sim.classroom.tokens"
"""The one module that may ask the system for what cannot be guessed: who is let in must not follow from a seed."""

ADDRESSED = {"BitGenerator", "Generator", "Philox"}
"""What of `numpy.random` draws only from a key of its own; `default_rng` and `SeedSequence` too, if given a seed."""


@dataclass(frozen=True)
class Module:
    """One file of a package: its dotted name, where it is, its text and its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The part right below the package: `sim.model.turn` belongs to `sim.model`."""
        return ".".join(self.name.split(".")[:2])


def read(package: Path) -> list[Module]:
    """Every module of a package folder, in order of path."""
    modules = []
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        modules.append(Module(name, path, text, ast.parse(text, str(path))))
    return modules


def is_package(module: Module) -> bool:
    """Whether the module is the `__init__.py` of a folder."""
    return module.path.name == "__init__.py"


# ---------------------------------------------------------------- imports


def imports(module: Module) -> Iterator[tuple[int, str, bool]]:
    """Line, dotted target, and whether it is a `from` import, at any depth, lazy ones included."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, False
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.name.split(".")
                above = parts[: len(parts) - node.level + is_package(module)]
                base = ".".join([*above, base] if base else above)
            yield node.lineno, base, True
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value, False


def layers(modules: list[Module]) -> list[str]:
    """The order written in the docstring of the package's `__init__.py`, lowest layer first."""
    package = modules[0].name.split(".")[0]
    (top,) = [module for module in modules if module.name == package]
    return re.findall(rf"^\s*- ``({package}\.\w+)``", ast.get_docstring(top.tree) or "", re.MULTILINE)


def misdrawn_map(modules: list[Module]) -> list[str]:
    """What the map in the package's docstring leaves out, invents or lists twice."""
    package = modules[0].name.split(".")[0]
    drawn = layers(modules)
    found = {module.layer for module in modules} - {package, f"{package}.__main__"}
    return [
        *(f"{name} is not on the map" for name in sorted(found - set(drawn))),
        *(f"{name} is on the map but does not exist" for name in drawn if name not in found),
        *(f"{name} is on the map twice" for name in sorted(set(drawn)) if drawn.count(name) > 1),
    ]


def upward_imports(modules: list[Module]) -> list[str]:
    """Imports that do not point to the module's own layer or to one that stands above it on the map."""
    package = modules[0].name.split(".")[0]
    order = {name: place for place, name in enumerate(layers(modules))}
    faults = []
    for module in modules:
        if module.name == package:
            continue
        for line, target, _ in imports(module):
            if target.split(".")[0] != package:
                continue
            layer = ".".join(target.split(".")[:2])
            if target == package:
                faults.append(f"{module.name}:{line} imports from the package itself, not from a module of it")
            elif module.name != f"{package}.__main__" and order.get(layer, 99) > order.get(module.layer, -1):
                faults.append(f"{module.name}:{line} imports {target}, which stands below it")
    return faults


def misplaced_libraries(modules: list[Module]) -> list[str]:
    """Imports of a library outside the one module it is kept to."""
    return [
        f"{module.name}:{line} imports {target}"
        for module in modules
        for line, target, _ in imports(module)
        if (library := target.split(".")[0]) in ONLY_IN and module.name != ONLY_IN[library]
    ]


# ---------------------------------------------------------------- luck


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`np.random.rand` as `numpy.random.rand`, whatever the import called it; empty if it is no plain name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, names)
        return f"{base}.{node.attr}" if base else ""
    return ""


def unaddressed_luck(modules: list[Module]) -> list[str]:
    """Random numbers that do not come from an address: global generators, unseeded ones, the system's."""
    faults = []
    for module in modules:
        if module.name == SECRETIVE:
            continue
        names: dict[str, str] = {}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        faults += [
            f"{module.name}:{line} imports {target}"
            for line, target, _ in imports(module)
            if target.split(".")[0] in {"random", "secrets"}
        ]
        seeded = {
            id(node.func)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and (node.args or node.keywords)
        }
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Attribute | ast.Name) or not isinstance(node.ctx, ast.Load):
                continue
            match re.fullmatch(r"numpy\.random\.(\w+)|os\.urandom|uuid\.uuid4", name := dotted(node, names)):
                case None:
                    continue
                case found:
                    last = found[1]
            fine = last in ADDRESSED or (last in {"default_rng", "SeedSequence"} and id(node) in seeded)
            if not fine:
                faults.append(f"{module.name}:{node.lineno} uses {name}")
    return faults


# ---------------------------------------------------------------- size and words


def overlong(modules: list[Module]) -> list[str]:
    """Modules of `LONGEST` lines or more."""
    lengths = {module.name: len(module.text.splitlines()) for module in modules}
    return [f"{name} has {length} lines" for name, length in lengths.items() if length >= LONGEST]


def undocumented(modules: list[Module]) -> list[str]:
    """Public modules, classes, functions and methods without a docstring."""

    def below(node: ast.Module | ast.ClassDef, name: str) -> Iterator[str]:
        for child in node.body:
            if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith(
                "_"
            ):
                continue
            told = {ast.unparse(decorator).split(".")[-1] for decorator in child.decorator_list}
            if not ast.get_docstring(child) and not told & {"overload", "override", "setter"}:
                yield f"{name}.{child.name}"
            if isinstance(child, ast.ClassDef):
                yield from below(child, f"{name}.{child.name}")

    faults = []
    for module in modules:
        if not ast.get_docstring(module.tree):
            faults.append(module.name)
        faults += below(module.tree, module.name)
    return faults


def bare_folders(modules: list[Module]) -> list[str]:
    """Folders with modules in them that are no packages."""
    folders = {module.path.parent for module in modules}
    return sorted(str(folder) for folder in folders if not (folder / "__init__.py").is_file())


CHECKS: list[Callable[[list[Module]], list[str]]] = [
    misdrawn_map,
    upward_imports,
    misplaced_libraries,
    unaddressed_luck,
    overlong,
    undocumented,
    bare_folders,
]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """All of `sim/`."""
    return read(ROOT / "sim")


def test_the_package_is_there(modules: list[Module]) -> None:
    """The checks below have something to look at."""
    names = {module.name for module in modules}
    assert {"sim", "sim.errors", "sim.scenario.source", "sim.engine.events", "sim.cli", "sim.__main__"} <= names
    assert len(layers(modules)) >= 8


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_sim_has_none(check: Callable[[list[Module]], list[str]], modules: list[Module]) -> None:
    """`sim/` is free of every fault the checks know."""
    assert not check(modules)


# ---------------------------------------------------------------- the checks themselves

MAP = '"""A package.\n\n- ``sim.low`` - first\n- ``sim.mid`` - then\n- ``sim.top`` - last\n"""\n'
SOUND = {
    "__init__.py": MAP + "from sim.top import three\n",
    "__main__.py": '"""Start."""\nfrom sim.top import three\n',
    "low.py": '"""Low."""\nfrom numpy.random import Generator, Philox\nimport numpy as np\nnp.random.default_rng(7)\n',
    "mid/__init__.py": '"""Middle."""\nfrom sim.low import one\n',
    "mid/part.py": '"""Part."""\nfrom sim.mid import two\n\n\ndef _private():\n    import numpy.random\n',
    "top.py": '"""Top."""\n\n\ndef three():\n    """Three."""\n    from sim.low import one\n',
}
PLANTED: list[tuple[Callable[[list[Module]], list[str]], str, str]] = [
    (misdrawn_map, "__init__.py", MAP.replace("- ``sim.mid`` - then\n", "")),
    (misdrawn_map, "__init__.py", MAP.replace("last\n", "last\n- ``sim.none`` - not there\n")),
    (misdrawn_map, "__init__.py", MAP.replace("last\n", "last\n- ``sim.low`` - again\n")),
    (upward_imports, "low.py", '"""Low."""\nfrom sim.mid import two\n'),
    (upward_imports, "low.py", '"""Low."""\nimport sim.mid.part\n'),
    (upward_imports, "low.py", '"""Low."""\nfrom .mid import two\n'),
    (upward_imports, "low.py", '"""Low."""\n\n\ndef _lazy():\n    from sim.top import three\n'),
    (upward_imports, "low.py", '"""Low."""\nimport importlib\nimportlib.import_module("sim.top")\n'),
    (upward_imports, "mid/part.py", '"""Part."""\nfrom ..top import three\n'),
    (upward_imports, "top.py", '"""Top."""\nfrom sim import low\n'),
    (upward_imports, "top.py", '"""Top."""\nfrom . import low\n'),
    (upward_imports, "top.py", '"""Top."""\nimport sim\n'),
    (upward_imports, "__main__.py", '"""Start."""\nfrom sim import three\n'),
    (misplaced_libraries, "low.py", '"""Low."""\nimport yaml\n'),
    (misplaced_libraries, "top.py", '"""Top."""\nfrom simpy.events import Event\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nimport random\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nfrom random import Random\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nimport numpy as np\nnp.random.seed(1)\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nimport numpy.random as luck\nluck.rand()\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nfrom numpy import random\nrandom.rand()\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nfrom numpy.random import default_rng\ndefault_rng()\n'),
    (unaddressed_luck, "low.py", '"""Low."""\nfrom os import urandom\nurandom(8)\n'),
    (overlong, "low.py", '"""Low."""\n' + "\n" * LONGEST),
    (undocumented, "low.py", "one = 1\n"),
    (undocumented, "low.py", '"""Low."""\n\n\ndef one():\n    return 1\n'),
    (undocumented, "low.py", '"""Low."""\n\n\nclass One:\n    """One."""\n\n    def half(self):\n        return 1\n'),
    (bare_folders, "bare/part.py", '"""Part."""\n'),
]


def plant(folder: Path, **replaced: str) -> list[Module]:
    """A small package called `sim` below `folder`, with some of its files replaced."""
    for name, text in (SOUND | replaced).items():
        path = folder / "sim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read(folder / "sim")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sound_package_passes(check: Callable[[list[Module]], list[str]], tmp_path: Path) -> None:
    """No check complains of a package that keeps to the rules."""
    assert not check(plant(tmp_path))


@pytest.mark.parametrize(("check", "file", "text"), PLANTED)
def test_a_planted_fault_is_found(
    check: Callable[[list[Module]], list[str]], file: str, text: str, tmp_path: Path
) -> None:
    """Each check sees the fault it is for."""
    assert len(check(plant(tmp_path, **{file: text}))) == 1


# ---------------------------------------------------------------- the tree around it


def project_files() -> list[Path]:
    """The files of the project: what git tracks, and what it would."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


FOREIGN = re.compile(
    r"(?<![\w./~-])/(?:work|root|opt|home/\w+)/|\b(?:files\.)?py(?:pi|thonhosted)\.org|index.url\s*=?\s*http"
)
"""Places on one machine, and hosts of registries."""


def foreign(text: str) -> list[str]:
    """Every mention in a text of a place on one machine or of a registry's host."""
    return FOREIGN.findall(text)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only git knows which files are the project's")
def test_files_name_no_machine_and_no_registry() -> None:
    """What is committed means the same on every machine."""
    paths = project_files()
    assert {ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / "sim" / "errors.py"} <= set(paths)
    found = {str(path.relative_to(ROOT)): foreign(path.read_text(encoding="utf-8", errors="replace")) for path in paths}
    assert not {name: mentions for name, mentions in found.items() if mentions}


def test_foreign_places_are_recognised() -> None:
    """The pattern above sees what it is for, and leaves addresses on the web alone."""
    seen = [
        "see /" + "work/main",
        "/" + "root/.venv",
        "https://py" + "pi.org/simple",
        "file" + "s.py" + "thonhosted.org",
    ]
    assert all(foreign(text) for text in seen)
    assert not foreign("https://example.org/work/page and sim/root/ and teamwork/")


def test_the_lock_pins_every_file() -> None:
    """Every requirement in the lock is one exact version with its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^\S[^\n]*(?:\n[ \t]+[^\n]*)*", text, re.MULTILINE)
    assert len(entries) > 20
    assert not [entry for entry in entries if not re.match(r"[\w.\[\]-]+==\S+", entry) or "--hash=sha256:" not in entry]


def test_the_changelog_has_an_unreleased_section() -> None:
    """There is a place for the next line, and something stands there or under a version."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    assert re.search(r"^- \w", text, re.MULTILINE)
