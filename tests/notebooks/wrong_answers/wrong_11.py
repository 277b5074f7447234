"""Wrong answers to the exercises of notebook 11, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_11 import exercise_1, exercise_2, exercise_3\n"

WRONG = {
    1: [
        (
            IMPORT
            + """
async def ask_all(friends, question):
    answers = []
    for friend in friends:
        answers.append(await friend(question))
    return answers

exercise_1(ask_all)
""",
            "waited for one answer before it asked the next friend",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    return [friend(question) for friend in friends]

exercise_1(ask_all)
""",
            "await is missing",
        ),
        (
            IMPORT
            + """
def ask_all(friends, question):
    return [friend(question) for friend in friends]

exercise_1(ask_all)
""",
            "begin it with async def",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    return asyncio.gather(*[friend(question) for friend in friends])


exercise_1(ask_all)
""",
            "await is missing before asyncio.gather",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    plans = [friend(question) for friend in friends]
    return await asyncio.gather(plans)


exercise_1(ask_all)
""",
            "a star hands over what is in it",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    return await asyncio.gather(*friends)


exercise_1(ask_all)
""",
            "gather wants plans",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    return await asyncio.gather(friend(question) for friend in friends)


exercise_1(ask_all)
""",
            "in square brackets",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    plans = [friend[question] for friend in friends]
    return await asyncio.gather(*plans)


exercise_1(ask_all)
""",
            "called with round brackets",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    plans = []
    for friend in friends:
        plans.append(friends(question))
    return await asyncio.gather(*plans)

exercise_1(ask_all)
""",
            "one of them is called",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    plans = [friend(question) for friend in friends]
    return await gather(*plans)

exercise_1(ask_all)
""",
            "It belongs to asyncio",
        ),
        (
            IMPORT
            + """
async def ask_all(friends, question):
    plans = []
    for friend in friends:
        plans.append(friend(question))
        return await asyncio.gather(*plans)

exercise_1(ask_all)
""",
            "return stands inside the loop",
        ),
    ],
    2: [
        (
            """
def wait_s(sent, now):
    if sent < 20:
        return 0
    return 30 - (now - sent[-20])

exercise_2(wait_s)
""",
            "len(sent) is how many are in it",
        ),
        (
            """
def wait_s(sent, now):
    return max(0, sent[-20] + 30 - now)

exercise_2(wait_s)
""",
            "Ask first how many there are",
        ),
        (
            """
def wait_s(sent, now):
    if len(sent) < 20:
        return 0
    return max(0, sent[20] + 30 - now)

exercise_2(wait_s)
""",
            "so far the list does not go",
        ),
        (
            """
def wait_s(sent, now):
    if len(sent) < 20:
        return 0
    return 20

exercise_2(wait_s)
""",
            "expected 2, found 20",
        ),
        (
            """
def wait_s(sent, now):
    return max(0, sent[0] + 30 - now) if len(sent) >= 20 else 0

exercise_2(wait_s)
""",
            "you counted from the first of all messages",
        ),
        (
            """
def wait_s(sent, now):
    return max(0, sent[-1] + 30 - now) if len(sent) >= 20 else 0

exercise_2(wait_s)
""",
            "you counted from the last message",
        ),
        (
            """
def wait_s(sent, now):
    return sent[-20] + 30 - now if len(sent) >= 20 else 0

exercise_2(wait_s)
""",
            "Nobody waits less than 0 seconds",
        ),
        (
            """
def wait_s(sent, now):
    if len(sent) < 20:
        return 0
    return 30 - now - sent[-20]

exercise_2(wait_s)
""",
            "take now away from that",
        ),
        (
            """
def wait_s(sent, now):
    if len(sent) < 20:
        return 0
    return max(0, now - sent[-20])

exercise_2(wait_s)
""",
            "So old is the twentieth from the end",
        ),
        (
            """
def wait_s(sent, now):
    if len(sent) < 20:
        return 0

exercise_2(wait_s)
""",
            "(20 messages 10 seconds ago) gave nothing back",
        ),
    ],
    3: [
        (
            """
def backoff(failures):
    return min(60, 2 ** failures)

exercise_3(backoff)
""",
            "doubled once too often",
        ),
        (
            """
def backoff(failures):
    return 2 ** (failures - 1)

exercise_3(backoff)
""",
            "it ends at 60 seconds",
        ),
        (
            """
def backoff(failures):
    return min(60, 2 ^ (failures - 1))


exercise_3(backoff)
""",
            "in Python ^ is something else",
        ),
        (
            """
def backoff(failures):
    return min(60, 2 * failures)


exercise_3(backoff)
""",
            "you add 2 each time",
        ),
        (
            """
def backoff(failures):
    return max(60, 2 ** (failures - 1))


exercise_3(backoff)
""",
            "min the smaller one",
        ),
        (
            """
def backoff(failures):
    return min(60, failures)

exercise_3(backoff)
""",
            "twice the one before",
        ),
        (
            """
def backoff(failures):
    return min(60, failures ** 2)

exercise_3(backoff)
""",
            "a number times itself",
        ),
        (
            """
def backoff(failures):
    return min(60, 2 ** failures - 1)

exercise_3(backoff)
""",
            "taken off at the very end",
        ),
        (
            """
async def backoff(failures):
    return min(60, 2 ** (failures - 1))

exercise_3(backoff)
""",
            "write def without async",
        ),
    ],
}
