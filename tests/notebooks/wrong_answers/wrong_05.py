"""Wrong answers to exercise 2 of notebook 05, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

READ = 'best = store.get("record", {"name": "nobody", "score": 0})'
KEEP = 'store.set("record", {"name": name, "score": score})'
SAY = 'return f"A new record! {name} has {score} points."'


def record(*lines):
    body = "\n    ".join(lines)
    return f"""
from lessons.exercises.ex_05 import exercise_2

def record(store, name, score):
    {body}

exercise_2(record)
"""


def careful(read=READ, question='if score <= best["score"]:', keep=KEEP, say=SAY):
    return record(read, question, "    return None", keep, say)


WRONG = {
    2: [
        (record(KEEP, SAY), 'record(store, "Bob", 40) gave'),
        (
            careful(question='if score > best["score"]:'),
            'but 42 is higher. Does your if ask whether the score is higher',
        ),
        (
            record('if score > store.get("record"):', f"    {KEEP}", f"    {SAY}"),
            "the store is still empty, so get gave None",
        ),
        (
            record('if score > store.get("record", 0):', f"    {KEEP}", f"    {SAY}"),
            "the record is a dictionary with a name and a score",
        ),
        (careful(question='if score < best["score"]:'), "An equal score beats nothing."),
        (
            record(READ, KEEP, 'if score <= best["score"]:', "    return None", SAY),
            "is not a record, but it changed what is kept: return before store.set",
        ),
        (careful(keep="pass"), "kept nothing: store.set"),
        (careful(read='best = store.get("record")'), "the store is still empty, so get gave None"),
        (
            record('best = {"name": "nobody", "score": 0}', 'if score <= best["score"]:',
                   "    return None", KEEP, SAY),
            "the record is 42, and",
        ),
        (careful(say=SAY.replace("return ", "print(") + ")"), "it printed 'A new record!"),
        (careful(say=SAY.replace("f", "", 1)), "Is there an f before the quotes?"),
        (careful(keep='store.set("record", score)'), "Keep a dictionary"),
        (
            careful(keep='store.set("record", {"name": "Ada", "score": score})'),
            "expected {'name': 'Bob', 'score': 50}",
        ),
        (careful(say='return f"{name} has {score} points."'), "expected 'A new record! Ada"),
        (
            record(READ, 'if score > best["score"]:', f"    {SAY}", KEEP),
            "Write it above return, because nothing below return runs",
        ),
        (
            record(READ, 'if score <= best["score"]:', '    return "None"', KEEP, SAY),
            "Write None without quotes",
        ),
        (
            careful(
                keep='store.set("record", {"name": "Ada", "score": 42})',
                say='return "A new record! Ada has 42 points."',
            ),
            "Take name and score, which your function gets",
        ),
    ]
}  # fmt: skip
