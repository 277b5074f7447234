"""Wrong answers to the exercises of notebook 01, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""


def answer(number, bot, name, lines, before=""):
    """The exercise's cell, with a command whose function has these lines."""
    body = "\n    ".join(lines)
    return f"""from lessons.exercises.ex_01 import exercise_{number}

{bot} = Bot()
{before}
@{bot}.command("{name}")
def {name}(message):
    {body}

exercise_{number}({bot})
"""


def add(*lines):
    return answer(1, "adder", "add", lines)


def count(*lines):
    return answer(2, "counter", "count", lines)


def hi(*lines, before=""):
    return answer(3, "doorman", "hi", lines, before)


LAST = "last = int(message.words[0])"
LOOP = "for number in range(1, last + 1):"
WRONG = {
    1: [
        (add('return "".join(message.words)'), "the words were joined"),
        (add("return message.words[0] + message.words[1]"), "the words were joined"),
        (add("return int(message.words[0]) + int(message.words[1])"), "str(…) makes a text of it"),
        (add("return str(int(message.words[0]) + int(message.words[1]))"), "for !add 10 -4 1"),
        (add("return str(sum(map(int, message.words)))"), "with !add two your command raised Val"),
        (add("print(sum(map(int, message.words)))"), "Does the command end with return?"),
        (
            add(
                "try:", "    return str(sum(map(int, message.words)))", "except ValueError:"
            ).replace("except ValueError:", "except ValueError:\n        return 'no'"),
            "expected a text with the word numbers",
        ),
        (add("return '5'").replace("exercise_1(adder)", "exercise_1(add)"), "found a function"),
    ],
    2: [
        (count(LAST, "return [str(number) for number in range(1, last + 1)]"), "keeps it at five"),
        (count(LAST, "return [str(number) for number in range(last)]"), "it began at 0"),
        (count(LAST, "return [str(number) for number in range(1, last)]"), "the last number is"),
        (count(LAST, 'return " ".join(str(n) for n in range(1, last + 1))'), "that is one message"),
        (count(LAST, "return list(range(1, last + 1))"), "str(…) makes a text of it"),
        (count(LAST, LOOP, "    return str(number)"), "for !count 3 it says '1'"),
        (
            count(
                LAST, "if last > 5:", "    return 'too many'", "return [str(n + 1) for n in "
            ).replace(" in ", " in range(last)]"),
            "of the five messages that it may send",
        ),
    ],
    3: [
        (
            hi("global visits", "visits += 1", 'return f"{message.user}: {visits}"').replace(
                "doorman = Bot()", "doorman = Bot()\nvisits = 0"
            ),
            "one number for each user",
        ),
        (
            hi(
                "visits = {}",
                "visits[message.user] = visits.get(message.user, 0) + 1",
                'return f"{message.user}: {visits[message.user]}"',
            ),
            "is still at 1: keep the counts outside of hi",
        ),
        (
            hi(
                "visits[message.user] = visits[message.user] + 1",
                'return f"{message.user}: {visits[message.user]}"',
                before="visits = {}\n",
            ),
            "your command raised KeyError",
        ),
        (
            hi(
                "visits[message.user] = visits.get(message.user, 0)",
                'return f"{message.user}: {visits[message.user]}"',
                before="visits = {}\n",
            ),
            ": 0'; expected 'Ann",
        ),
        (
            hi(
                "visits[message.user] = visits.get(message.user, 0) + 1",
                "return str(visits[message.user])",
                before="visits = {}\n",
            ),
            "it says '1'; expected 'Ann",
        ),
    ],
}
