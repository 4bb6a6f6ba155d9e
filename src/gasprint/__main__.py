"""Lets `python -m gasprint` do what `gasprint` does."""

from gasprint.cli import main

main()
