"""What several briefs say about the same mistake."""

NAMESAKE = "This is another person with the same name. Only the id tells two people apart."
SAVING = "Store each change in a file before you answer. After a power cut it is too late."
JSON = " JSON makes every key a string: use int(…) when you load, or str(…) for each key."
NOT_A_NUMBER = "For isdigit(), ² is a digit. But int() can't read it. Use isdecimal()."
EDIT = (
    " Its update has an edited_message and no message. Ignore it, as in: if update.message is "
    "None: return."
)
PARSE_MODE = (
    "Send people's words without parse_mode. With it, Telegram reads < as the start of a tag, or _ "
    "as the start of italics."
)
EMOJI = "An emoji is text like any other. If you write a file, open it with encoding='utf-8'."


def describe_usage(command: str, example: str) -> str:
    """Say how to write a command if a word or a number is missing or wrong."""
    advice = f"If it is missing or wrong, say how to write it, as in: {command} {example}"
    empty = "\nIf nothing follows a command, context.args is [], and not None."
    return advice + (empty if command.startswith("/") else "")
