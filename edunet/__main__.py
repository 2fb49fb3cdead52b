"""`python -m edunet ...` is `edunet ...`."""

import sys

from edunet.cli import main

if __name__ == "__main__":
    sys.exit(main())
