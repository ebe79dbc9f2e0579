"""`python -m tests.outputs` writes the kept output of this version."""

from tests.outputs import main

main()
