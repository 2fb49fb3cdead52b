"""`edunet bench`: edunet's backends against each other, and against PyTorch and Keras where they are installed.

    works.py     what is measured, with its operations            workers/    one file per library, run as a process
    crew.py      the processes: start, ask, end                   measure.py  rounds, memory, import
    report.py    the table and the JSON file                      command.py  the options

Times are comparable only within one run: quote ratios.
"""

from edunet.bench.command import run

__all__ = ["run"]
