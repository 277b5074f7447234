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
        (
            add("return str(int(message.words[0]) + int(message.words[1]))"),
            "a loop goes through all",
        ),
        (add("return str(sum(map(int, message.words)))"), "catch ValueError"),
        (add("return str(sum(message.words))"), "int(…) makes a number of it"),
        (add("for word in message.words:", "    return str(int(word))"), "the first number alone"),
        (
            add(
                "try:", "    return str(int(message))", "except Exception:", "    return 'numbers'"
            ),
            "and these are numbers",
        ),
        (add("print(sum(map(int, message.words)))"), "the function printed '5'"),
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
        (count(LAST, LOOP, "    return str(number)"), "does return stand inside the loop"),
        (count("n = []", "n = n.append('1')", "n = n.append('2')"), "write it without ="),
        (count("print(1)"), "the function printed '1'"),
        (count("return list('1' * min(message.words[0], 5))"), "int(…) makes a number of it"),
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
            "ask it with get, as in .get(key, 0)",
        ),
        (
            hi("visits = visits + 1", 'return f"{message.user}: {visits}"', before="visits = 0\n"),
            "Keep the value in a dictionary",
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
