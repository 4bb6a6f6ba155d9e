"""Comparisons of the same transactions on one network and on another.

given the scenario that ships
    5 million transactions a year take 150 MWh by private proof of work, 30 Wh each, and under 1 MWh
    by proof of authority, to the upper bound
    it lists what it assumes, and every parameter's source
    it says that public proof of work takes a thousand times more, and shows it
    its hashrate gives 150 MWh by hand
given two networks
    each is charged by its own average transaction and electricity
given a file that is no scenario, lacks something, or has a wrong value
    it is refused in one line that names what is wrong
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gasprint.errors import InputError, NetworkError
from gasprint.networks.per_transaction import per_transaction
from gasprint.networks.scenario import SCENARIOS, compare_networks, compare_scenario

SHIPPED = (SCENARIOS / "work-against-authority.toml").read_text()
COMPARISON = compare_scenario("work-against-authority")
WORK, AUTHORITY, PUBLIC = COMPARISON.alternatives


def test_from_150_mwh_to_under_1_mwh() -> None:
    assert COMPARISON.transactions_per_year == 5_000_000
    assert WORK.energy_kwh.best == pytest.approx(150_000, rel=1e-3)
    assert COMPARISON.wh_per_transaction(WORK).best == pytest.approx(30, rel=1e-3)
    # Four machines of 22 W, 25.3 W at most, for 8760 h.
    assert AUTHORITY.energy_kwh.best == pytest.approx(4 * 22 * 8.76)
    assert AUTHORITY.energy_kwh.upper == pytest.approx(886.5, abs=0.1)
    assert AUTHORITY.energy_kwh.upper < 1000
    assert WORK.energy_kwh.lower > 100 * AUTHORITY.energy_kwh.upper
    assert WORK.co2e_grams.best == pytest.approx(71.25e6, rel=1e-3)


def test_the_hashrate_by_hand() -> None:
    # 1609459200 s: 1.3744496624e-9 * 1609459200 - 1.8104637778 = 0.4016568763 MH/s per W.
    watts = 5154 * 1.10 * 1.03 * 1.06 / (0.4016568763 * 0.90)
    assert WORK.energy_kwh.best == pytest.approx(watts * 8.76, rel=1e-8)


def test_it_lists_its_assumptions_and_sources() -> None:
    assert len(COMPARISON.assumptions) == 8
    assert "not public proof of work" in COMPARISON.assumptions[0]
    assert any("155 W" in each and "would not hold" in each for each in COMPARISON.assumptions)
    for each in COMPARISON.alternatives:
        assert each.sources
    assert any("assumption: " in source for source in WORK.sources)


def test_public_proof_of_work_takes_a_thousand_times_more() -> None:
    assert PUBLIC.name == "ethereum-pow"
    assert 1000 < PUBLIC.energy_kwh.best / WORK.energy_kwh.best < 1300


def test_two_networks_by_their_average_transactions() -> None:
    comparison = compare_networks(["ethereum-pow", "ethereum"], 1000)
    for each in comparison.alternatives:
        average = per_transaction(each.name)
        assert average.energy_wh is not None
        assert average.co2e_grams is not None
        # A thousand transactions take as many kWh as one takes Wh.
        assert each.energy_kwh.best == pytest.approx(average.energy_wh.best)
        assert each.co2e_grams.best == pytest.approx(average.co2e_grams.best * 1000)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("transactions_per_year", "transactions", "lacks 'transactions_per_year'; add it"),
        ("5_000_000", "-5", "transactions_per_year is -5, no whole number from 1 up"),
        ("5_000_000", "true", "transactions_per_year is True, no whole number"),
        ('title = "A', "title = A", "is no TOML"),
        ('"GH/s"', '"MH/s"', "hashrate is in 'MH/s'; give it in GH/s"),
        ("at = 2021-01-01", 'at = "2021"', "at is '2021'; write a date"),
        ('mining_of = "ethereum-pow"', 'mining_of = "bitcoin"', "'bitcoin' has no parameters"),
        ("proof_of_authority_v1", "proof_of_authority", "did you mean proof_of_authority_v1"),
        ('network = "ethereum-pow"', 'network = "ethereum-pos"', "did you mean ethereum-pow"),
        ('network = "ethereum-pow"', 'network = "flow"', "'flow' has no figure per transaction"),
        ("value = 25.3", "value = 2.53", "bounds must rise from 0"),
        ("value = 25.3", 'value = "25.3"', "is no scenario"),
        ("value = 5.154", "value = nan", "bounds must rise from 0"),
        ("value = 22, ", "", "is no scenario"),
        (
            "assumptions = [",
            'assumptions = "none"\nmore = [',
            "assumptions is no list of sentences",
        ),
    ],
)
def test_refuses_what_is_no_scenario(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "scenario.toml"
    assert old in SHIPPED
    path.write_text(SHIPPED.replace(old, new))
    with pytest.raises(InputError, match=problem) as refusal:
        compare_scenario(str(path))
    assert "\n" not in str(refusal.value)


def test_refuses_one_network_alone(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text("[[networks]]".join(SHIPPED.split("[[networks]]")[:2]))
    with pytest.raises(NetworkError, match="networks are fewer than two"):
        compare_scenario(str(path))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere.toml", "nowhere.toml cannot be read: No such file"),
        ("work-against-autority", "did you mean work-against-authority"),
    ],
)
def test_refuses_a_scenario_that_is_not_there(name: str, problem: str) -> None:
    with pytest.raises(NetworkError, match=problem):
        compare_scenario(name)
