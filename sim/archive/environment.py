"""With what results were made: versions, the machine, what its processor can do.

Equal questions have equal answers on one machine; between machines the last bit may differ with these.
"""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

import numpy as np

_LIBRARIES = ("detente", "numpy", "scipy", "simpy", "pydantic", "pyyaml")


def versions() -> dict[str, str]:
    """Return the version of Python, of this program and of the libraries that numbers pass through."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES}


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


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "unknown"
