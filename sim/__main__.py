"""``detente`` and ``python -m sim``: the command line in a process of its own, begun as fast as can be."""

from __future__ import annotations

import gc
import os
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    # Start-up makes many objects and hardly any garbage: looking for it less often saves a tenth of a short command.
    gc.set_threshold(100_000, 20, 20)
    # Else pydantic reads about everything that is installed, in search of plug-ins of its own: a twentieth.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from sim.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
