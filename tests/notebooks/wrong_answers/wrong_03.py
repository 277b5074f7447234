"""Wrong answers to the exercise of notebook 03, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""


def greet(*lines):
    body = "\n    ".join(lines)
    return f"def greet(event, context):\n    {body}\n\nexercise_1(greet, bot)"


NAME = 'name = event["rawPath"].strip("/")'
STRANGER = ('if name == "":', '    name = "stranger"')
BODY = 'bot.ask("!hello", user=name)'
GOOD = f'return {{"statusCode": 200, "body": {BODY}}}'

WRONG = {
    1: {
        greet(
            'command, _, user = event["rawPath"].strip("/").partition("/")',
            GOOD.replace(BODY, 'bot.ask("!" + command, user=user)'),
        ): "your bot was asked !Viktor. This path has only a name and no command",
        greet(
            'command, _, name = event["rawPath"].strip("/").partition("/")', GOOD
        ): "the name got lost. This path has only a name",
        greet(NAME, f"return {BODY}"): "Return a dictionary with statusCode and body",
        greet(NAME, f"print({BODY})"): "it printed 'hello Viktor!'",
        greet(NAME, GOOD): 'without a name, say "stranger"',
        greet(NAME, GOOD.replace("user=name", 'user="{name}"')): "without quotes and brackets",
        greet(NAME, GOOD.replace("statusCode", "statuscode")): "statusCode has a capital C",
        greet('name = event["rawPath"]', GOOD): "removes the slash",
        greet('name = event["path"]', GOOD): 'has the path under "rawPath"',
        greet(NAME, "if name == '':", "    name == 'stranger'", GOOD): 'name = "stranger", with '
        "one =",
        greet(NAME, "if name == ' ':", "    name = 'stranger'", GOOD): "not even a space",
        greet("name = event[rawPath]", GOOD): "so does the key of a dictionary",
        greet("name = event.rawPath", GOOD): "is asked with brackets",
        greet(NAME, *STRANGER, GOOD.replace("200", '"200"')): "expected the number 200",
        greet(NAME, GOOD).replace("event, context", "event"): "a name for each value in the call",
        greet(NAME, *STRANGER, GOOD.replace("!hello", "hello")): "a command begins with !",
        greet(NAME, *STRANGER, GOOD.replace(", user=name", "")): "Tell it with user=name",
        greet(NAME, *STRANGER, GOOD.replace(BODY, 'f"hello {name}!"')): "you copied your bot's "
        "words into your handler",
        greet(NAME, *STRANGER, GOOD.replace("!hello", "!help")): "your bot's answer",
        greet(NAME, *STRANGER, GOOD).replace("(greet, bot)", "(greet, my_bot)"): "not your bot",
    },
}
