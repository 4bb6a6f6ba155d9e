"""Energy and CO2e of an average transaction of each network.

given a network with a count of transactions
    the energy is its model's year over the count, with the model's bounds
given a rollup
    layer 1 is in, for the bytes of a transaction
given a network without a count
    the energy is the published default, between the least and the most that compete
    or nothing, where nothing is published per transaction
given a network without an intensity of its own
    the world's stands in
given any kind of network
    one of it has Wh and g with bounds, and a published figure with source
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gasprint.bounds import Bounds
from gasprint.networks import network_named
from gasprint.networks.per_transaction import energy_kwh, per_transaction
from gasprint.networks.reference import known_networks

KINDS = {
    "proof_of_work",
    "proof_of_stake",
    "proof_of_authority",
    "proof_of_history",
    "dag",
    "rollup",
    "hybrid",
}


def close(value: Bounds | None, lower: float, best: float, upper: float) -> bool:
    assert value is not None
    return (value.lower, value.best, value.upper) == pytest.approx((lower, best, upper), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "lower_wh", "best_wh", "upper_wh"),
    [
        # 2.601, 6.19 and 7.5 GWh over 408500000 transactions.
        ("ethereum", 6.36720, 15.15300, 18.35985),
        # 89.78, 95.5 and 161 TWh over 93000000.
        ("bitcoin", 965_376.3, 1_026_881.7, 1_731_182.8),
        # 224.6195, 1123.872 and 1560.624 kW for 8760 h, over 18181818000.
        ("solana", 0.108222, 0.541482, 0.751909),
        # 1287.261, 1488.561 and 1620.8295 J/s over 50 a second, 3600 J a Wh.
        ("iota", 0.00715145, 0.00826978, 0.00900461),
    ],
)
def test_a_years_energy_over_the_count(
    name: str, lower_wh: float, best_wh: float, upper_wh: float
) -> None:
    assert close(per_transaction(name).energy_wh, lower_wh, best_wh, upper_wh)


def test_the_years_energy_of_proof_of_work_is_summed_day_by_day() -> None:
    year = energy_kwh(
        network_named("ethereum-pow"),
        datetime(2021, 1, 1, tzinfo=UTC),
        datetime(2022, 1, 1, tzinfo=UTC),
    )
    # Published: the days of 2021 in daily-gw.csv add up to 16.502 TWh.
    assert year.best == pytest.approx(16.502e9, rel=5e-4)
    per_one = per_transaction("ethereum-pow").energy_wh
    assert per_one is not None
    assert per_one.best == pytest.approx(year.best * 1000 / 461_787_962)


def test_part_of_a_day_is_part_of_its_energy() -> None:
    bitcoin = network_named("bitcoin")
    six_hours = energy_kwh(
        bitcoin, datetime(2023, 1, 1, 3, tzinfo=UTC), datetime(2023, 1, 1, 9, tzinfo=UTC)
    )
    assert six_hours.best == pytest.approx(95.5e9 / 8760 * 6)


def test_a_rollup_has_layer_1_in() -> None:
    # 814.32718 kWh over 148281250, and 3.63, 8.64 or 1600 gas at 1250000 a second.
    own_wh = 814_327.18 / 148_281_250
    wh_per_gas = [kwh * 1000 / (1_250_000 * 31_536_000) for kwh in (2.601e6, 6.19e6, 7.5e6)]
    assert close(
        per_transaction("op-mainnet").energy_wh,
        own_wh + 3.63 * wh_per_gas[0],
        own_wh + 8.64 * wh_per_gas[1],
        own_wh + 1600 * wh_per_gas[2],
    )


def test_without_a_count_it_is_as_published() -> None:
    polkadot = per_transaction("polkadot")
    assert polkadot.energy_wh == Bounds(17.4, 17.4, 115.6)
    assert polkadot.method == "as published"
    # The world's 475 g/kWh.
    assert close(polkadot.co2e_grams, 8.265, 8.265, 54.91)


def test_where_nothing_is_published_per_transaction_there_is_nothing() -> None:
    flow = per_transaction("flow")
    assert flow.energy_wh is None
    assert flow.co2e_grams is None


def test_co2e_is_within_a_tenth_of_what_vechain_says_of_itself() -> None:
    grams = per_transaction("vechain").co2e_grams
    assert grams is not None
    assert grams.best == pytest.approx(8824e6 / 318 / 408_500_000, rel=0.1)


def test_every_kind_has_wh_and_grams_and_a_published_figure() -> None:
    networks = [per_transaction(name) for name in known_networks()]
    assert {each.kind for each in networks if each.energy_wh and each.co2e_grams} == KINDS
    for each in networks:
        assert not each.published.is_derived
        assert each.published.source
        assert each.energy_figures >= 1
