"""Run the command line by `python -m ivig_kg`."""

from ivig_kg.cli import main

main()
