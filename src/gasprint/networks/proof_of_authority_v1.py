"""Power of a proof-of-authority network: nodes * watts per node.

Authorities are few and known, so that the count is sure and the watts are not: they depend on
what share of its machine a node is charged with. A node is assumed to draw the same power all
year and whatever the network does.
"""

from __future__ import annotations

from gasprint.networks._nodes import NodesNetwork


class ProofOfAuthorityNetwork(NodesNetwork):
    """A network whose power follows this model."""

    MODEL = "proof_of_authority_v1"
    KIND = "proof_of_authority"
