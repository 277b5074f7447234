"""What a learner writes alone: a file of her own, with the public library and its documentation.

`open_sandbox` is how such a program finds the sandbox on a notebook's page, `short_errors` what she
reads if it fails. lessons/commands/run_file.py runs the file.
"""
