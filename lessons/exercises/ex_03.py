"""The check of notebook 03: a second handler for the learner's bot."""

from typing import Any
from unittest.mock import patch

from botlib import Bot
from lessons.exercises.slips import same_chance
from lessons.exercises.verdict import (
    NotYet,
    exercise,
    expect,
    names_used,
    replace_hints,
    run_learner_code,
    show,
)


@exercise(
    "write def greet(event, context): instead of the line with the dots",
    "begin as handler in web_function.py does: def, then the name out of the path, then return",
    'after .strip("/") the path "/" leaves the empty text "". Ask for it with if name == "":',
    'the end of the function: return {"statusCode": 200, "body": bot.ask("!hello", user=name)}',
    because="A handler is an ordinary function, so you can try it without a cloud. Your bot didn't "
    "change at all for its new home.",
)
def exercise_1(greet: Any, bot: Any) -> str:
    """A handler passes the name in the path to the learner's bot, or "stranger"."""
    expect(
        isinstance(bot, Bot),
        f"bot is {show(bot)}, not your bot. Run the first cell of this notebook again",
    )
    check_answers(greet, bot)
    other = Bot()
    other.command("hello")(lambda message: f"good evening, {message.user}")
    with patch.dict(getattr(greet, "__globals__", {}), bot=other):
        answers = body_of(greet, "/Ada") == other.ask("!hello", user="Ada")
    expect(
        answers or "ask" in names_used(greet),
        "you copied your bot's words into your handler. Ask the bot, as in "
        'bot.ask("!hello", user=name), because tomorrow it may say something else',
    )
    return "your bot greets people by name, and strangers, too"


def check_answers(greet: Any, bot: Bot) -> None:
    """NotYet unless each visitor gets what the bot says."""
    for path, name in (("/Viktor", "Viktor"), ("/Ada", "Ada"), ("/", "stranger")):
        with same_chance():
            body = body_of(greet, path)
        with same_chance():
            expected = bot.ask("!hello", user=name)
        if body == expected:
            continue
        shown = f"with the path {show(path)} the body was {show(body)}"
        expect(
            body != "" or expected == "",
            f'{shown}: a command begins with !, as in bot.ask("!hello", user=name)',
        )
        expect(
            name != "stranger" or body != bot.ask("!hello", user=""),
            f'{shown}: without a name, say "stranger". if name == "": asks for the text with '
            'nothing in it, not even a space. name = "stranger", with one =, gives the name this '
            "value",
        )
        expect(
            not (name in expected and f"/{name}" in str(body)),
            f'{shown}: .strip("/") removes the slash',
        )
        expect(
            body != bot.ask("!hello"),
            f"{shown}: the bot doesn't know who is there. Tell it with user=name",
        )
        expect(
            body != bot.ask(f"!{name}"),
            f"{shown}: your bot was asked !{name}. This path has only a name and no command. So "
            'the command is always "!hello"',
        )
        lost = [bot.ask("!hello", user=each) for each in ("", "stranger")]
        expect(
            name == "stranger" or body not in lost,
            f"{shown}: the name got lost. This path has only a name, and all of it is "
            'event["rawPath"].strip("/")',
        )
        expect("{name}" not in str(body), f"{shown}: write name without quotes and brackets")
        raise NotYet(f"{shown}, expected {show(expected)}, your bot's answer")


def body_of(greet: Any, path: str) -> Any:
    """Call the handler with a path; return the response's body, NotYet if there is none."""
    call = f'greet({{"rawPath": {show(path)}}}, None)'
    hints = {"KeyError: 'path'": 'an event of this cloud has the path under "rawPath"'}
    with replace_hints(hints):
        result = run_learner_code(greet, {"rawPath": path, "requestContext": {}}, None, call=call)
    gave = f"{call} gave {show(result)}"
    wanted = "Return a dictionary with statusCode and body, as in web_function.py"
    expect(not isinstance(result, str), f"{gave}: that is only the body. {wanted}")
    expect(
        not isinstance(result, dict) or "statuscode" not in result,
        f"{gave}: statusCode has a capital C in it",
    )
    complete = isinstance(result, dict) and {"statusCode", "body"} <= set(result)
    expect(complete, f"{gave}. {wanted}")
    status = result["statusCode"]
    expect(status == 200, f"the status was {show(status)}, expected the number 200")
    return result["body"]
