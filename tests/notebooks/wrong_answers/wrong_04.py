"""Wrong answers to the exercises of notebook 04, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_04 import exercise_1, exercise_2, exercise_3\n"
ASK = """
def one_round(cloud, handler):
    cloud.request("GET", f"{PATH}/next")
    task = cloud.getresponse()
    event = json.loads(task.read())
    request_id = task.headers["Lambda-Runtime-Aws-Request-Id"]
"""
RESPONSE = """
    cloud.request("POST", f"{PATH}/{request_id}/response", json.dumps(answer))
    cloud.getresponse().read()
"""
TRY = """
    try:
        answer = handler(event, None)
        kind = "response"
    except Exception as error:
        kind = "error"
"""
REPORT = '        answer = {"errorType": type(error).__name__, "errorMessage": str(error)}\n'
POST = '    cloud.request("POST", f"{PATH}/{request_id}/{kind}", json.dumps(answer))\n'
READ = "    cloud.getresponse().read()\n"
GIVE = "\nexercise_1(one_round)"


def mended(*parts):
    return IMPORT + ASK + "".join(parts) + GIVE


def predicted(values):
    return f"""
prediction = {values}

fn = cloud.deploy("five", "workshop/04_counter", concurrency=3)
get_at_once(fn.url, 5)
get_at_once(fn.url, 5)

