"""Wrong answers to the exercises of notebook 07, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

WRONG = {
    1: {
        """
program = enter

exercise_1(program, twitch)
""": "enter is only named here",
        """
program = "viktor,anna"

exercise_1(program, twitch)
""": "Put what enter returns here",
        """
enter(pair["access_token"], app.client_id, "viktor,anna")
program = None

exercise_1(program, twitch)
""": "expected what enter gives, found None",
        """
program = enter(pair["access_token"], app.client_id)

exercise_1(program, twitch)
""": "isn't in the channel anna",
        """
program = enter(pair["access_token"], app.client_id, "anna")

exercise_1(program, twitch)
""": "isn't in the channel viktor",
        """
program = enter(pair["access_token"], app.client_id, "hello_bot")

exercise_1(program, twitch)
""": "isn't in the channel viktor and anna",
        """
program = enter(borrowed.access_token, app.client_id, "viktor,anna")

exercise_1(program, twitch)
""": "it would speak as viktor",
        """
program = enter(pair["access_token"], app.client_id, "viktor")
enter(pair["access_token"], app.client_id, "anna")

exercise_1(program, twitch)
""": "enter stops the one before",
    },
}
