"""Replace a worker: print where it would ask for work, and do nothing.

The cloud runs it in an instance (see by_hand.py), and the learner does the worker's part.
"""

import os
import time

LONGEST_S = 3600

if __name__ == "__main__":
    print(os.environ["AWS_LAMBDA_RUNTIME_API"], flush=True)
    time.sleep(LONGEST_S)
