"""Any order of emissions, deposits, withdrawals, settlements and retirements, by anyone.

given two credits, two accounts with thresholds, and what the ledger should be in plain Python
  issued = held + retired, of each credit
  what AutoRetire holds is the sum of the deposits
  outstanding = emitted - retired for, never below zero
  retirements of a credit tile its front
  retired balances add up, to what was retired for each
"""

import os
from typing import Any

from brownie.exceptions import VirtualMachineError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.retirements import retirements_of, tiles
from tests.suite import (
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    deposit,
    issue,
    reverts_with,
)

OTHER_TOKEN_ID = (PROJECT_ID << 128) | (7 << 64) | 8
ISSUED_UNITS = {TOKEN_ID: UNITS_ISSUED, OTHER_TOKEN_ID: 2 * 10**8}
MINIMUM_DEPOSIT_UNITS = 10**5
MICROGRAMS_PER_GAS = 70
RUNS = 500 if os.environ.get("GASPRINT_DEEP") else 20

NAMES = st.sampled_from(["marketplace", "beneficiary"])
TOKENS = st.sampled_from([TOKEN_ID, OTHER_TOKEN_ID])
DEPOSITED_UNITS = st.integers(MINIMUM_DEPOSIT_UNITS, 3 * MINIMUM_DEPOSIT_UNITS)
RETIRED_UNITS = st.integers(1, MINIMUM_DEPOSIT_UNITS // 2)
THRESHOLD_CO2E_MICROGRAMS = 100_000_000


class Ledger(RuleBasedStateMachine):
    """The rules, each with what it does to the model.

    Hypothesis' own machine: Brownie's, as compiled, refuses its subclasses.
    """

    settlements = 0
    suite: Any
    roles: Any
    chain: Any

    def __init__(self):
        """Starts from the state in which the test found the chain."""
        super().__init__()
        self.chain.revert()
        names = ("marketplace", "beneficiary")
        self.emitted = dict.fromkeys(names, 0)
        self.retired = {(name, token): 0 for name in names for token in ISSUED_UNITS}
        self.deposits = dict(self.retired)
        self.held = dict(ISSUED_UNITS)
        self.retirements = []
        issue(self.suite, self.roles, OTHER_TOKEN_ID & (2**128 - 1))
        for name in names:
            self.suite.AutoRetire.setThreshold(
                THRESHOLD_CO2E_MICROGRAMS, {"from": self.account(name)}
            )
            # Runs are short: without something to settle from the start, few would ever settle.
            self.fund(name, TOKEN_ID, MINIMUM_DEPOSIT_UNITS)
            self.fund(name, OTHER_TOKEN_ID, MINIMUM_DEPOSIT_UNITS)

    def account(self, name):
        return getattr(self.roles, name)

    def fund(self, name, token, units):
        deposit(self.suite, self.roles, self.account(name), units, token)
        self.held[token] -= units
        self.deposits[name, token] += units

    def retired_for(self, name):
        return sum(self.retired[name, token] for token in ISSUED_UNITS)

    def outstanding(self, name):
        return max(0, self.emitted[name] - 10_000 * self.retired_for(name))

    @rule(
        name=NAMES,
        gas_used=st.integers(1_000_000, 20_000_000),
        settle=st.sampled_from([True, True, False]),
    )
    def emit(self, name, gas_used, settle):
        self.suite.EmissionsRegistry.record(gas_used, {"from": self.account(name)})
        self.emitted[name] += MICROGRAMS_PER_GAS * gas_used
        # In one rule: Hypothesis leaves rules out at random, and seldom runs one after the other.
        if settle:
            self.settle(name)

    @rule(name=NAMES, token=TOKENS, units=DEPOSITED_UNITS)
    def deposit(self, name, token, units):
        if units <= self.held[token]:
            self.fund(name, token, units)

    @rule(name=NAMES, token=TOKENS, quarters=st.integers(0, 4))
    def withdraw(self, name, token, quarters):
        units = self.deposits[name, token] * quarters // 4
        if units == 0:
            return
        self.suite.AutoRetire.withdraw(
            token, units, self.roles.holder, {"from": self.account(name)}
        )
        self.deposits[name, token] -= units
        self.held[token] += units

    @rule(name=NAMES, token=TOKENS, units=RETIRED_UNITS)
    def retire_for(self, name, token, units):
        if units > self.held[token]:
            return
        tx = self.suite.CarbonCredits.retireFor(
            token,
            self.roles.holder,
            units,
            self.account(name),
            NOTHING_SAID,
            False,
            {"from": self.roles.holder},
        )
        self.retirements += retirements_of(tx)
        self.held[token] -= units
        self.retired[name, token] += units

    def settle(self, name):
        due_units = -(-self.outstanding(name) // 10_000)
        account, auto_retire = self.account(name), self.suite.AutoRetire

        if self.outstanding(name) < THRESHOLD_CO2E_MICROGRAMS:
            due_units = 0
        try:
            tx = auto_retire.settle(account, {"from": self.roles.outsider})
        except VirtualMachineError as error:
            failure = error.revert_msg
        else:
            failure = None
        if failure is not None:
            assert failure == reverts_with("NothingDeposited", str(account))
            assert all(self.deposits[name, token] == 0 for token in ISSUED_UNITS)
            return
        self.retirements += retirements_of(tx)
        settled, retirement_ids = 0, []
        for event in (event for event in tx.events if event.name == "Settled"):
            assert event["account"] == account
            self.deposits[name, event["tokenId"]] -= event["units"]
            self.retired[name, event["tokenId"]] += event["units"]
            settled += event["units"]
            retirement_ids.append(event["retirementId"])
        units, ids = tx.return_value
        assert settled == units <= due_units
        assert list(ids) == retirement_ids
        Ledger.settlements += settled > 0

    @invariant()
    def the_chain_is_what_the_model_says(self):
        credits, auto_retire = self.suite.CarbonCredits, self.suite.AutoRetire
        for token, issued in ISSUED_UNITS.items():
            deposited = sum(units for (_, t), units in self.deposits.items() if t == token)
            retired = sum(units for (_, t), units in self.retired.items() if t == token)
            assert credits.balanceOf(self.roles.holder, token) == self.held[token]
            assert credits.balanceOf(auto_retire, token) == deposited
            assert credits.stateOf(token)["retiredUnits"] == retired
            assert issued == self.held[token] + deposited + retired
        for name in self.emitted:
            account = self.account(name)
            assert self.suite.EmissionsRegistry.emittedBy(account) == self.emitted[name]
            assert self.suite.EmissionsRegistry.outstanding(account) == self.outstanding(name)
            assert credits.retiredFor(account) == self.retired_for(name)
            for token in ISSUED_UNITS:
                assert credits.retiredBalanceOf(account, token) == self.retired[name, token]
                assert auto_retire.depositOf(account, token) == self.deposits[name, token]

    def teardown(self):
        for token in ISSUED_UNITS:
            retirements = [one for one in self.retirements if one.token_id == token]
            assert [one.index for one in retirements] == list(range(len(retirements)))
            spans = [one.span for one in retirements]
            first_serial = (token >> 64) & (2**64 - 1)
            assert tiles(spans, first_serial * 10**8, holes=[])
            retired = sum(end - start for start, end in spans)
            assert self.suite.CarbonCredits.stateOf(token)["retiredUnits"] == retired


def test_the_ledger_holds_in_any_order(suite, roles, chain):
    Ledger.suite, Ledger.roles, Ledger.chain = suite, roles, chain
    chain.snapshot()
    run_state_machine_as_test(
        Ledger, settings=settings(max_examples=RUNS, stateful_step_count=20, derandomize=True)
    )
    assert Ledger.settlements > 5
