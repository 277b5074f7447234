"""Wrong answers to the exercises of "Polling by hand", as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

ROUND = """from lessons.exercises.polling_by_hand import exercise_1


def one_round(call, bot, offset):
    for update in call("getUpdates", offset=offset):
        message = update["message"]
        answer = bot.ask(message["text"], user=message["from"]["first_name"])
        if answer != "":
            call("sendMessage", chat_id=message["chat"]["id"], text=answer)
        offset = update["update_id"] + 1
    return offset


exercise_1(one_round)
"""
BODY = ROUND[ROUND.index("    for update") : ROUND.index("\n\nexercise_1")]


def changed(cell, before, after):
    assert before in cell
    return cell.replace(before, after)


WRONG = {
    1: {
        changed(ROUND, '["update_id"] + 1', '["update_id"]'): "one more",
        changed(
            ROUND, '        offset = update["', '            offset = update["'
        ): "Is offset = … inside the if?",
        changed(ROUND, '["chat"]["id"]', '["from"]["id"]'): "the group was not answered",
        changed(ROUND, "offset=offset", "offset"): "all else with its own name",
        changed(ROUND, ", offset=offset", ""): "somebody was answered again",
        changed(ROUND, '        if answer != "":\n    ', ""): "send only what is not empty",
        changed(ROUND, "    return offset\n", ""): "one_round returned nothing",
        changed(ROUND, "    return offset", "        return offset"): "only Ada was answered",
        changed(ROUND, "    return offset", "    return offset + 1"): "expected the last",
        changed(
            ROUND,
            '        offset = update["update_id"] + 1\n    return offset',
            "    return offset + 1",
        ): "plus 1",
        changed(ROUND, 'chat_id=message["chat"]["id"], ', ""): "Say into which chat",
        changed(ROUND, 'message["text"]', 'update["text"]'): "one step further inside",
        changed(
            ROUND, "    return offset", '    return update["update_id"] + 1'
        ): "a loop does nothing",
        changed(ROUND, 'message["from"]["first_name"]', '"Viktor"'): "Ada should have got",
        changed(ROUND, BODY, "    ...\n"): "write the lines of one_round instead of the dots",
        changed(ROUND, BODY, '    call("getUpdates", offset=offset)\n'): "returned nothing",
        changed(ROUND, 'message["from"]["first_name"]', 'message["user"]'): "Who wrote is",
        changed(ROUND, 'message["text"]', "message.text"): "A dictionary is asked with brackets",
        changed(ROUND, 'bot.ask(message["text"]', "bot.ask(text"): "A text needs quotes",
        changed(ROUND, 'message["chat"]["id"]', 'message["chat"]'): "Say into which chat",
        changed(ROUND, 'update["message"]', 'update[0]["message"]'): "has taken one update out",
        changed(ROUND, "offset=offset):", "offset=offset)[0]:"): "Let the loop go through all",
    },
}
