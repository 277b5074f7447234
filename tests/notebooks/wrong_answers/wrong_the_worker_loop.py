"""Wrong answers in the side room about the worker loop, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = "from lessons.exercises.the_worker_loop import exercise_1, exercise_2\n"
ASK = """
def one_round(connection, handler):
    connection.request("GET", f"{PATH}/next")
    task = connection.getresponse()
    event = json.loads(task.read())
    request_id = task.headers["Lambda-Runtime-Aws-Request-Id"]
"""
RESPONSE = """
    connection.request("POST", f"{PATH}/{request_id}/response", json.dumps(answer))
    connection.getresponse().read()
"""
TRY = """
    try:
        answer = handler(event, None)
        kind = "response"
    except Exception as error:
        kind = "error"
"""
REPORT = '        answer = {"errorType": type(error).__name__, "errorMessage": str(error)}\n'
POST = '    connection.request("POST", f"{PATH}/{request_id}/{kind}", json.dumps(answer))\n'
READ = "    connection.getresponse().read()\n"
GIVE = "\nexercise_2(one_round)"


def changed(*parts):
    return IMPORT + ASK + "".join(parts) + GIVE


WRONG = {
    2: {
        changed("    answer = handler(event, None)\n", RESPONSE): "still ends the loop",
        changed(TRY, REPORT, POST): "asked again before it had read an answer",
        changed(TRY, REPORT, POST, "    connection.getresponse()\n"): "asked again before it had "
        "read an answer",
        changed(TRY, REPORT, POST.replace("{request_id}", "ID"), READ): "ID means the request id",
        changed(TRY, REPORT, POST.replace('f"', '"'), READ): "write f before the quotes",
        changed(TRY, REPORT.replace("str(error)", "error"), POST, READ): "write str(error) for "
        "the words",
        changed(TRY, REPORT.replace(".__name__", ""), POST, READ): "type(error).__name__ for the "
        "kind",
        changed(TRY, REPORT, POST.replace("{kind}", "response"), READ): "as if it were an answer",
        changed(TRY, REPORT, POST.replace("json.dumps(answer)", "answer"), READ): "json.dumps",
        changed(TRY, "        print(error)\n        return\n", POST, READ): "nobody told the cloud",
        changed(
            "    try:\n        answer = handler(event, None)\n",
            "    except Exception as error:\n",
            '        answer = f"the error was {error}"\n',
            RESPONSE,
        ): "as if it were an answer: \"the error was 'name'\"",
        changed(TRY, REPORT, POST.replace("{kind}", "error"), READ): "that path is only for what "
        "is below except",
        changed(TRY.replace("Exception", "KeyError"), REPORT, POST, READ): "except Exception as "
        "error: catches every kind",
        changed(TRY.replace(" as error", ""), REPORT, POST, READ): "the error has no name yet",
        changed(TRY, REPORT.replace('"errorType"', "errorType"), POST, READ): "needs quotes",
        changed(TRY, REPORT.replace("errorType", "error_type"), POST, READ): "has no entry "
        "errorType",
        changed(
            TRY, REPORT.replace("type(error).__name__", '"type(error).__name__"'), POST, READ
        ): "write it without quotes",
        changed(TRY, REPORT, POST.replace("{kind}", "/{kind}"), READ): "with one slash before each",
        changed(TRY, REPORT, POST.replace("/{request_id}", ""), READ): "It ends in the request id "
        "and the word",
        changed(
            "    try:\n        answer = handler(event, None)\n",
            "    except Exception as error:\n",
            REPORT,
            '        path = f"{PATH}/{request_id}/error"\n',
            '        connection.request("POST", path, json.dumps(answer))\n',
            "        connection.getresponse().read()\n",
            RESPONSE,
        ): "Each call gets one POST",
        changed(
            TRY, REPORT, POST.replace("answer)", "json.dumps(answer))"), READ
        ): "json.dumps once is enough",
        changed(
            TRY, REPORT.replace("type(error).__name__", '"KeyError"'), POST, READ
        ): "the handler's error was a TypeError",
        changed(
            '    if "name" in event:\n        answer = handler(event, None)\n',
            '        kind = "response"\n    else:\n        kind = "error"\n',
            '        answer = {"errorType": "KeyError", "errorMessage": "\'name\'"}\n',
            POST,
            READ,
        ): "do not name one yourself",
        changed(
            TRY, REPORT.replace('Type":', 'Type",').replace('ge":', 'ge",'), POST, READ
        ): "A dictionary has a colon",
        IMPORT + "exercise_2(greet)": "expected a function, found <Function greet",
    },
}
