"""Where blocks and transactions come from, one file a source; all give the same two tables."""
