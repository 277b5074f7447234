"""Run coroutines on one event loop, and wait for changes in it."""
