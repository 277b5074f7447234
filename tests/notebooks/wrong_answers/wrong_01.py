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


ADD_ONE = "visits[message.user] = visits.get(message.user, 0) + 1"
TELL = 'return f"{message.user}: {visits[message.user]}"'
TELL_GET = 'return f"{message.user}: {visits.get(message.user, 0)}"'
LAST = "last = int(message.words[0])"
SUM = "return str(total)"
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
        (
            add(
                "total = 0",
                "for word in message.words:",
                "    try:",
                "        total = total + int(word)",
                "    except ValueError:",
                "        print('numbers')",
                SUM,
            ),
            "Return it under except ValueError",
        ),
        (add("return message.words[0] + message.words[1] + message.words[2]"), "of three is [2]"),
        (add("return message.arguments"), "as it was written: go through message.words"),
        (add("return int(message.words)"), "int takes one word of the list at a time"),
        (add("return int(message.arguments)"), "int takes one word at a time: for word in"),
        (add("total = 0", "for n in message.arguments:", "    total += int(n)"), "one word at"),
        (add("total = 0", "for word in message.words:", "    total + int(word)", SUM), "not kept"),
        (
            add("total = 0", "for word in message.words:", "    total = int(word)", SUM),
            "the last number alone",
        ),
        (
            add("for word in message.words:", "    total = 0", "    total += int(word)", SUM),
            "total = 0 stands above the loop",
        ),
        (
            add("for word in message.words:", "    total = total + int(word)", SUM),
            "Above a loop begin with total = 0",
        ),
        (
            add("total = 0", "for word in message.word:", "    total += int(word)", SUM),
            "A message has text, user, arguments and words",
        ),
        (
            add(
                "total = 0",
                "for word in message.words:",
                "    if not word.isdigit():",
                "        return 'numbers, please'",
                "    total += int(word)",
                SUM,
            ),
            "-4 is a whole number too",
        ),
        (add("return str(sum(map(float, message.words)))"), "int makes whole numbers"),
        (
            add("return '5'").replace("@adder", "@bot"),
            'Right above the function stands @, the name of this bot, and .command("add")',
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
        (count("return [str(number) for number in range(1, 6)]"), "it counts to five"),
        (count('return ["1", "2", "3"]'), "for !count 1 it says '1' and '2' and '3'; expected"),
        (count(LAST, LOOP, "    n = []", "    n.append(str(number))", "return n"), "'3' alone"),
        (count("return ['1'] * int(message.words[1])"), "Python counts from zero"),
        (count("print(1)"), "the function printed '1'"),
        (count("n = []", "for i in int(message.words[0]):", "    n.append(i)"), "list or a range"),
        (count("last = min(int(message.words[0], 5))"), "min needs two values"),
        (count("n = []", "n.append('1')"), "says nothing. Does the command end with return?"),
        (count("return str([1, 2, 3])"), "that is one message"),
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
            "belongs into a dictionary outside",
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
        (
            hi(ADD_ONE, 'return "{message.user}: {visits[message.user]}"', before="visits = {}\n"),
            "write f before the quotes",
        ),
        (
            hi(ADD_ONE.replace("0)", "1)"), TELL, before="visits = {}\n"),
            "has come 0 times",
        ),
        (hi(ADD_ONE.replace(", 0)", ")"), TELL, before="visits = {}\n"), "Does a get lack"),
        (
            hi("visits.get(message.user, 0) + 1", TELL_GET, before="visits = {}\n"),
            "Put the new count into the dictionary",
        ),
        (
            hi(
                ADD_ONE, 'return message.user + ": " + visits[message.user]', before="visits = {}\n"
            ),
            "str(…) makes a text of a number",
        ),
        (
            hi(ADD_ONE, 'return f"{message.user}: {visits}"', before="visits = {}\n"),
            "with the whole dictionary: one drawer of it",
        ),
        (hi("visits.append(1)", TELL, before="visits = {}\n"), "takes a value with counts[key]"),
        (
            hi("visits[user] = visits.get(user, 0) + 1", TELL, before="visits = {}\n"),
            "Look at the spelling",
        ),
    ],
}
