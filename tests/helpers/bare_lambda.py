"""AWS's awslambdaric in a Python that has nothing but the standard library and the bundle.

The cloud starts this file as an instance's loop. It starts Python again, isolated (-I) and without
any site-packages (-S); what it then can import is in BUNDLE or in RIC, which holds awslambdaric.
"""

import os
import sys

BOOT = """
import os, sys
sys.path += [os.environ["BUNDLE"], os.environ["RIC"]]
from awslambdaric.__main__ import main
main(["awslambdaric", os.environ["_HANDLER"]])
"""

os.execv(sys.executable, [sys.executable, "-I", "-S", "-B", "-c", BOOT])
