"""Check of the side room "A slow brain": a function that is called again answers once."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from bot_sandbox.cloud import FunctionError
from bot_sandbox.diagnosis.bot_log import find_last_error
from bot_sandbox.telegram import Telegram
from lessons.cloud import Cloud
from lessons.exercises.slips import has_dots
from lessons.exercises.verdict import Untouched, exercise, expect

QUESTIONS = "Why is my bot so slow?", "Why is the sky blue?", "Why do cats purr?"


@exercise(
    "write your code instead of the dots.",
    "only_once.py does almost the same. But its event is a request, and yours is the update in it",
    'event["update_id"] is the number to look up, and event["message"] is what answer() wants',
    "put answer() into a try. In its except, DELETE the number again, then raise",
    because="Clouds and platforms promise to call at least once. So whoever answers marks the "
    "update where all instances look, and takes the mark away if nothing was sent.",
)
def exercise_1(folder: str) -> str:
    """Each update is answered once: two calls at once, a late one, one while Telegram is away."""
    file = Path(folder, "careful_thinker.py")
    expect(file.is_file(), f"there is no file {file}. Run the whole cell again")
    if has_dots(file.read_text(encoding="utf-8")):
        raise Untouched
    with (
        tempfile.TemporaryDirectory() as shared,
        Cloud() as cloud,
        Telegram(limits=None) as telegram,
    ):
        account, viktor = telegram.new_bot("Slow bot", "slow_bot"), telegram.person("Viktor")
        settings = {
            "TELEGRAM_API": telegram.url,
            "TELEGRAM_TOKEN": account.token,
            "SEEN": str(Path(shared, "seen")),
            "STORE_URL": f"sqlite:///{Path(shared, 'store.sqlite3')}",  # for botlib's store
        }
        handler = "careful_thinker.handler"
        thinker = cloud.deploy(
            "thinker", folder, handler=handler, environment=settings, timeout_s=30
        )
        for question in QUESTIONS:
            viktor.send(question, to=account)
        first, second, third = telegram.call(account, "getUpdates")

        def call(update: dict[str, object]) -> None:
            with suppress(FunctionError):  # also "busy, call me again" is a good answer
                thinker.invoke(update)

        def answers(question: str) -> int:
            lines = telegram.transcript(viktor, account).lines
            return sum(line.text.startswith(question) for line in lines if line.is_bot)

        with ThreadPoolExecutor() as at_once:
            list(at_once.map(call, [first, first, second]))
        call(first)
        for question in QUESTIONS[:2]:
            expect(
                answers(question) < 2,
                f'Viktor got {answers(question)} answers to "{question}": two calls came at once. '
                "Mark the update_id before you answer, in something that all instances share",
            )
            error = find_last_error(thinker.logs)
            words = f" The log says: {error}" if error else ""
            expect(answers(question) > 0, f'Viktor got no answer to "{question}".{words}')
        away = telegram.faults.status(502, "sendMessage")
        call(third)
        away.clear()
        call(third)
        expect(
            answers(QUESTIONS[2]) == 1,
            f'Viktor got {answers(QUESTIONS[2])} answers to "{QUESTIONS[2]}": Telegram was away at '
            "the first call with it, and the second call found its mark. Remove the mark if "
            "answer() fails, and raise the error again",
        )
    return "one answer to each update, however often the cloud calls"
