"""Store what each wrong answer is told: python tests/told.py [--slow]

`notebooks/wrong_answers/told.json` has the wrong answers to tasks, also those that no row of a
task knows any more, and what their authors hear. So a change of a sentence, a case or a row shows
as a diff what learners will hear. With `--slow`, it also gives the wrong answers of whole cells,
which need their notebooks, and those to the files that are written alone.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("helpers")))

from replay import main

main()  # here is no function: a check looks into the file that runs, as if it were a cell
