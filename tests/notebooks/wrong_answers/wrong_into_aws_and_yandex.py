"""Wrong answers to exercise 3 of Into AWS and Yandex Cloud, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = "from lessons.exercises.into_aws_and_yandex import exercise_3\n\n"
TRY = """try:
    path = pack(folder)
except ValueError as error:
    return f'not released: {error}'
"""
UPLOAD = "address = upload(path)\n"
ASK = "if status(address) != 403:\n    return 'not released: a stranger does not get 403'\n"
TELL = "tell(address)\nreturn 'released'\n"


def answer(*parts, head="def release(folder, pack, upload, status, tell):"):
    """The cell with a function of these parts."""
    body = "".join(f"    {line}\n" for part in parts for line in part.splitlines())
    return f"{IMPORT}{head}\n{body}\nexercise_3(release)\n"


WRONG = {
    3: {
        answer("path = pack(folder)\n", UPLOAD, ASK, TELL): "ValueError: main.py holds a token",
        answer(TRY, UPLOAD, TELL): "nobody had tried: call status before tell",
        answer(TRY, UPLOAD, TELL.splitlines()[0] + "\n", ASK, "return 'released'"): "status before",
        answer(TRY, UPLOAD, ASK.replace("!= 403", "== 502"), TELL): "a stranger got 200",
        answer(TRY, UPLOAD, ASK.replace("!= 403", "== 200"), TELL): "a stranger got 502",
        answer(TRY, UPLOAD, ASK.replace("!=", "=="), TELL): "a good version stayed at home",
        answer(TRY, UPLOAD, ASK, "return 'released'"): "call tell(address)",
        answer(TRY, UPLOAD, ASK, "tell(address)"): "Does it end with return?",
        answer(TRY, UPLOAD, ASK, TELL.replace("'released'", "'done'")): 'expected "released"',
        answer(TRY.replace("not released: {error}", "no: {error}"), UPLOAD, ASK, TELL): "begins",
        answer(TRY.replace("{error}", "a secret"), UPLOAD, ASK, TELL): "The error's own words",
        answer(TRY, UPLOAD.replace("path", "folder"), ASK, TELL): "upload gets what pack returned",
        answer(TRY, UPLOAD, ASK.replace("(address)", "(path)"), TELL): "status gets the address",
        answer("return 'released'", head="def release(folder):"): "need a name for each value",
    },
}
