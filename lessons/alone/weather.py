"""weather.py: a function that a timer calls, and that sends the weather to a chat."""

import linecache
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot_sandbox import Cloud, FunctionError, Telegram
from bot_sandbox.cloud.function import Function
from bot_sandbox.programs.platform_proxy import PlatformProxy
from bot_sandbox.programs.program import own_line
from lessons.alone.section import Section
from lessons.alone.traps import FUNCTION_TRAPS, Trap, find_advice, find_words
from lessons.alone.turns import describe_errors
from lessons.exercises.verdict import NotYet, expect, show
from lessons.learner_bot import bot_name
from lessons.worlds.weather_service import deploy_weather, weather_address

SCHEDULED_EVENT = {  # what AWS's scheduler sends without a payload
    "version": "0",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "account": "000000000000",
    "time": "2026-12-01T08:00:00Z",
    "region": "us-east-1",
    "detail": "{}",
}

SYNTAX_ERROR_PLACE = re.compile(r"\(([^()]+), line (\d+)\)")
CLOUD_ERROR_TYPES = ("Sandbox.", "Runtime.")  # errors that no line has raised


class TimerCall(NamedTuple):
    """One call by a timer, and what the weather service does meanwhile."""

    when: str
    temperature: float
    fault: str = ""


TIMER_CALLS = (
    TimerCall("on a morning with 8.7 °C", 8.7),
    TimerCall("on the next morning, with 21.4 °C", 21.4),
    TimerCall("while the weather service answered with an error", 21.4, "error"),
    TimerCall("while the weather service was silent", 21.4, "slow"),
)
MESSAGE_TRAPS = (
    Trap(
        r"\{weather|\{text|\{t",
        "Python fills the braces if you write f before the quotes",
        'f"Oslo: {',
        '"Oslo: {',
    ),
    Trap(
        r"generationtime|'current'",
        "that is the whole response. Take the number out of it, as in the extracts: under "
        '"current", then "temperature_2m"',
        "weather['current']['temperature_2m']",
        "weather",
    ),
    Trap(
        r"\b31[.,]5",
        "that is the wind. The temperature is temperature_2m",
        "{weather['current']['temperature_2m']}",
        "31.5",
    ),
    Trap(
        r"\b8\b(?![.,]\d)",
        "int cuts off what is behind the point, and 8.7 is nearly 9. Send the number as it is",
        "{weather['current']['temperature_2m']}",
        "{int(weather['current']['temperature_2m'])}",
    ),
    Trap(
        r"\b(8[.,]7|9)\b",
        "that is the weather of the call before. What is outside handler runs once, and its value "
        "stays as long as the instance. Ask inside handler",
        "json.load(response)",
        'handler.__dict__.setdefault("first", json.load(response))',
    ),
)
FAULT_TRAPS = (  # while the service is in trouble
    Trap(
        "KeyError: '(current|temperature_2m)'",
        "the service did answer, with an error, so nothing went to except. Ask whether "
        "response.status is 200. If it isn't, send the text that is under except, too",
    ),
    Trap(
        r"UnboundLocalError: .*variable '(\w+)'",
        r"this time no line gave \1 a value. Above try, give it the text that says that there is "
        "no weather",
    ),
)


def try_weather(path: Path) -> None:
    """Call a file's handler as a timer does, in a cloud of its own; NotYet says what came."""
    with Telegram() as telegram, Cloud() as cloud, PlatformProxy({"telegram": telegram}) as proxy:
        account = telegram.new_bot(bot_name(), "hello_bot")
        viktor = telegram.person("Viktor")
        viktor.send("/start", to=account)
        settings = {
            "TELEGRAM_TOKEN": account.token,
            "CHAT_ID": str(viktor.id),
            "WEATHER_API": weather_address(deploy_weather(cloud, TIMER_CALLS[0].temperature)),
        }
        try:
            function = cloud.deploy(
                "alone",
                path.parent,
                handler=f"{path.stem}.handler",
                environment=settings | proxy.hook_variables({}),
                idle_s=86400,  # the instance of the first call is there at the next
                must_load=True,
            )
        except FunctionError as error:
            raise NotYet(f"{path.name} didn't load:\n{describe_failure(error, path)}") from None
        expect(
            not viktor.inbox,
            f"{path.name} sent a message when the cloud only loaded it. Put the line that calls "
            'handler at the end of the file, below if __name__ == "__main__":',
        )
        for call in TIMER_CALLS:
            service = deploy_weather(cloud, call.temperature, fault=call.fault)
            returned, failure = None, ""
            try:
                returned = function.invoke(SCHEDULED_EVENT)
            except FunctionError as error:
                failure = describe_failure(error, path)
            sent = [message.shown for message in viktor.inbox]
            viktor.inbox.clear()
            refusal = next((one.error for one in account.calls if one.error), "")
            trouble = describe_failed_call(call, failure, refusal, service)
            if problem := trouble or describe_messages(call, sent, returned, service):
                raise NotYet(f"the timer called {path.name} {call.when}. {problem}")


