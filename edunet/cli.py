"""The command line: `edunet demo`, `edunet verify`, `edunet info`, ...; the same as `python -m edunet ...`."""

import argparse
import os
import re
import sys

import edunet
from edunet.names import did_you_mean
from edunet.namesakes import overwritten

__all__ = ["main"]


def main(arguments=None) -> int:
    """Run one command and return its exit code: 0 done, 1 `verify` found a fault, 2 wrong input, 130 Ctrl-C."""
    stranger = overwritten(edunet)
    if stranger:
        print(f"edunet: {stranger}", file=sys.stderr)
        return 2
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        code = options.command(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read along, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more when it ends
        return 0
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"edunet: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print(f"\nedunet: {str(stop) or 'stopped'}", file=sys.stderr)
        return 130
    return code or 0


class _Parser(argparse.ArgumentParser):
    """A parser that guesses which command was meant."""

    def error(self, message):
        mistyped = re.search(r"invalid choice: '(\S+)'", message)
        super().error(message + (did_you_mean(mistyped[1], ("demo", "bench", "verify", "info")) if mistyped else ""))


def _parser():
    parser = _Parser(prog="edunet", description="Neural networks that can be read, with medical examples.")
    parser.add_argument("--version", action="version", version=f"edunet {edunet.__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="train the article's network on medical images and show the result")
    demo.add_argument("--data", metavar="FILE.npz", help="a MedMNIST file; generated cells unless given")
    demo.add_argument("--epochs", type=_count, default=5, help="how often to go through the images (default 5)")
    demo.add_argument("--backend", default="auto", help="numpy, numba, cython or auto (default)")
    demo.add_argument("--seed", type=int, default=0, help="start of the random numbers (default 0)")
    demo.add_argument("--out", metavar="DIR", help="a new folder for pictures and weights (default edunet-demo)")
    demo.set_defaults(command=_demo)

    bench = commands.add_parser("bench", help="time edunet, and PyTorch and Keras where they are installed")
    bench.add_argument("--cores", default="1", help="1 (default), 2, ... or all; the processes are pinned to them")
    bench.add_argument("--only", action="append", default=[], metavar="TEXT", help="works whose name contains it")
    bench.add_argument("--backend", action="append", default=[], help="numpy, numba, cython or all")
    bench.add_argument("--python", action="append", default=[], metavar="PATH", help="an interpreter that has a peer")
    bench.add_argument("--no-peers", action="store_true", help="without PyTorch and Keras")
    bench.add_argument("--rounds", type=_count, default=9, help="how often each has its turn (default 9)")
    bench.add_argument("--json", metavar="FILE", help="a new file for all numbers")
    bench.set_defaults(command=_bench)

    verify = commands.add_parser("verify", help="does edunet compute rightly on this machine? Takes half a minute")
    verify.add_argument(
        "--backend", action="append", default=[], help="numpy, numba or cython; all of them unless given"
    )
    verify.set_defaults(command=_verify)

    info = commands.add_parser("info", help="versions, backends and why one is missing, threads, CPU")
    info.set_defaults(command=lambda options: print(edunet.info()))
    return parser


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 1, received {text}")
    return number


def _demo(options) -> None:
    from edunet import demo

    if options.backend != "auto":
        edunet.set_backend(options.backend)
    demo.run(options.data, epochs=options.epochs, seed=options.seed, out=options.out)


def _verify(options) -> int:
    from edunet import verify

    return 0 if verify.run(options.backend) else 1


def _bench(options) -> None:
    from edunet import bench

    bench.run(
        cores=options.cores,
        only=options.only,
        backends=options.backend,
        interpreters=options.python,
        peers=not options.no_peers,
        rounds=options.rounds,
        json=options.json,
    )
