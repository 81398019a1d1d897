"""How speed is measured: contenders in processes of their own, ratios round by round, a page that keeps its own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import goals, page
from benchmarks.contender import Contender, Lap, Playing
from benchmarks.environments import CannotPlay
from benchmarks.race import Race, Spread


def lap(runs: int, seconds: float, mean: float = 1.0) -> Lap:
    """A lap of so many runs."""
    return Lap(runs, 2 * seconds, seconds, 10.0, {"nato": (mean, 0.01)})


RACE = Race({"fast": [lap(100, 1.0), lap(100, 2.0)], "slow": [lap(10, 1.0, 1.03), lap(10, 4.0, 1.03)]})


def test_a_ratio_pairs_the_rounds() -> None:
    """A slow round of both is no difference between them."""
    assert RACE.ratio("slow", "fast") == Spread(10.0, 15.0, 20.0)
    assert RACE.ratio("slow", "missing") is None
    assert RACE.presence() == 0.5


def test_a_contender_that_plays_another_game_is_named() -> None:
    """Few runs may be far off, by the scatter of the reference; more than that is another game."""
    assert RACE.strangers("fast") == []
    other = Race({**RACE.laps, "odd": [lap(100, 1.0, 1.2), lap(100, 1.0, 1.2)]})
    assert other.strangers("fast") == ["odd plays another game: nato 1.2000, not 1.0000 as fast"]


def test_a_contender_plays_in_its_own_process() -> None:
    """What it is asked for is what it plays, and it says how long it took."""
    with Playing(Contender("NumPy", "w1_numpy")) as playing:
        taken = playing.lap(50, 1)
    assert taken.runs == 50
    assert taken.wall > 0
    assert set(taken.means) == {"left", "right"}


def test_a_contender_that_falls_over_says_why() -> None:
    """Its last words are the reason that is shown."""
    with (
        Playing(Contender("INF", "inf_simpy", {"parameters": {}})) as playing,
        pytest.raises(CannotPlay, match="KeyError"),
    ):
        playing.lap(1, 1)


def test_a_page_keeps_what_stands_around_the_figures(tmp_path: Path) -> None:
    """Only what lies between the marks is written anew."""
    path = tmp_path / "speed.md"
    begin, end = page.marks("benchmarks")
    path.write_text(f"# Speed\n\n{begin}\n{end}\n\nOwn words.\n", encoding="utf-8")
    page.write(path, [page.Section("First", "Old figures.", [page.Table(("a", "b"), [("1", "2")])])])
    page.write(path, [page.Section("Second", "New figures.")])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Speed\n")
    assert text.endswith("\nOwn words.\n")
    assert "New figures." in text
    assert "Old figures." not in text


def test_verdicts() -> None:
    """A goal is asked of the middle of the rounds, upwards or downwards."""
    more, less = goals.Goal("", "", 50, 100), goals.Goal("", "", 60, 20, most=True)
    assert [more.verdict(Spread(0, each, 999)) for each in (49, 50, 100)] == ["missed", "met", "aim reached"]
    assert [less.verdict(Spread(0, each, 999)) for each in (61, 60, 20)] == ["missed", "met", "aim reached"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0299, "0.0299"), (1.0, "1.00"), (21.7, "21.7"), (129, "129"), (69735.2, "69,735")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    """And thousands are set apart."""
    assert page.number(value) == text
