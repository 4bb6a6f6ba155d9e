"""Any order of everything that can be done with credits, by anyone, against a model in Python.

given two credits, and a model that counts serial by serial
  every act is refused or accepted as the model says, and by that error
  the numbered invariants of docs/INVARIANTS.md hold after every act, or at the end of each run
"""

import os
from collections import Counter
from functools import cache
from itertools import pairwise

from brownie.exceptions import VirtualMachineError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from tests.credits_model import TONNE, CreditsModel
from tests.retirements import RETIREMENTS_PER_PAGE, chain_of, proof_of, retirements_of, tiles
from tests.suite import FACTOR, NOTHING_SAID, attested, mint

DEEP = bool(os.environ.get("GASPRINT_DEEP"))
RUNS, STEPS = (200, 20) if DEEP else (15, 6)

NAMES = ("holder", "marketplace", "beneficiary")
REGISTRIES = (2, 3)
PROJECT_NUMBER = 5
LABEL_FROM = 1_700_000_000
SAID = ("0x" + "00" * 20, "Example Ltd", "flights", "Addis Ababa", 1, 2)
MANY = RETIREMENTS_PER_PAGE + 1
ACTS = (
    *(
        "emit",
        "issue",
        "issue",
        "issue_alone",
        "transfer",
        "retire",
        "retire",
        "retire_for",
        "retire_for",
    ),
    *("retire_for_with_certificate", "retire_batch", "retire_many", "redeem", "redeem"),
    *("suspend", "resume", "resume", "invalidate", "invalidate", "invalidate_retirement"),
    *("invalidate_retirement", "invalidate_retirement", "replace", "replace", "replace"),
    *("claim", "settle", "label", "end_label", "steal"),
)
REFUSED_ALWAYS = {"issue_alone", "steal"}
CHOICE = st.integers(0, 59)
ACT = st.tuples(st.sampled_from(ACTS), CHOICE, CHOICE, CHOICE)
ACTS_PER_STEP = 10


def id_of(registry, first, last):
    return (registry << 192) | (PROJECT_NUMBER << 128) | (first << 64) | last


def pick(choices, choice):
    """One of some choices, of which there may be none."""
    choices = list(choices)
    return choices[choice % len(choices)] if choices else None