def describe_failure(error: FunctionError, path: Path) -> str:
    """Return the learner's own line of an error, its words, and what to do."""
    linecache.checkcache()  # the file may have been saved since
    place = SYNTAX_ERROR_PLACE.search(error.message)  # of a line that Python can't read
    frames = [*error.trace, *([f'File "{place[1]}", line {place[2]}'] if place else [])]
    own = own_line(frames, path.parent)
    aside = place[0] if place else " (" if error.type == "Runtime.ImportModuleError" else "\n"
    words = error.message.partition(aside)[0].rstrip()
    kind = "" if error.type.startswith(CLOUD_ERROR_TYPES) else f"{error.type}: "
    return describe_errors([*filter(None, [own]), f"{kind}{words}"])


def describe_failed_call(call: TimerCall, failure: str, refusal: str, service: Function) -> str:
    """Say why a call failed, and what each service had to say; "" if it didn't."""
    words = []
    if refusal:
        words.append(f'Telegram refused: "{refusal}".{refusal_advice(refusal)}')
    if failure and not call.fault:
        words += describe_refused_questions(service)
    if call.fault and (advice := find_advice(FAULT_TRAPS, failure)):
        failure = failure.partition("\n→")[0] + f"\n{advice}"
    if failure:
        words.append(f"It failed:\n{failure}")
    return "\n".join(words)


def describe_refused_questions(service: Function) -> list[str]:
    """Return a sentence on the first question that the weather service has refused, if any."""
    reasons = [line for line in service.logs if re.match(r"4\d\d: ", line)]
    return [f"The weather service refused the question: {reason}" for reason in reasons[:1]]


def describe_messages(
    call: TimerCall, sent: Sequence[str], returned: object, service: Function
) -> str:
    """Say what is wrong with what came to the chat; "" if nothing is."""
    if len(sent) == 1:
        return describe_message(call, sent[0], service)
    if sent:
        return f"{len(sent)} messages came to the chat. Expected one"
    back = f"It returned {show(returned)}, and n" if returned is not None else "N"
    return (
        f"{back}othing came to the chat. A timer throws away what a function returns, and what it "
        "prints is only in its log. Send the text by Telegram's sendMessage, inside handler"
    )


def describe_message(call: TimerCall, said: str, service: Function) -> str:
    """Say what is wrong with a message; "" if nothing is."""
    came = f'"{said}" came to the chat'
    if call.fault:
        invented = re.search(rf"\d[.,]\d|\d ?°|\b{call.temperature:.0f}\b", said)
        return f"{came}, but it can't know that. Say that there is no weather" if invented else ""
    if has_number(said, call.temperature) and "generationtime" not in said:
        return ""
    if words := find_words(MESSAGE_TRAPS, said):
        return f"{came}: {words}"
    if not service.invocations:
        return (
            f"{came}, but nobody asked the weather service. Its address is in "
            'os.environ["WEATHER_API"], and handler has to ask it at each call'
        )
    expected = (
        f"Expected a text with the temperature, {call.temperature}. An except that isn't except "
        "OSError may hide an error"
    )
    return ". ".join([came, *(describe_refused_questions(service) or [expected])])


def refusal_advice(refusal: str) -> str:
    """Say what to do about Telegram's most usual refusals."""
    if "chat" in refusal:
        return ' Take the chat from outside: os.environ["CHAT_ID"].'
    if "text" in refusal:
        return " The form needs chat_id and text."
    return ""


def has_number(said: str, number: float) -> bool:
    """Return whether a text has a number, also a rounded one."""
    found = {float(each.replace(",", ".")) for each in re.findall(r"\d+(?:[.,]\d+)?", said)}
    return bool(found & {number, round(number)})


WEATHER = Section(
    "05_what_functions_are_for",
    2,
    "weather.py",
    "open_meteo.md",
    try_weather,
    "weather.py sends each morning's weather, and says so when there is none",
    (*(trap for trap in FUNCTION_TRAPS if trap.old), *MESSAGE_TRAPS),
)
