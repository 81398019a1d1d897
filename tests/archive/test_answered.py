"""What a results folder answers is read back as it was played; nothing is taken that is not as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.archive.answered import KeptBlocks, answered, runs_kept
from sim.archive.save import save_comparison, save_run
from sim.errors import ArchiveError
from sim.experiment.compare import Comparison
from sim.experiment.ensemble import Ensemble
from tests.report.pages import EXAMPLE, scenario_of


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Two regimes of an example, in more than one stored block."""
    return sim.compare(scenario_of(EXAMPLE, tmp_path_factory.mktemp("example")), runs=8_200)


@pytest.fixture(scope="module")
def folder(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that it is kept in; tests that spoil it copy it."""
    return save_comparison(comparison, tmp_path_factory.mktemp("kept"))


def test_a_comparison_comes_back_bit_for_bit(comparison: Comparison, folder: Path) -> None:
    """Every number of its document, and every run of every column."""
    told: list[int] = []
    again, manifest = answered(folder, told.append)
    assert isinstance(again, Comparison)
    assert json.dumps(again.to_dict()) == json.dumps(comparison.to_dict())
    for name, ensemble in comparison.ensembles.items():
        assert np.array_equal(again.ensembles[name].table, ensemble.table)
    assert manifest.asked.question == "compare"
    assert sum(told) == runs_kept(folder) == 2 * 8_200


def test_a_run_comes_back(comparison: Comparison, tmp_path: Path) -> None:
    """A folder of one regime answers as an ensemble."""
    ensemble = sim.run(next(iter(comparison.ensembles.values())).game.scenario, runs=50, set={"commitment": 0.2})
    again, _ = answered(save_run(ensemble, tmp_path))
    assert isinstance(again, Ensemble)
    assert json.dumps(again.to_dict()) == json.dumps(ensemble.to_dict())
    assert again.game.setting.parameters == {"commitment": 0.2}


def spoiled(folder: Path, to: Path) -> Path:
    """A copy of a folder."""
    import shutil

    return Path(shutil.copytree(folder, to / "copy"))


def test_a_flipped_bit_is_refused(folder: Path, tmp_path: Path) -> None:
    """Wherever the bit is: in a block, in the scenario, in the manifest."""
    for name in ("blocks", "scenario.yaml", "manifest.json"):
        copy = spoiled(folder, tmp_path / name)
        file = next((copy / "blocks").iterdir()) if name == "blocks" else copy / name
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 4
        file.write_bytes(data)
        with pytest.raises(ArchiveError) as caught:
            answered(copy)
        assert caught.value.faults[0].code == "DAMAGED"


def test_what_is_no_folder_or_unfinished_is_refused(tmp_path: Path) -> None:
    """An empty folder has no answer."""
    with pytest.raises(ArchiveError):
        answered(tmp_path)


def test_a_complete_folder_takes_no_more(folder: Path) -> None:
    """Its blocks are read only."""
    _, manifest = answered(folder)
    with pytest.raises(AssertionError):
        KeptBlocks(folder, manifest.results[0]).keep(np.zeros((1, 1)))
