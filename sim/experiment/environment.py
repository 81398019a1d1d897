"""With what results are made: versions, the machine, what its processor can do.

Equal questions have equal answers on one machine; between machines the last bit may differ with these.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

_LIBRARIES = {
    "detente": "sim.version",
    "numpy": "numpy",
    "scipy": "scipy",
    "simpy": "simpy",
    "pydantic": "pydantic",
    "pyyaml": "yaml",
}
"""The module that tells a library's version once it is loaded; before, its metadata do, which takes longer."""


@dataclass(frozen=True)
class Environment:
    """What numbers are made with, by this process or by those that play for it."""

    versions: dict[str, str]
    machine: dict[str, str]
    processor_features: tuple[str, ...]

    def differences(self, then: Environment) -> list[str]:
        """Return in words what was not so ``then``: versions, and what the processor could do."""
        told = [
            f"{name} {then.versions[name]} then, {self.versions.get(name, 'none')} now"
            for name in then.versions
            if then.versions[name] != self.versions.get(name)
        ]
        before, now = then.machine.get("processor"), self.machine.get("processor")
        if before != now:
            told.append(f"processor {before} then, {now} now")
        elif not self.can_do_the_same(then):
            told.append("the processor can do other things now")
        return told

    def can_do_the_same(self, other: Environment) -> bool:
        """Say whether processors are of one kind and can do the same things."""
        same = self.machine.get("processor") == other.machine.get("processor")
        return same and set(self.processor_features) == set(other.processor_features)


def environment() -> Environment:
    """Return what this process makes numbers with."""
    return Environment(versions(), machine(), tuple(processor_features()))


def versions() -> dict[str, str]:
    """Return the version of Python, of this program and of the libraries that numbers pass through."""
    return {"python": platform.python_version()} | {
        library: _version(library, module) for library, module in _LIBRARIES.items()
    }


def machine() -> dict[str, str]:
    """Return the operating system and the kind of processor."""
    return {"system": f"{platform.system()} {platform.release()}".strip(), "processor": platform.machine()}


def processor_features() -> list[str]:
    """Return the processor's features that numpy uses here; empty where numpy does not tell."""
    try:
        # Its type says that it returns nothing; asked for dictionaries it returns them.
        told: Any = np.show_config(mode="dicts")
        found = told["SIMD Extensions"]
        return [str(name) for kind in ("baseline", "found") for name in found.get(kind, [])]
    except (AttributeError, KeyError, TypeError):
        return []


def _version(library: str, module: str) -> str:
    told = getattr(sys.modules.get(module), "__version__", None)
    if isinstance(told, str):
        return told
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "unknown"
