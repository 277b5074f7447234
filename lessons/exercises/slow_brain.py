"""Check of the side room "A slow brain": an answer that is neither lost nor doubled."""

import secrets
import tempfile
from pathlib import Path

from bot_sandbox.diagnosis.bot_log import find_last_error
from bot_sandbox.telegram import Telegram
from lessons.cloud import Cloud
from lessons.exercises.slips import has_dots
from lessons.exercises.verdict import Untouched, exercise, expect

PATIENCE_S = 1.0  # Telegram's, less than the brain needs
PAUSE_S = 3.0  # after the last answer: a repeated message would bring another by then
QUESTION = "Why is my bot so slow?"


@exercise(
    "write your repair instead of the dots.",
    "in_the_response.py puts the answer into the response: which file sends it by a call?",
    "by_a_call.py answers more than once. only_once.py looks up the message's number first",
    "take.py is another way: it hands the message to the function thinker, and returns at once",
    because="Nobody knows how long a platform listens. So a slow answer goes out by a call, and "
    "something that all instances share says which message is done.",
)
def exercise_1(folder: str) -> str:
    """Viktor gets his answer, once, although Telegram hangs up and repeats."""
    file = Path(folder, "repaired.py")
    expect(file.is_file(), f"there is no file {file}. Run the whole cell again")
    code = file.read_text(encoding="utf-8")
    if has_dots(code):
        raise Untouched
    with (
        tempfile.TemporaryDirectory() as shared,
        Cloud() as cloud,
        Telegram(webhook_timeout_s=PATIENCE_S, limits=None) as telegram,
    ):
        account, viktor = telegram.new_bot("Slow bot", "slow_bot"), telegram.person("Viktor")
        settings = {
            "TELEGRAM_API": telegram.url,
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": secrets.token_urlsafe(32),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{cloud.port}",
            "SEEN": str(Path(shared, "seen")),
        }
        functions = [
            cloud.deploy(
                name, folder, handler=f"{file}.handler", environment=settings, timeout_s=30
            )
            for name, file in (("front", "repaired"), ("thinker", "thinker"))
        ]
        url, secret = functions[0].url, settings["TELEGRAM_SECRET"]
        telegram.call(account, "setWebhook", url=url, secret_token=secret)
        viktor.send(QUESTION, to=account)

        def answers() -> list[str]:
            lines = telegram.transcript(viktor, account).lines
            return [line.text for line in lines if line.is_bot]

        telegram.wait_until(lambda: bool(answers()), timeout=4 * PAUSE_S)
        logs = [line for function in functions for line in function.logs]
        error = find_last_error(logs)
        expect(
            bool(answers()),
            f"Viktor got no answer. The log says: {error}"
            if error
            else "Viktor got no answer: nobody listened to the response any more, or a thread was "
            "frozen with it. Send the answer by a call, before you return",
        )
        telegram.wait_until(lambda: len(answers()) > 1, timeout=PAUSE_S)
        expect(
            len(answers()) == 1,
            f"Viktor got {len(answers())} answers: Telegram repeated its message, and each "
            "instance began anew. Look up its update_id in something that all of them share",
        )
        expect(
            "light brain" in answers()[0],
            f'Viktor read "{answers()[0]}": where is what think() found?',
        )
    return "one answer, although Telegram hung up"
