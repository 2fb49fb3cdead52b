"""Draw the examples of the generated sets that stand in the docs.

python tools/picture_sheets             all sheets, into docs/images/
python tools/picture_sheets followup    one of them
"""

import sys
from pathlib import Path

import bodies
import hearts
import pictures
import records
import stays

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHEETS = bodies.SHEETS | hearts.SHEETS | pictures.SHEETS | records.SHEETS | stays.SHEETS

for name in sys.argv[1:] or SHEETS:
    SHEETS[name]().savefig(IMAGES / f"{name}.png", dpi=72 if name in pictures.SHEETS else 80)
