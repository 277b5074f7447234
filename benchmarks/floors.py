"""What the machine itself takes: a fork and a round trip through pipes, in milliseconds.

It runs in a process of its own, because a fork wants a process without threads. POSIX only.
"""

import json
import os
import statistics
import time

ROUNDS = 300


def fork_ms() -> float:
    """From a fork until the child's first JSON reply."""
    read_end, write_end = os.pipe()
    began = time.perf_counter()
    if os.fork() == 0:
        os.write(write_end, json.dumps({"hello": "world"}).encode())
        os._exit(0)
    json.loads(os.read(read_end, 100))
    ended = time.perf_counter()
    os.wait()
    os.close(read_end)
    os.close(write_end)
    return (ended - began) * 1000


def pipe_ms() -> float:
    """From a byte written to another process until it comes back; the median of many."""
    there, to_child = os.pipe()
    back, to_parent = os.pipe()
    if os.fork() == 0:
        os.close(to_child)
        while byte := os.read(there, 1):
            os.write(to_parent, byte)
        os._exit(0)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        os.write(to_child, b".")
        os.read(back, 1)
        times.append((time.perf_counter() - began) * 1000)
    os.close(to_child)
    os.wait()
    return statistics.median(times)


if __name__ == "__main__":
    forks = statistics.median(fork_ms() for _ in range(5))
    print(json.dumps({"fork": forks, "pipe": pipe_ms()}))
