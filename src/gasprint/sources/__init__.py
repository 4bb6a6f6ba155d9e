"""Where blocks and transactions come from; all that is of single transactions gives ChainData."""

from gasprint.sources.node_reading import NodeReading
from gasprint.sources.opening import open_source

__all__ = ["NodeReading", "open_source"]
