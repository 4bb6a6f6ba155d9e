"""What each kind of finding means for whoever reads an audit, in one sentence."""

from __future__ import annotations

_MEANINGS = {
    "accounts": "What the contract counts for the account is not what its events add up to, so "
    "events are missing or invented, or the contract is another than it should be.",
    "accounts/unknown": "There is nothing to audit under this address; check that it is the right "
    "one.",
    "blocks/time": "Factors and retirements are dated by their blocks, so that a time that was "
    "moved can change which factor charged a record, or how old a retirement is.",
    "bytecode": "The code on the chain is not made from these sources, so that nothing here says "
    "what it does.",
    "cancelled": "What the registry took back is not counted as the contract counts it, so the "
    "account's offset may be too high or too low.",
    "cancelled/counted_wrongly": "Units were counted as cancelled, or made good, that were not, so "
    "the account's offset is wrong.",
    "cancelled/not_counted": "The registry took these credits back, and the account's offset still "
    "counts them; take them off when you judge its claim.",
    "certificates": "The contract counts other certificates than were logged, so some are missing "
    "or invented.",
    "certificates/invalid": "The certificate is genuine, but part of what it certifies was "
    "cancelled by the registry and offsets nothing.",
    "certificates/of_another": "Whoever shows this certificate did not have these credits retired "
    "for it.",
    "certificates/of_nothing": "The certificate proves no retirement.",
    "commitments": "What was committed afterwards is not what the factor makes of these blocks, so "
    "emissions are left out, counted twice or charged wrongly.",
    "counters": "When the ledger was read, the events did not add up to the contracts' own "
    "counters, so events are missing or invented.",
    "deposits": "Credits that were deposited are not what was logged, so events are missing or "
    "invented.",
    "emissions": "The emissions that were recorded are not what the published factor in force "
    "makes of the gas.",
    "evidence": "The factor is not what its evidence makes it, so every figure that was charged by "
    "it is in doubt.",
    "evidence/moved": "The file that should bear the factor out is not the one that was published "
    "with it, even if by one byte.",
    "expiry": "The ledger counts this retirement, but the credit should not be taken for an "
    "offset.",
    "factors": "The factors that were announced are not those that the contract charges by.",
    "holdings": "Credits were moved that were not there, or a balance is not what the transfers "
    "make it.",
    "issuance": "Credits came into being that are not what their serials stand for.",
    "issuance/list": "The contract issued other credits than were logged, so some are hidden or "
    "invented.",
    "issuance/registry": "Nothing here can tell whether these serials exist anywhere else too.",
    "listings": "Credits were offered for sale that were not logged, or the other way round.",
    "metering/committed": "What this transaction did not record should be in the account's "
    "commitment; gasprint report --check tells whether it is.",
    "metering/other_logs": "The ledger has a record that the chain has not, or with another gas: "
    "whoever told it lied.",
    "metering/too_little": "The account emitted more than it says.",
    "metering/too_much": "The account records more than the transaction used, and so offsets more "
    "than it emitted; honest collections do it, too.",
    "metering/uncheckable": "Others sent these transactions, whose receipts do not tell which gas "
    "was the account's.",
    "pages": "A retirement is missing, invented or changed: the events are not what the contract "
    "hashed.",
    "records": "The records behind the commitment are not the chain's, so what was committed "
    "cannot be relied on.",
    "records/file": "The file of records is not what was committed, so that no transaction in it "
    "can be relied on.",
    "registry": "The chain and the registry contradict each other.",
    "registry/never_retired": "The credits were said to be retired at the registry, but it shows "
    "them as they were: they may be sold again.",
    "registry/unbacked": "The registry retired or cancelled these credits, but their tokens are "
    "still held and could be retired once more.",
    "retirements": "A retirement counts that is of no credit.",
    "retirements/hidden": "Retirements that the contract counts are not in the ledger: the node "
    "hides them.",
    "retirements/invented": "The ledger has a retirement that the contract does not count.",
    "serials": "The serials of this retirement are not those of its credit, so that it proves "
    "nothing.",
    "serials/cancelled_before": "The serials had been cancelled when they were retired, so nothing "
    "was offset by them.",
    "serials/doubled": "One tonne is counted twice.",
    "serials/gap": "Serials were passed over for no reason: a retirement before this one may be "
    "hidden.",
    "serials/moved": "Ask the registry whether the serials arrived there before they were issued "
    "again.",
    "serials/redeemed": "Serials went back to the registry that could not, so they may be counted "
    "twice.",
    "settlement": "What the custodian says to have retired at the registry does not follow on what "
    "it said before.",
    "settlement/not_retired": "Serials are retired at the registry that are still held on the "
    "chain, or were at the time.",
    "settlement/waiting": "The credits are retired on the chain, but not at the registry yet: ask "
    "the custodian.",
    "sums": "What the contract counts of a credit is not what its events add up to.",
    "thresholds": "An account's threshold is not the one that was logged.",
}


def meaning_of(check: str, kind: str) -> str:
    """The sentence for a kind of finding, or for its check where the kind has none of its own."""
    return _MEANINGS.get(f"{check}/{kind}") or _MEANINGS.get(check, "")
