"""An exam runs a copy of a learner's bot, and the copy leaves the bot's own folder alone."""

from lessons.exams.program_copy import copy_program


def test_the_packages_of_node_js_are_there_and_lead_to_no_folder_of_the_learners(tmp_path):
    own, copy = tmp_path / "own", tmp_path / "copy"
    package = own / "node_modules/@grammy/grammy"
    package.mkdir(parents=True)
    (package / "index.js").write_text("exports.hello = 1;")
    (own / "bot.py").write_text("print(1)")
    copy.mkdir()
    copy_program(own, copy, ("bot.py",))
    assert (copy / "node_modules/@grammy/grammy/index.js").is_file()
    (copy / "node_modules/kept.txt").write_text("mine")
    assert (copy / "node_modules/..").resolve() == copy
    assert sorted(path.name for path in own.rglob("*") if path.is_file()) == ["bot.py", "index.js"]
