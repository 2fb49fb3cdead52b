"""The command line: `edunet demo`, `edunet info`; the same as `python -m edunet ...`."""

import argparse
import sys

import edunet

__all__ = ["main"]


def main(arguments=None) -> int:
    """Run one command and return its exit code: 0 done, 2 wrong input, 130 stopped by Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"edunet: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print(f"\nedunet: {str(stop) or 'stopped'}", file=sys.stderr)
        return 130
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="edunet", description="Neural networks that can be read, with medical examples."
    )
    parser.add_argument("--version", action="version", version=f"edunet {edunet.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="train the article's network on medical images and show the result")
    demo.add_argument("--data", metavar="FILE.npz", help="a MedMNIST file; generated cells unless given")
    demo.add_argument("--epochs", type=_count, default=5, help="how often to go through the images (default 5)")
    demo.add_argument("--backend", default="auto", help="numpy, numba, cython or auto (default)")
    demo.add_argument("--seed", type=int, default=0, help="start of the random numbers (default 0)")
    demo.add_argument("--out", metavar="DIR", help="a new folder for pictures and weights (default edunet-demo)")
    demo.set_defaults(command=_demo)

    info = commands.add_parser("info", help="versions, backends and why one is missing, threads, CPU")
    info.set_defaults(command=lambda options: print(edunet.info()))
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 1, received {text}")
    return number


def _demo(options) -> None:
    from edunet import demo

    if options.backend != "auto":
        edunet.set_backend(options.backend)
    demo.run(options.data, epochs=options.epochs, seed=options.seed, out=options.out)
