"""`python -m casesys` is `casesys`."""

from casesys.cli import main

main()
