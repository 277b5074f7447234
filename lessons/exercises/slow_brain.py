"""Check of the side room "A slow brain": a function that is called twice answers once."""

import secrets
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot_sandbox.cloud import FunctionError
from bot_sandbox.diagnosis.bot_log import find_last_error
from bot_sandbox.telegram import Telegram
from lessons.cloud import Cloud
from lessons.exercises.slips import has_dots
from lessons.exercises.verdict import Untouched, exercise, expect

QUESTIONS = "Why is my bot so slow?", "Why is the sky blue?"


@exercise(
    "write your code instead of the dots.",
    "only_once.py does almost the same. But its event is a request, and yours is the update in it",
    'event["update_id"] is the number to look up, and event["message"] is what answer() wants',
    because="Clouds and platforms promise to call at least once. So whoever answers marks the "
    "update first, in a place that all instances share.",
)
def exercise_1(folder: str) -> str:
    """Two calls with one update bring one answer, and another update brings its own."""
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
            "TELEGRAM_SECRET": secrets.token_urlsafe(32),
            "SEEN": str(Path(shared, "seen")),
        }
        handler = "careful_thinker.handler"
        thinker = cloud.deploy(
            "thinker", folder, handler=handler, environment=settings, timeout_s=30
        )
        for question in QUESTIONS:
            viktor.send(question, to=account)
        first, second = telegram.call(account, "getUpdates")

        def call(update: dict[str, object]) -> None:
            try:
                thinker.invoke(update)
            except FunctionError:
                error = find_last_error(thinker.logs)
                expect(False, f"your function failed. The log says: {error}")

        with ThreadPoolExecutor() as at_once:
            list(at_once.map(call, [first, first, second]))
        call(first)  # it comes once more, when all is done
        texts = [line.text for line in telegram.transcript(viktor, account).lines if line.is_bot]
        for question in QUESTIONS:
            answers = [text for text in texts if question in text and "light brain" in text]
            expect(
                len(answers) < 2,
                f'Viktor got {len(answers)} answers to "{question}": two calls came at once. Mark '
                "the update_id before you answer, in something that all instances share",
            )
            expect(bool(answers), f'Viktor got no answer to "{question}". He read: {texts}')
    return "one answer to each update, however often the cloud calls"