exercise_2(prediction, fn)
"""


def price(*lines):
    body = "\n    ".join(lines)
    return f"import math\n\ndef price(used_ms, memory_mb):\n    {body}\n\nexercise_3(price)"


GB = "gb_seconds = memory_mb / 1024 * math.ceil(used_ms) / 1000"

WRONG = {
    1: [
        (mended("    answer = handler(event, None)\n", RESPONSE), "still ends the loop"),
        (mended(TRY, REPORT, POST), "asked again before it had read an answer"),
        (
            mended(TRY, REPORT, POST, "    cloud.getresponse()\n"),
            "asked again before it had read an answer",
        ),
        (
            mended(TRY, REPORT, POST.replace("{request_id}", "ID"), READ),
            "ID stands for the id of the call",
        ),
        (mended(TRY, REPORT, POST.replace('f"', '"'), READ), "write f before the quotes"),
        (
            mended(TRY, REPORT.replace("str(error)", "error"), POST, READ),
            "write str(error) for the words",
        ),
        (
            mended(TRY, REPORT.replace(".__name__", ""), POST, READ),
            "type(error).__name__ for the kind",
        ),
        (
            mended(TRY, REPORT, POST.replace("{kind}", "response"), READ),
            "as if it were an answer",
        ),
        (mended(TRY, REPORT, POST.replace("json.dumps(answer)", "answer"), READ), "json.dumps"),
        (
            mended(TRY, "        print(error)\n        return\n", POST, READ),
            "nobody told the cloud",
        ),
        (
            mended(
                "    try:\n        answer = handler(event, None)\n",
                "    except Exception as error:\n",
                '        answer = f"the error was {error}"\n',
                RESPONSE,
            ),
            "as if it were an answer: \"the error was 'name'\"",
        ),
        (
            mended(TRY, REPORT, POST.replace("{kind}", "error"), READ),
            "that path is for the except part only",
        ),
        (
            mended(TRY.replace("Exception", "KeyError"), REPORT, POST, READ),
            "except Exception as error: catches every kind",
        ),
        (
            mended(TRY.replace(" as error", ""), REPORT, POST, READ),
            "the error has no name yet",
        ),
        (
            mended(TRY, REPORT.replace('"errorType"', "errorType"), POST, READ),
            "wants quotes",
        ),
        (
            mended(TRY, REPORT.replace("errorType", "error_type"), POST, READ),
            "has no entry errorType",
        ),
        (
            mended(
                TRY, REPORT.replace("type(error).__name__", '"type(error).__name__"'), POST, READ
            ),
            "write it without quotes",
        ),
        (
            mended(TRY, REPORT, POST.replace("{kind}", "/{kind}"), READ),
            "with one slash before each",
        ),
        (
            mended(TRY, REPORT, POST.replace("/{request_id}", ""), READ),
            "at its end stand the request id and the word",
        ),
        (
            mended(
                "    try:\n        answer = handler(event, None)\n",
                "    except Exception as error:\n",
                REPORT,
                '        cloud.request("POST", f"{PATH}/{request_id}/error", json.dumps(answer))\n',
                "        cloud.getresponse().read()\n",
                RESPONSE,
            ),
            "Each call gets one POST",
        ),
        (
            mended(TRY, REPORT, POST.replace("answer)", "json.dumps(answer))"), READ),
            "json.dumps once is enough",
        ),
        (
            mended(TRY, REPORT.replace("type(error).__name__", '"KeyError"'), POST, READ),
            "the handler's error was a TypeError",
        ),
        (
            mended(
                '    if "name" in event:\n        answer = handler(event, None)\n',
                '        kind = "response"\n    else:\n        kind = "error"\n',
                '        answer = {"errorType": "KeyError", "errorMessage": "\'name\'"}\n',
                POST,
                READ,
            ),
            "do not name one yourself",
        ),
        (
            mended(TRY, REPORT.replace('Type":', 'Type",').replace('ge":', 'ge",'), POST, READ),
            "A dictionary has a colon",
        ),
        (IMPORT + "exercise_1(greet)", "expected a function, found <Function greet"),
    ],
    2: [
        (predicted("(6, 4)"), "the second five need no new instances"),
        (predicted("(5, 0)"), "at most concurrency=3 work at once"),
        (predicted("(3, 2)"), "each time five come at once and 3 are served"),
        (predicted('("3", "4")'), "without quotes"),
        (predicted("{3, 4}"), "what stands in curly brackets has no order"),
        (
            predicted("(3, 2)").replace("(fn.url, 5)", "(fn.url, 4)"),
            "Here it was concurrency=3 and 8 calls",
        ),
        (
            predicted("(2, 6)").replace("concurrency=3", "concurrency=2"),
            "Here it was concurrency=2 and 10 calls",
        ),
        (predicted("3"), "expected two numbers, such as (5, 0), found 3"),
    ],
    3: [
        (
            price(GB, "return gb_seconds * 0.0000166667 + 0.20 / 1_000_000").replace(
                "exercise_3", "    exercise_3"
            ),
            "the line exercise_3(price) begins too far to the right",
        ),
        (
            price("return memory_mb / 1024 * used_ms / 1000 * 0.0000166667 + 0.20 / 1_000_000"),
            "round the milliseconds up",
        ),
        (price(GB, "return gb_seconds * 0.0000166667"), "the price of the request itself"),
        (price(GB, "return gb_seconds * 0.0000166667 + 0.20"), "for a million requests, not one"),
        (
            price(
                "gb_seconds = memory_mb / 1000 * math.ceil(used_ms) / 1000",
                "return gb_seconds * 0.0000166667 + 0.20 / 1_000_000",
            ),
            "a gigabyte has 1024 megabytes",
        ),
        (
            price(GB, "print(gb_seconds * 0.0000166667 + 0.20 / 1_000_000)"),
            "Write return in place of print",
        ),
        (
            price(
                "gb_seconds = memory_mb / 1024 * math.ceil(used_ms) * 1000",
                "return gb_seconds * 0.0000166667 + 0.20 / 1_000_000",
            ),
            "divide the milliseconds by 1000",
        ),
        (
            price(GB, "return gb_seconds * 0.0000166667 + 0.20 * 1_000_000"),
            "divide the 0.20 by a million",
        ),
        (
            price(GB, "return (gb_seconds + 0.20 / 1_000_000) * 0.0000166667"),
            "the price of the request is added last",
        ),
        (
            price(
                "seconds, gigabytes = math.ceil(used_ms) / 1000, memory_mb / 1024",
                "return seconds + gigabytes * 0.0000166667 + 0.20 / 1_000_000",
            ),
            "multiply seconds and gigabytes",
        ),
        (
            price(
                "gb_seconds = memory_mb / 1024 * math.ceil(used_ms)",
                "return gb_seconds * 0.0000166667 + 0.20 / 1_000_000",
            ),
            "a second has 1000 milliseconds",
        ),
    ],
}