def part(units, choice):
    """A quarter to four quarters of what there is, and now and then one more than that."""
    return units + 1 if choice % 10 == 9 else -(-units * (choice % 4 + 1) // 4)


class Credits(RuleBasedStateMachine):
    """One rule for all acts, since Hypothesis leaves whole rules out of a run at random."""

    def __init__(self):
        """Starts from the state in which the test found the chain, and issues two credits."""
        super().__init__()
        self.chain.revert()
        self.model = CreditsModel()
        self.before = {}
        self.said = {}
        self.encode = cache(self._encode)
        for registry in REGISTRIES:
            self.issue_credit(registry, 11, 14, "holder")
        # Runs are short: from nothing, few would ever cancel, replace or claim.
        for credit in self.model.credits.values():
            self.retire(credit, "holder", 0, 0, 0)
            self.retire_for(credit, "holder", 0, 0, 2)

    def _encode(self, function, *arguments):
        return getattr(self.credits, function).encode_input(*arguments)

    def account(self, name):
        return getattr(self.roles, name)

    def sender(self, name):
        return {"from": self.account(name)}

    def attempt(self, act, refusal, function, *arguments):
        """Calls; it has to be refused by that error, or accepted where that is None."""
        tx, error = None, None
        try:
            tx = function(*arguments)
        except VirtualMachineError as failure:
            error = failure.revert_msg.split(":")[0]
        assert error == refusal, f"{act} with {arguments}"
        (self.accepted if error is None else self.refused)[act] += 1
        return tx

    @rule(acts=st.lists(ACT, min_size=ACTS_PER_STEP, max_size=ACTS_PER_STEP))
    def do(self, acts):
        for act, a, b, c in acts:
            credit = pick(self.model.credits.values(), a)
            holders = [name for name in NAMES if self.model.held[credit.token_id, name]]
            name = pick(holders if b % 5 and holders else NAMES, b)
            getattr(self, act)(credit, name, a, b, c)
            self.the_chain_is_what_the_model_says()

    def issue_credit(self, registry, first, last, name, hint=0):
        taken = self.model.taken_by(registry, first, last)
        token_id = id_of(registry, first, last)
        refusal = None if taken is None else "SerialsOverlap"
        if token_id in self.model.credits:
            refusal = "CreditAlreadyIssued"
        attestation = self.attested(token_id, name)
        arguments = (self.suite, attestation, self.roles.issuer, hint)
        if self.attempt("issue", refusal, mint, *arguments):
            self.model.issue(token_id, name)

    def attested(self, token_id, name):
        project_id, credit_id = divmod(token_id, 2**128)
        recipient = str(self.account(name))
        return attested(self.suite, self.roles, credit_id, project_id, recipient=recipient)

    def issue(self, credit, name, a, b, c):
        self.issue_credit(pick(REGISTRIES, a), 1 + b, 1 + b + c % 4, name, hint=c)

    def issue_alone(self, credit, name, a, b, c):
        """The issuer without a custodian, and others even with one's attestation."""
        token_id = id_of(pick(REGISTRIES, a), 1 + b, 1 + b + c % 4)
        attestation = self.attested(token_id, name)
        if c % 2:
            refusal = "CreditAlreadyIssued" if token_id in self.model.credits else "NotAttested"
            arguments = (*attestation.credit.mint_arguments, self.sender("issuer"))
            self.attempt("issue_alone", refusal, self.credits.mintCredit, *arguments)
        else:
            alone = self.account(pick(("custodian", "administrator", "outsider"), b))
            arguments = (self.suite, attestation, alone)
            self.attempt("issue_alone", "AccessManagedUnauthorized", mint, *arguments)

    def transfer(self, credit, name, a, b, c):
        units, to = part(self.model.held[credit.token_id, name], c), pick(NAMES, c)
        refusal = self.model.refusal(credit, name, units, units)
        if refusal == "NothingToDo":
            refusal = None  # the standard lets nothing be moved
        arguments = (self.account(name), self.account(to), credit.token_id, units, b"")
        function = self.credits.safeTransferFrom
        if self.attempt("transfer", refusal, function, *arguments, self.sender(name)):
            self.model.held[credit.token_id, name] -= units
            self.model.held[credit.token_id, to] += units

    def retirable(self, credit, name, choice):
        """How much to retire, and why that is refused."""
        available = credit.run()[1]
        units = part(min(available, self.model.held[credit.token_id, name]), choice)
        return units, self.model.refusal(credit, name, units, available)

    def recorded(self, tx, holder, beneficiary):
        retirements = retirements_of(tx)
        for retirement in retirements:
            assert retirement.index == len(self.model.credits[retirement.token_id].retirements)
            people = (self.account(beneficiary), self.account(holder), self.account(holder))
            assert retirement.fields[2:5] == people
            self.model.retire(retirement, holder, beneficiary)
        return [retirement.id for retirement in retirements]

    def retire(self, credit, name, a, b, c):
        units, refusal = self.retirable(credit, name, c)
        arguments = (credit.token_id, self.account(name), units, self.sender(name))
        if tx := self.attempt("retire", refusal, self.credits.retire, *arguments):
            self.recorded(tx, name, name)

    def steal(self, credit, name, a, b, c):
        """Whoever is neither holder nor operator retires, redeems or moves nothing."""
        holder, thief = self.account(name), self.account("outsider")
        acts = (
            (self.credits.retire, credit.token_id, holder, 1),
            (self.credits.redeem, credit.token_id, holder, 1, ""),
            (self.credits.retireFor, credit.token_id, holder, 1, holder, NOTHING_SAID, False),
            (self.credits.safeTransferFrom, holder, thief, credit.token_id, 1, b""),
        )
        function, *arguments = pick(acts, c)
        # A transfer asks first whether the caller may.
        on_hold = credit.suspended and function != self.credits.safeTransferFrom
        refusal = "CreditIsSuspended" if on_hold else "ERC1155MissingApprovalForAll"
        self.attempt("steal", refusal, function, *arguments, self.sender("outsider"))

    def retire_for(self, credit, name, a, b, c, certificate=False):
        act = "retire_for_with_certificate" if certificate else "retire_for"
        units, refusal = self.retirable(credit, name, c)
        beneficiary, details = pick(NAMES, c), pick((SAID, NOTHING_SAID), a)
        account = self.account(beneficiary)
        arguments = (credit.token_id, self.account(name), units, account, details, certificate)
        function = self.credits.retireFor
        if tx := self.attempt(act, refusal, function, *arguments, self.sender(name)):
            ids = self.recorded(tx, name, beneficiary)
            assert tx.return_value == ids[0]
            self.said[ids[0]] = details
            if certificate:
                self.model.certified |= set(ids)

    def retire_for_with_certificate(self, credit, name, a, b, c):
        self.retire_for(credit, name, a, b, c, certificate=True)

    def retire_batch(self, credit, name, a, b, c):
        """Of two credits at once, or of none."""
        others = [other for other in self.model.credits.values() if other is not credit]
        both = [credit, pick(others, c)]
        parts = [self.retirable(one, name, c + i) for i, one in enumerate(both)]
        refusal = next((refusal for _, refusal in parts if refusal), None)
        token_ids, units = [one.token_id for one in both], [units for units, _ in parts]
        beneficiary, holder = pick(NAMES, c), self.account(name)
        arguments = (token_ids, holder, units, self.account(beneficiary), SAID, c % 2 == 0)
        function = self.credits.retireForBatch
        if tx := self.attempt("retire_batch", refusal, function, *arguments, self.sender(name)):
            ids = self.recorded(tx, name, beneficiary)
            assert list(tx.return_value) == ids
            self.said |= dict.fromkeys(ids, SAID)
            if c % 2 == 0:
                self.model.certified |= set(ids)

    def retire_many(self, credit, name, a, b, c):
        """More than one page of them."""
        units, refusal = 1 + c, None
        available = min(credit.run()[1], self.model.held[credit.token_id, name])
        if available < MANY * units or credit.suspended:
            return
        call = self.credits.retire.encode_input(credit.token_id, self.account(name), units)
        arguments = ([call] * MANY, self.sender(name))
        self.recorded(
            self.attempt("retire_many", refusal, self.credits.multicall, *arguments), name, name
        )

    def redeem(self, credit, name, a, b, c):
        redeemable = credit.redeemable()
        serials = 1 + c % 5
        if c % 2:
            serials = 1
        units, available = serials * TONNE, len(redeemable) * TONNE
        refusal = self.model.refusal(credit, name, units, available)
        arguments = (credit.token_id, self.account(name), serials, "VERRA-1", self.sender(name))
        if tx := self.attempt("redeem", refusal, self.credits.redeem, *arguments):
            taken = list(redeemable[:serials])
            assert tuple(tx.return_value) == (taken[-1], taken[0])
            credit.redeem(taken)
            self.model.held[credit.token_id, name] -= units

    def suspend(self, credit, name, a, b, c):
        arguments = ([credit.token_id], "under review", self.sender("custodian"))
        if self.attempt("suspend", None, self.credits.suspend, *arguments):
            credit.suspended = True

    def resume(self, credit, name, a, b, c):
        credit = pick((one for one in self.model.credits.values() if one.suspended), c) or credit
        refusal = None if credit.suspended else "CreditIsNotSuspended"
        arguments = ([credit.token_id], self.sender("custodian"))
        if self.attempt("resume", refusal, self.credits.resume, *arguments):
            credit.suspended = False

    def invalidate(self, credit, name, a, b, c):
        """Retired, redeemed or neither: the registry asks nobody."""
        first = credit.first + b % (credit.last + 1 - credit.first)
        last = min(credit.last, first + c % 2)
        serials = set(range(first, last + 1))
        refusal = "SerialsOverlap" if serials <= credit.cancelled else None
        arguments = (credit.token_id, first, last, "reversal", self.sender("custodian"))
        if self.attempt("invalidate", refusal, self.credits.invalidate, *arguments):
            credit.cancelled |= serials

    def retirement(self, b, wanted=lambda credit, retirement: False):
        """A retirement with its credit; a wanted one, where there is one."""
        all_of_them = [
            (credit, retirement)
            for credit in self.model.credits.values()
            for retirement in credit.retirements
        ]
        preferred = [one for one in all_of_them if wanted(*one)]
        return pick(preferred or all_of_them, b)

    def uncounted_units(self, credit, retirement):
        cancelled_units = credit.cancelled_units(retirement)
        return cancelled_units - self.model.invalid[retirement.id].counted

    def invalidate_retirement(self, credit, name, a, b, c):
        if not (found := self.retirement(b, self.uncounted_units)):
            return
        credit, retirement = found
        units = self.uncounted_units(credit, retirement)
        refusal = None if units else "NothingInvalid"
        proof = proof_of(retirement, credit.retirements)
        arguments = (retirement.fields, proof, self.sender("outsider"))
        function = self.credits.invalidateRetirement
        if tx := self.attempt("invalidate_retirement", refusal, function, *arguments):
            assert tx.return_value == units
            self.model.invalid[retirement.id].counted += units

    def shortfall_units(self, credit, retirement):
        invalid = self.model.invalid[retirement.id]
        return invalid.counted - invalid.replaced

    def replace(self, credit, name, a, b, c):
        if not (found := self.retirement(b, self.shortfall_units)):
            return
        _, retirement = found
        shortfall = self.shortfall_units(None, retirement)
        available, held = credit.run()[1], self.model.held[credit.token_id, name]
        units = part(min(available, held, shortfall), c)
        refusal = self.model.refusal(credit, name, units, available)
        if units > shortfall:
            refusal = "NothingToReplace"
        elif shortfall == 0:
            refusal = "BeneficiaryMissing"  # nothing was ever counted; or units are 0
            if self.model.invalid[retirement.id].counted:
                refusal = self.model.refusal(credit, name, units, available)
        arguments = (retirement.id, credit.token_id, self.account(name), units, SAID)
        function = self.credits.replace
        if tx := self.attempt("replace", refusal, function, *arguments, self.sender(name)):
            beneficiary = self.model.names[retirement.id]
            ids = self.recorded(tx, name, beneficiary)
            assert [tx.return_value] == ids
            self.said[ids[0]] = SAID
            self.model.invalid[retirement.id].replaced += units

    def claim(self, credit, name, a, b, c):
        if not (found := self.retirement(b)):
            return
        credit, retirement = found
        refusal = "CertificateAlreadyIssued" if retirement.id in self.model.certified else None
        details = self.said.get(retirement.id, NOTHING_SAID)
        arguments = (retirement.fields, proof_of(retirement, credit.retirements), details)
        function = self.certificates.claim
        if self.attempt("claim", refusal, function, *arguments, self.sender("outsider")):
            self.model.certified.add(retirement.id)

    def settle(self, credit, name, a, b, c):
        retired_through = credit.front_serial - 1
        through = max(credit.first, retired_through) if c % 3 else credit.first + b % 5
        settled = credit.settled_through or credit.first - 1
        refusal = None if settled < through <= retired_through else "SerialsNotSettleable"
        arguments = (credit.token_id, through, "VERRA-2", self.sender("custodian"))
        if self.attempt("settle", refusal, self.records.settleSerials, *arguments):
            credit.settled_through = through

    def label(self, credit, name, a, b, c):
        arguments = (credit.token_id, "CCB", LABEL_FROM, self.sender("custodian"))
        self.attempt("label", None, self.records.addLabel, *arguments)
        credit.labels.append(0)

    def end_label(self, credit, name, a, b, c):
        credit = pick((one for one in self.model.credits.values() if one.labels), a) or credit
        index = pick(range(len(credit.labels)), b) or 0
        open_label = index < len(credit.labels) and credit.labels[index] == 0
        refusal = None if open_label else "UnknownLabel"
        arguments = (credit.token_id, index, LABEL_FROM + 1, self.sender("custodian"))
        if self.attempt("end_label", refusal, self.records.endLabel, *arguments):
            credit.labels[index] = LABEL_FROM + 1

    def emit(self, credit, name, a, b, c):
        gas_used = 1 + c * 400_000
        self.attempt("emit", None, self.registry.record, gas_used, self.sender(name))
        self.model.emitted[name] += -(-gas_used * FACTOR[0] // 10**6)

    def read(self, calls):
        """Answers of several functions of the credits as words, in one call to the node."""
        answers = self.credits.multicall.call([self.encode(*call) for call in calls])
        return {
            call: [int.from_bytes(answer[i : i + 32], "big") for i in range(0, len(answer), 32)]
            for call, answer in zip(calls, map(bytes.fromhex, map(_digits, answers)), strict=True)
        }

    def the_chain_is_what_the_model_says(self):
        accounts = {name: str(self.account(name)) for name in NAMES}
        per_account = ("retiredFor", "invalidatedFor", "replacedFor", "offsetFor")
        said = self.read(
            [("stateOf", token_id) for token_id in self.model.credits]
            + [("retirableUnits", token_id) for token_id in self.model.credits]
            + [("suspendedUntil", token_id) for token_id in self.model.credits]
            + [
                (function, account, token_id)
                for function in ("balanceOf", "retiredBalanceOf")
                for account in accounts.values()
                for token_id in self.model.credits
            ]
            + [(function, account) for function in per_account for account in accounts.values()]
        )
        for token_id, credit in self.model.credits.items():
            retired, redeemed, available, passed, count = said["stateOf", token_id]
            assert retired == credit.retired_units
            assert redeemed == len(credit.redeemed) * TONNE
            assert available == credit.available_units()
            assert (passed, count) == (credit.front_units, len(credit.retirements))
            [suspended_until] = said["suspendedUntil", token_id]
            assert (suspended_until != 0) == credit.suspended
            retirable = 0 if credit.suspended else credit.run()[1]
            assert said["retirableUnits", token_id] == [retirable]
            held = 0
            for name, account in accounts.items():
                [balance] = said["balanceOf", account, token_id]
                held += balance
                assert balance == self.model.held[token_id, name]
                [retired_balance] = said["retiredBalanceOf", account, token_id]
                assert retired_balance == self.model.retired[token_id, name]
            assert credit.issued_units == held + retired + redeemed
        for name, account in accounts.items():
            retired, invalidated, replaced, offset = (
                said[function, account][0] for function in per_account
            )
            assert retired == self.model.retired_for(name)
            assert invalidated == self.model.invalidated_for(name)
            assert replaced == self.model.replaced_for(name)
            assert replaced <= invalidated <= retired
            assert offset == retired - invalidated
        retired_for = sum(said["retiredFor", account][0] for account in accounts.values())
        assert retired_for == sum(said["stateOf", token][0] for token in self.model.credits)
        never_fall = {call: words[0] for call, words in said.items() if call[0] in NEVER_FALL}
        assert all(never_fall[call] >= units for call, units in self.before.items())
        self.before = never_fall

    def teardown(self):
        """What needs many calls."""
        for name in NAMES:
            outstanding = self.registry.outstanding(self.account(name))
            assert outstanding == self.model.outstanding(name)
        self.ranges_do_not_meet()
        self.certificates_are_of_retirements()
        for credit in self.model.credits.values():
            self.retirements_tile(credit)
            self.retirements_prove_themselves(credit)
            self.ids_decode(credit)
            assert self.records.settledThrough(credit.token_id) == credit.settled_through
            labels = self.records.labelsOf(credit.token_id)
            assert [label["until"] for label in labels] == credit.labels

    def certificates_are_of_retirements(self):
        for name in NAMES:
            certified = sum(self.model.names[one] == name for one in self.model.certified)
            assert self.certificates.balanceOf(self.account(name)) == certified
        for one in self.model.certified:
            assert self.certificates.ownerOf(one) == self.account(self.model.names[one])

    def ids_decode(self, credit):
        """By the contract, against what the model knows of them otherwise."""
        some = credit.retirements[:3] + credit.retirements[-3:]
        project_id, credit_id = divmod(credit.token_id, 2**128)
        decode, encode = (
            ("decodeTokenId", credit.token_id),
            ("encodeTokenId", project_id, credit_id),
        )
        said = self.read([decode, encode, *(("serialSpanOf", one.id) for one in some)])
        assert said[decode] == [project_id, credit_id]
        assert said[encode] == [credit.token_id]
        for one in some:
            first, offset, last, end = said["serialSpanOf", one.id]
            assert (first * TONNE + offset, last * TONNE + end) == one.span
            assert 0 <= offset < TONNE
            assert 0 < end <= TONNE

    def ranges_do_not_meet(self):
        count = self.credits.creditCount()
        said = self.read([("creditAt", number) for number in range(1, count + 1)])
        ids = [words[0] for words in said.values()]
        assert ids[-len(self.model.credits) :] == list(self.model.credits)
        ranges = sorted((i >> 192, (i >> 64) & (2**64 - 1), i & (2**64 - 1)) for i in ids)
        for (registry, _, last), (next_registry, first, _) in pairwise(ranges):
            assert registry < next_registry or last < first

    def retirements_tile(self, credit):
        spans = [retirement.span for retirement in credit.retirements]
        holes = [(serial * TONNE, (serial + 1) * TONNE) for serial in sorted(credit.cancelled)]
        assert tiles(spans, credit.first * TONNE, holes)
        for serial in credit.redeemed:
            assert all(end <= serial * TONNE or (serial + 1) * TONNE <= at for at, end in spans)

    def retirements_prove_themselves(self, credit):
        """Each one does; none does with one field changed, nor on another page."""
        retirements = credit.retirements
        pages = range(0, len(retirements), RETIREMENTS_PER_PAGE)
        chains = [chain_of(retirements[i : i + RETIREMENTS_PER_PAGE]) for i in pages]
        calls = [("pageChain", credit.token_id, page) for page in range(len(chains) + 1)]
        said = [words[0].to_bytes(32, "big") for words in self.read(calls).values()]
        assert said == [*chains, bytes(32)]

        shown, refuted = [], []
        for retirement in retirements[:3] + retirements[-3:]:
            fields, proof = retirement.fields, proof_of(retirement, retirements)
            shown.append(("isRecorded", fields, proof))
            for position in range(7):
                refuted.append(("isRecorded", forged(fields, position), proof))
            later = (*proof[2], retirement.hash)
            refuted.append(("isRecorded", fields, (*proof[:2], later)))
            elsewhere = (proof[0] + RETIREMENTS_PER_PAGE, *proof[1:])
            refuted.append(("isRecorded", fields, elsewhere))
        if shown:
            assert all(words == [1] for words in self.read(shown).values())
            assert all(words == [0] for words in self.read(refuted).values())


NEVER_FALL = {"retiredBalanceOf", "retiredFor", "invalidatedFor", "replacedFor"}


def _digits(answer):
    return answer.hex() if isinstance(answer, bytes) else str(answer).removeprefix("0x")


def forged(fields, position):
    """A retirement's fields, of which one says something else."""
    value = fields[position]
    other = {str: "0x" + "11" * 20, bytes: b"\x11" * 32}.get(type(value)) or value + 1
    return (*fields[:position], other, *fields[position + 1 :])


def test_the_credits_are_what_the_model_says_in_any_order(suite, roles, chain):
    Credits.suite, Credits.roles, Credits.chain = suite, roles, chain
    Credits.credits, Credits.certificates = suite.CarbonCredits, suite.RetirementCertificates
    Credits.records, Credits.registry = suite.CreditRecords, suite.EmissionsRegistry
    Credits.accepted, Credits.refused = Counter(), Counter()
    chain.snapshot()
    run_state_machine_as_test(
        Credits,
        settings=settings(max_examples=RUNS, stateful_step_count=STEPS, derandomize=True),
    )
    assert set(Credits.accepted) == set(ACTS) - REFUSED_ALWAYS
    assert set(Credits.refused) >= REFUSED_ALWAYS
