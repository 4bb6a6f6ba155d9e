"""Where blocks and transactions come from; all that is of single transactions gives ChainData."""

from gasprint.sources.opening import open_source

__all__ = ["open_source"]
