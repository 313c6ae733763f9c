"""The command line: `refutable ...` and `python -m refutable ...` are the same."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments after the program's name; those of the process if None.

    Returns:
        The exit code: 0, 1, 2, 3, 4 as each command documents, 130 after Ctrl-C.
    """
    try:
        from refutable.verify.cli import main as run
    except KeyboardInterrupt:  # loading takes a moment, and nothing has begun
        return 130
    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
