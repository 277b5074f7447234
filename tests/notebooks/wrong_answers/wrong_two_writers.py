"""Wrong answers to the exercises about two writers, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = "from lessons.exercises.two_writers import exercise_1, exercise_2, exercise_3\n"
WARNING = "Write your name after the address, as in /Ada."


def function(head, lines, number):
    name = head.partition("(")[0]
    body = "\n    ".join(lines)
    return f"{IMPORT}\n\ndef {head}:\n    {body}\n\nexercise_{number}({name})"


def vote(*lines):
    return function("vote(store, voter, color)", lines, 1)


def forecast(*lines):
    return function("forecast(store, city, ask)", lines, 2)


def guest(*lines):
    return function("guest(name, store, tell)", lines, 3)


def guest_book(
    empty='if name == "":',
    count='number = store.increment("visitors")',
    new='if store.add_once(f"guest:{name}"):',
    lost="except OSError:",
    greeting='return f"hello {name}! You are visitor number {number}."',
):
    return guest(
        empty,
        f'    return "{WARNING}"',
        count,
        new,
        "    try:",
        '        tell(f"{name} has signed the guest book.")',
        f"    {lost}",
        "        pass",
        greeting,
    )


WRONG = {
    1: {
        vote(
            'if store.get(f"voted:{voter}"):',
            "    return False",
            'store.set(f"voted:{voter}", True)',
            "store.increment(color)",
            "return True",
        ): "add_once does both in one step",
        vote(
            'if not store.add_once(f"voted:{voter}:{color}"):',
            "    return False",
            "store.increment(color)",
            "return True",
        ): "Ann voted again, for blue",
        vote(
            "if not store.add_once(voter):",
            "    print(False)",
            "else:",
            "    store.increment(color)",
            "    print(True)",
        ): "returned nothing; it printed",
        vote(
            "if not store.add_once(color):",
            "    return False",
            "store.increment(color)",
            "return True",
        ): "mark the voter",
        vote(
            "if not store.add_once(voter, color):",
            "    return False",
            "store.increment(color)",
            "return True",
        ): "give it one text only",
        vote(
            "if not store.add_once(voter):",
            "    return False",
            'store.increment("color")',
            "return True",
        ): "Its name is in color",
        vote(
            "if not store.add_once(voter, expires_s=60):",
            "    return False",
            "store.increment(color)",
            "return True",
        ): "with expires_s=60 the mark is gone after 60 seconds",
        vote(
            'if not store.add_once("voter"):',
            "    return False",
            "store.increment(color)",
            "return True",
        ): "is it the voter's name",
        vote(
            "if not store.add_once(voter):",
            "    return False",
            "store.set(color, store.get(color, 0) + 1)",
            "return True",
        ): "use store.increment",
    },
    2: {
        forecast(
            'known = store.get(f"weather:{city}")',
            "if known is None:",
            "    known = ask(city)",
            '    store.set(f"weather:{city}", known)',
            "return known",
        ): "without expires_s=60: then the weather would never change again",
        forecast(
            "known = store.get(city)",
            "if known is None:",
            "    store.set(city, ask(city), expires_s=60)",
            "return known",
        ): "must be returned the first time, too",
        forecast(
            "known = store.get(city)",
            "if known is None:",
            "    known = ask",
            "    store.set(city, known, expires_s=60)",
            "return known",
        ): "ask(city) calls it",
        forecast(
            "if store.add_once(city, expires_s=60):",
            '    store.set(f"weather:{city}", ask(city), expires_s=60)',
            'return store.get(f"weather:{city}")',
        ): "a mark was left in the store before ask(city) had answered",
        forecast("return ask(city)"): "asked for Oslo, Oslo, Rome, Oslo",
        forecast(
            "known = store.get(city)",
            "if known is None:",
            "    known = ask(city)",
            "store.set(city, known, expires_s=60)",
            "return known",
        ): "put into it again, for another minute",
        forecast(
            "known = store.get(city)",
            "if known is None:",
            "    known = ask(city)",
            "    store.set(city, known, expires_s=3600)",
            "return known",
        ): "kept with expires_s=3600: a minute has 60 seconds",
        forecast(
            'known = store.get("weather")',
            "if known is None:",
            "    known = ask(city)",
            '    store.set("weather", known, expires_s=60)',
            "return known",
        ): "for Rome it gave 'sunny in Oslo'",
        forecast(
            'store.set(f"weather:{city}", ask(city), expires_s=60)',
            'print(store.get(f"weather:{city}"))',
        ): 'forecast(store, "Oslo", ask) returned nothing; it printed',
    },
    3: {
        guest_book(empty="if name is None:"): "expected 'Write your name after the address",
        guest_book(
            count='number = store.get("visitors", 0) + 1; store.set("visitors", number)'
        ): "Cleo clicked eight times at once",
        guest_book(new="if True:"): "tell was called 8 times",
        guest_book(
            new='if store.get(name) is None and store.set(name, "known") is None:'
        ): "store.add_once finds out who is new",
        guest_book(count="number = store.increment(name)"): "Bob came after Ada and read",
        guest_book(new='if store.add_once("name"):'): "is his name in the mark",
        guest_book(new="if is_new(store, name):").replace(
            "def guest",
            "def is_new(store, name):\n    return store.add_once(name)\n\n\ndef guest",
        ): "Only guest itself is deployed",
        guest_book(new="if store.add_once(name, expires_s=1):"): "and the same person counts as "
        "new",
        guest_book().replace('tell(f"{name} has', 'tell("Ada has'): "for Bob tell got 'Ada has "
        "signed the guest book.'",
        guest_book(lost="except ValueError:"): "put try: and except OSError: around tell",
        guest_book().replace("        pass", '        return "sorry"'): "when tell fails, Cleo "
        "reads 'sorry'",
        guest_book(
            greeting='return "hello {name}! You are visitor number {number}."'
        ): "is there an f before the quotes?",
        guest_book(greeting='print(f"hello {name}!")'): "returned nothing; it printed",
        guest(
            "known.append(name)",
            'if name == "":',
            f'    return "{WARNING}"',
            'tell(f"{name} has signed the guest book.")',
            'return f"hello {name}! You are visitor number {len(known)}."',
        ).replace("def guest", "known = []\n\ndef guest"): "somebody without a name was counted",
    },
}
