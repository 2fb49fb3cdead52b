"""The command line: `edunet demo`, `edunet verify`, `edunet info`, ...; the same as `python -m edunet ...`."""

import argparse
import os
import re
import shlex
import sys

import edunet
from edunet.names import did_you_mean
from edunet.namesakes import overwritten

__all__ = ["main"]

COMMANDS = ("demo", "notebooks", "lab", "bench", "verify", "info")


def main(arguments=None) -> int:
    """Run one command and return its exit code: 0 done, 1 `verify` found a fault, 2 wrong input, 130 Ctrl-C."""
    stranger = overwritten(edunet)
    if stranger:
        print(f"edunet: {stranger}", file=sys.stderr)
        return 2
    parser = _parser()
    ours, handed_on = _split(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(ours)
    options.handed_on = handed_on
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
        super().error(message + (did_you_mean(mistyped[1], COMMANDS) if mistyped else ""))


def _parser():
    parser = _Parser(prog="edunet", description="Neural networks that can be read, with medical examples.")
    parser.add_argument("--version", action="version", version=f"edunet {edunet.__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="train the article's network on medical images and show the result")
    demo.add_argument("--data", metavar="FILE.npz", help="a MedMNIST file; generated cells unless given")
    demo.add_argument(
        "--task",
        metavar="NAME",
        help="diagnosis, images, drugs or course: a small network on generated patients, up to the clinical report",
    )
    demo.add_argument("--epochs", type=_count, help="how often to go through the data (default 5; a task has its own)")
    demo.add_argument("--backend", default="auto", help="numpy, numba, cython or auto (default)")
    demo.add_argument("--seed", type=int, default=0, help="start of the random numbers (default 0)")
    demo.add_argument("--out", metavar="DIR", help="a new folder for what comes out of it (default edunet-demo)")
    demo.set_defaults(command=_demo)

    notebooks = commands.add_parser("notebooks", help="copy the lessons, as Jupyter notebooks, into a folder of yours")
    notebooks.add_argument("folder", nargs="?", metavar="DIR", help="made if missing (default edunet-lessons)")
    notebooks.add_argument("--list", action="store_true", help="show the lessons and write nothing")
    notebooks.add_argument(
        "--force", action="store_true", help="write also those you have changed, and keep yours beside"
    )
    notebooks.set_defaults(command=_notebooks)

    lab = commands.add_parser("lab", help="copy the lessons into a folder of yours and open them in JupyterLab")
    lab.add_argument("folder", nargs="?", metavar="DIR", help="as for `edunet notebooks`")
    lab.add_argument("--no-browser", action="store_true", help="print the address only")
    lab.epilog = "Any further option, behind DIR, is handed to JupyterLab."
    lab.set_defaults(command=_lab)

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


def _split(arguments) -> tuple[list[str], list[str]]:
    """Return our own arguments, and those of `edunet lab` that are JupyterLab's: from its first option on.

    >>> _split(["lab", "mine", "--no-browser", "--port", "8889"])
    (['lab', 'mine', '--no-browser'], ['--port', '8889'])
    """
    own = {"--no-browser", "--help", "-h"}
    arguments = list(arguments)
    if arguments[:1] != ["lab"]:
        return arguments, []
    cut = next((i for i, a in enumerate(arguments) if a.startswith("-") and a not in own), len(arguments))
    return arguments[:cut], arguments[cut:]


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 1, received {text}")
    return number


def _demo(options) -> None:
    from edunet import demo

    if options.backend != "auto":
        edunet.set_backend(options.backend)
    demo.run(options.data, task=options.task, epochs=options.epochs, seed=options.seed, out=options.out)


def _notebooks(options) -> None:
    from edunet import lessons

    if options.list:
        for number, title, minutes, practice in lessons.lessons():
            told = [f"{minutes} minutes"] * bool(minutes) + ["with practice"] * practice
            print(f"{number}  {title}  ({', '.join(told)})" if told else f"{number}  {title}")
        return
    folder = options.folder or lessons.FOLDER
    copied = lessons.copy(folder, force=options.force)
    for path, what in copied:
        print(f"{path.as_posix():45s} {what}")
    if any(what == "kept, yours" for _, what in copied):
        print(
            "Kept are files that you have changed, or that are of another version of edunet. --force writes the lesson"
        )
        print("under its own name; yours then stays beside it, as NAME (yours).ipynb.")
    print(f"To open them: edunet lab {shlex.quote(str(folder))}")


def _lab(options) -> int:
    from edunet import lessons

    own = ["--no-browser"] * options.no_browser
    return lessons.lab(options.folder or lessons.FOLDER, [*own, *options.handed_on])


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
