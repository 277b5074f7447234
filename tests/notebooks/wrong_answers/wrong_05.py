"""Wrong answers to the exercises of notebook 05, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = """
import smtplib

from lessons.exercises.ex_05 import exercise_1, exercise_2, exercise_3, exercise_4
"""
WARNING = "Write your name behind the address, as in /Ada."


def function(head, lines, number):
    name = head.partition("(")[0]
    body = "\n    ".join(lines)
    start = IMPORT if number == 1 else ""
    return f"{start}\ndef {head}:\n    {body}\n\nexercise_{number}({name})"


def deliver(*lines):
    return function("deliver(server, letter)", lines, 1)


def vote(*lines):
    return function("vote(store, voter, colour)", lines, 2)


def forecast(*lines):
    return function("forecast(store, city, ask)", lines, 3)


def guest(*lines):
    return function("guest(name, store, tell)", lines, 4)


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


SEND = ("try:", "    server.send_message(letter)")

WRONG = {
    1: [
        (deliver(*SEND, "except Exception:", "    return False", "return True"), "Refused only"),
        (deliver("server.send_message(letter)", "return True"), "put try: around it"),
        (
            deliver(
                'if letter["To"].endswith(".invalid"):',
                "    return False",
                "server.send_message(letter)",
                "return True",
            ),
            "dora@example.org was refused",
        ),
        (
            deliver(*SEND, "except smtplib.SMTPRecipientsRefused:", "    return False"),
            "for ann@example.org it gave None, expected True",
        ),
        (
            deliver(
                "try:",
                "    with smtplib.SMTP(mail.host, mail.port, 'localhost') as server:",
                "        server.send_message(letter)",
                "except smtplib.SMTPRecipientsRefused:",
                "    return False",
                "return True",
            ),
            "send it with the server that deliver is given",
        ),
        (
            deliver(*SEND, "except SMTPRecipientsRefused:", "    return False", "return True"),
            "it needs import smtplib above",
        ),
        (
            deliver(
                *SEND, "except smtplib.SMTPRecipientsRefused:", "    print(False)", "print(True)"
            ),
            "it printed 'True' and returned nothing",
        ),
        (
            deliver(
                *SEND,
                "except smtplib.SMTPRecipientsRefused:",
                '    return "False"',
                'return "True"',
            ),
            "True is a text here",
        ),
        (
            deliver(
                "try:",
                "    return server.send_message(letter)",
                "except smtplib.SMTPRecipientsRefused:",
                "    return False",
            ),
            "What send_message gives back tells nothing",
        ),
        (
            deliver("if server.send_message(letter):", "    return True", "return False"),
            "What send_message gives back tells nothing",
        ),
        (
            deliver(*SEND, 'except "SMTPRecipientsRefused":', "    return False", "return True"),
            "the name of an error, without quotes",
        ),
        (
            deliver(
                *SEND, "except smtplib.SMTPRecipientsRefused:", "    return false", "return true"
            ),
            "Python writes True with a capital letter",
        ),
    ],
    2: [
        (
            vote(
                'if store.get(f"voted:{voter}"):',
                "    return False",
                'store.set(f"voted:{voter}", True)',
                "store.increment(colour)",
                "return True",
            ),
            "add_once does both in one step",
        ),
        (
            vote(
                'if not store.add_once(f"voted:{voter}:{colour}"):',
                "    return False",
                "store.increment(colour)",
                "return True",
            ),
            "Ann voted again, for blue",
        ),
        (
            vote(
                "if not store.add_once(voter):",
                "    print(False)",
                "else:",
                "    store.increment(colour)",
                "    print(True)",
            ),
            "Write return in place of print",
        ),
        (
            vote(
                "if not store.add_once(colour):",
                "    return False",
                "store.increment(colour)",
                "return True",
            ),
            "mark the voter",
        ),
        (
            vote(
                "if not store.add_once(voter, colour):",
                "    return False",
                "store.increment(colour)",
                "return True",
            ),
            "give it one text only",
        ),
        (
            vote(
                "if not store.add_once(voter):",
                "    return False",
                'store.increment("colour")',
                "return True",
            ),
            "Its name is in colour",
        ),
        (
            vote(
                "if not store.add_once(voter, expires_s=60):",
                "    return False",
                "store.increment(colour)",
                "return True",
            ),
            "with expires_s=60 the mark is gone after 60 seconds",
        ),
        (
            vote(
                'if not store.add_once("voter"):',
                "    return False",
                "store.increment(colour)",
                "return True",
            ),
            "is it the voter's name",
        ),
        (
            vote(
                "if not store.add_once(voter):",
                "    return False",
                "store.set(colour, store.get(colour, 0) + 1)",
                "return True",
            ),
            "use store.increment",
        ),
    ],
    3: [
        (
            forecast(
                'known = store.get(f"weather:{city}")',
                "if known is None:",
                "    known = ask(city)",
                '    store.set(f"weather:{city}", known)',
                "return known",
            ),
            "without expires_s=60: then the weather would never change again",
        ),
        (
            forecast(
                "known = store.get(city)",
                "if known is None:",
                "    store.set(city, ask(city), expires_s=60)",
                "return known",
            ),
            "must be returned the first time, too",
        ),
        (
            forecast(
                "known = store.get(city)",
                "if known is None:",
                "    known = ask",
                "    store.set(city, known, expires_s=60)",
                "return known",
            ),
            "ask(city) calls it",
        ),
        (
            forecast(
                "if store.add_once(city, expires_s=60):",
                '    store.set(f"weather:{city}", ask(city), expires_s=60)',
                'return store.get(f"weather:{city}")',
            ),
            "a mark was left in the store before ask(city) had answered",
        ),
        (forecast("return ask(city)"), "asked for Oslo, Oslo, Rome, Oslo"),
        (
            forecast(
                "known = store.get(city)",
                "if known is None:",
                "    known = ask(city)",
                "store.set(city, known, expires_s=60)",
                "return known",
            ),
            "put into it again, for another minute",
        ),
        (
            forecast(
                "known = store.get(city)",
                "if known is None:",
                "    known = ask(city)",
                "    store.set(city, known, expires_s=3600)",
                "return known",
            ),
            "kept with expires_s=3600: a minute has 60 seconds",
        ),
        (
            forecast(
                'known = store.get("weather")',
                "if known is None:",
                "    known = ask(city)",
                '    store.set("weather", known, expires_s=60)',
                "return known",
            ),
            "for Rome it gave 'sunny in Oslo'",
        ),
        (
            forecast(
                'store.set(f"weather:{city}", ask(city), expires_s=60)',
                'print(store.get(f"weather:{city}"))',
            ),
            'forecast(store, "Oslo", ask) gave nothing back; it printed',
        ),
    ],
    4: [
        (guest_book(empty="if name is None:"), "expected 'Write your name behind the address"),
        (
            guest_book(
                count='number = store.get("visitors", 0) + 1; store.set("visitors", number)'
            ),
            "Cleo clicked eight times at once",
        ),
        (guest_book(new="if True:"), "tell was called 8 times"),
        (
            guest_book(new='if store.get(name) is None and store.set(name, "known") is None:'),
            "store.add_once finds out who is new",
        ),
        (guest_book(count="number = store.increment(name)"), "Bob came after Ada and read"),
        (guest_book(new='if store.add_once("name"):'), "is his name in the mark"),
        (
            guest_book(new="if is_new(store, name):").replace(
                "def guest",
                "def is_new(store, name):\n    return store.add_once(name)\n\n\ndef guest",
            ),
            "Only guest itself is deployed",
        ),
        (
            guest_book(new="if store.add_once(name, expires_s=1):"),
            "and the same person counts as new",
        ),
        (
            guest_book().replace('tell(f"{name} has', 'tell("Ada has'),
            "for Bob tell got 'Ada has signed the guest book.'",
        ),
        (guest_book(lost="except ValueError:"), "put try: and except OSError: around tell"),
        (
            guest_book().replace("        pass", '        return "sorry"'),
            "when tell fails, Cleo reads 'sorry'",
        ),
        (
            guest_book(greeting='return "hello {name}! You are visitor number {number}."'),
            "is there an f before the quotes?",
        ),
        (guest_book(greeting='print(f"hello {name}!")'), "Write return in place of print"),
        (
            guest(
                "known.append(name)",
                'if name == "":',
                f'    return "{WARNING}"',
                'tell(f"{name} has signed the guest book.")',
                'return f"hello {name}! You are visitor number {len(known)}."',
            ).replace("def guest", "known = []\n\ndef guest"),
            "somebody without a name was counted",
        ),
    ],
}
