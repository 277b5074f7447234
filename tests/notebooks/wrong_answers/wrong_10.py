"""Wrong answers to the exercises of notebook 10, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

HEAD = "from lessons.exercises.ex_10 import exercise_2\n\n"

WRONG = {
    1: [
        (
            "lost_a_day = ...\ndef loss_a_day(limit_s, gap_s, messages_an_hour):\n    return 1\n"
            "exercise_1(lost_a_day)",
            "this cell defines loss_a_day, but lost_a_day is still the three dots",
        ),
    ],
    2: [
        (
            "my_sentences = ...\nmy_sentence = 'Telegram calls.'\nexercise_2(my_sentences)",
            "this cell defines my_sentence, but my_sentences is still the three dots",
        ),
        (
            "my_sentences = 'Telegram calls.'\nmy_sentences = ...\nexercise_2(my_sentences)",
            "the line my_sentences = ... is below your answer",
        ),
        (
            HEAD + 'exercise_2("Telegram calls my bot.")',
            "that is one sentence so far",
        ),
        (
            HEAD + 'exercise_2("My bot is great. It has many commands. It tells jokes.")',
            "who begins",
        ),
        (
            HEAD + 'exercise_2("Telegram calls my bot. Twitch calls it as well. I like both.")',
            "what a function does between two calls",
        ),
        (
            HEAD + 'exercise_2("Telegram calls my bot. A function sleeps. I pay for little.")',
            "what is lost",
        ),
        (
            HEAD + 'exercise_2("It calls. " * 9)',
            "9 sentences",
        ),
        (
            HEAD + 'exercise_2(["Telegram calls my bot", "Twitch does not"])',
            "in quotes",
        ),
        (
            HEAD + 'exercise_2("...")',
            "write your three sentences",
        ),
        (
            HEAD + "exercise_2()",
            "the last line must be exercise_2(my_sentences)",
        ),
    ],
}
