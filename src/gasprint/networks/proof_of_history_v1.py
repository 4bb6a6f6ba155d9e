"""Power of a proof-of-history network: validators * watts per validator.

Proof of history is a clock, not a way to agree: one core of each validator hashes all the time,
on top of the work of a proof-of-stake validator. That is in the watts, which are those of a whole
server. They are assumed to be drawn all year and whatever the network does.
"""

from __future__ import annotations

from gasprint.networks._nodes import NodesNetwork


class ProofOfHistoryNetwork(NodesNetwork):
    """A network whose power follows this model; its nodes are its validators."""

    MODEL = "proof_of_history_v1"
    KIND = "proof_of_history"
