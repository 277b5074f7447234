"""Put the course's folders on the path of a Python that has no course.pth.

`start.py`, `autostart` and what a notebook starts (lessons/worlds/environment.py) name this file's
folder in PYTHONPATH. Then each Python that they start, and each Python that one starts, runs this
file first: Python's documentation of the module `site`.
"""

import os
import site
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
COURSE = os.path.dirname(os.path.dirname(HERE))
OF_PYTHON = (os.path.dirname(os.__file__), "lib-dynload", "DLLs")  # where its own modules are

sys.path.remove(HERE)
del sys.modules["sitecustomize"]
# The environment's own are imported now, before Python could find them in the course's folder.
for name in ("sitecustomize", "usercustomize") if site.ENABLE_USER_SITE else ("sitecustomize",):
    try:
        __import__(name)
    except Exception as error:
        if getattr(error, "name", "") != name:  # it is there and has an error
            print(f"Error in {name}: {error!r}", file=sys.stderr)
        sys.modules[name] = None  # type: ignore[assignment]  # so that `site` finds none, either
# After Python's own modules, because your random.py must not replace Python's. Before installed
# packages, because a stranger's `botlib` must not replace the course's.
last = max(i for i, folder in enumerate(sys.path) if folder.endswith(OF_PYTHON))
sys.path[last + 1 : last + 1] = [COURSE, os.path.join(COURSE, "sandbox")]
