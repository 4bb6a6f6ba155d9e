"""The committed snapshots are what the contracts cost and measure; `make gas` writes them anew.

given a case of tests/gas
  its gas is the snapshot's, on either node
given the snapshots
  they name every case, and nothing is above its target
  they tell how large each contract is
"""

import pytest

from tests.gas import snapshots
from tests.gas.cases import CASES, World

MEASURED_BY_MAKE_GAS_ALONE = {"mint_credit_10th_range", "mint_credit_10000th_range"}
"""Ten thousand ranges take too long here."""


@pytest.mark.parametrize("name", CASES)
def test_the_gas_of_a_case_is_the_snapshots(suite, roles, project_contracts, name):
    gas = CASES[name](World(suite, roles, project_contracts))
    assert gas == snapshots.read(snapshots.GAS)[name], "run make gas, and say why in the commit"


def test_the_snapshot_is_complete_and_below_every_target():
    gas = snapshots.read(snapshots.GAS)
    assert set(gas) == set(CASES) | MEASURED_BY_MAKE_GAS_ALONE
    above = {name for name, target in snapshots.targets_of(gas).items() if gas[name] > target}
    assert not above


def test_the_sizes_are_the_snapshots(project_contracts):
    sizes = snapshots.sizes(project_contracts)
    assert sizes == snapshots.read(snapshots.SIZES), "run make gas, and say why in the commit"
    assert max(sizes.values()) <= snapshots.MAX_SIZE_BYTES
