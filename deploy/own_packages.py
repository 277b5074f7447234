"""Name the packages of the course. No bot may ask a registry for them: a stranger may own a name.

Of these, a home gets botlib alone, copied from the course's folder.
"""

OWN_PACKAGES = ("bot_sandbox", "botlib", "deploy", "lessons")
