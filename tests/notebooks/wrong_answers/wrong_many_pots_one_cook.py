"""Wrong answers to the exercises of "Many pots, one cook", as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = "from lessons.exercises.many_pots_one_cook import exercise_1\n"

WRONG = {
    1: {
        IMPORT
        + """
async def ask_all(friends, question):
    answers = []
    for friend in friends:
        answers.append(await friend(question))
    return answers

exercise_1(ask_all)
""": "waited for one answer before it asked the next friend",
        IMPORT
        + """
async def ask_all(friends, question):
    return [friend(question) for friend in friends]

exercise_1(ask_all)
""": "await is missing",
        IMPORT
        + """
def ask_all(friends, question):
    return [friend(question) for friend in friends]

exercise_1(ask_all)
""": "begin it with async def",
        IMPORT
        + """
async def ask_all(friends, question):
    return asyncio.gather(*[friend(question) for friend in friends])


exercise_1(ask_all)
""": "await is missing before asyncio.gather",
        IMPORT
        + """
async def ask_all(friends, question):
    plans = [friend(question) for friend in friends]
    return await asyncio.gather(plans)


exercise_1(ask_all)
""": "A star hands over what is in it",
        IMPORT
        + """
async def ask_all(friends, question):
    return await asyncio.gather(*friends)


exercise_1(ask_all)
""": "gather wants plans",
        IMPORT
        + """
async def ask_all(friends, question):
    return await asyncio.gather(friend(question) for friend in friends)


exercise_1(ask_all)
""": "in square brackets",
        IMPORT
        + """
async def ask_all(friends, question):
    plans = [friend[question] for friend in friends]
    return await asyncio.gather(*plans)


exercise_1(ask_all)
""": "To call a function, use round brackets",
        IMPORT
        + """
async def ask_all(friends, question):
    plans = []
    for friend in friends:
        plans.append(friends(question))
    return await asyncio.gather(*plans)

exercise_1(ask_all)
""": "Call one of them",
        IMPORT
        + """
async def ask_all(friends, question):
    plans = [friend(question) for friend in friends]
    return await gather(*plans)

exercise_1(ask_all)
""": "It belongs to asyncio",
        IMPORT
        + """
async def ask_all(friends, question):
    plans = []
    for friend in friends:
        plans.append(friend(question))
        return await asyncio.gather(*plans)

exercise_1(ask_all)
""": "return is inside the loop",
    },
}
