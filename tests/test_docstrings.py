"""The examples in docstrings run, and every question and bridge that Python offers has one."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from types import FunctionType, ModuleType

import pandas as pd
import pytest

import sim
from sim.interop import environments, nfg, tidy

QUESTIONS = [getattr(sim, name) for name in sim.__all__ if isinstance(getattr(sim, name), FunctionType)]
BRIDGES = [nfg.written, tidy.write_runs, tidy.write_turns, environments.parallel_env, environments.env]
GIVEN = {"sim": sim, "pandas": pd}
"""What an example may use without saying where it comes from."""


def modules() -> list[ModuleType]:
    """All modules of `sim` but the one that is the command line."""
    names = [each.name for each in pkgutil.walk_packages(sim.__path__, "sim.") if each.name != "sim.__main__"]
    return [importlib.import_module(name) for name in names]


def examples() -> list[doctest.DocTest]:
    """Every docstring with an example, anywhere in `sim`."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        test for module in modules() for test in finder.find(module, module.__name__, module, GIVEN) if test.examples
    ]
    return sorted({test.name: test for test in found}.values(), key=lambda test: test.name)


EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_shows_what_comes(example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed into Python, with `import sim`, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    failed, tried = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert tried
    assert not failed, "".join(said)


@pytest.mark.parametrize("thing", [*QUESTIONS, *BRIDGES], ids=lambda thing: f"{thing.__module__}.{thing.__name__}")
def test_a_public_function_has_an_example(thing: FunctionType) -> None:
    """Questions and bridges."""
    assert f"{thing.__module__}.{thing.__name__}" in {example.name for example in EXAMPLES}


@pytest.mark.parametrize("thing", [*QUESTIONS, *BRIDGES], ids=lambda thing: f"{thing.__module__}.{thing.__name__}")
def test_what_a_public_function_takes_is_told(thing: FunctionType) -> None:
    """Each argument by its own docstring, or by that of the function to which it refers."""
    told = thing.__doc__ or ""
    elsewhere = (
        (sim.run.__doc__ or "")
        + (sim.compare.__doc__ or "")
        + (tidy.write_runs.__doc__ or "")
        + (environments.parallel_env.__doc__ or "")
    )
    for name in thing.__code__.co_varnames[: thing.__code__.co_argcount + thing.__code__.co_kwonlyargcount]:
        assert f"\n        {name}: " in told or (f"\n        {name}: " in elsewhere and "``" in told), name
    assert all(hint for hint in thing.__annotations__)
