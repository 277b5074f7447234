"""The commands in README.md and deploy/ are true: each is run here, or says what it needs.

How a block is marked: tests/helpers/readme_commands.py, and CONTRIBUTING.md.
"""

import pytest
from her_bot import write_her_bot
from readme_commands import DOCUMENTS, Block, blocks, faults, fresh_course, run_line, walk


@pytest.fixture
def course(tmp_path):
    """A copy of the course in which the learner has made the bot of the notebooks."""
    course = fresh_course(tmp_path)
    write_her_bot(course)
    return course


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_block_is_run_or_says_what_it_needs(name):
    assert faults(DOCUMENTS[name]) == []


@pytest.mark.slow("commands from start to end")
@pytest.mark.parametrize(
    "name",
    [
        name
        for name, document in DOCUMENTS.items()
        if any(block.commands and not block.needs for block in blocks(document))
    ],
)
def test_the_commands_that_need_nothing_work_in_their_order(name, course):
    def run(block, line):
        return None if block.needs else run_line(line, course)

    assert walk(DOCUMENTS[name], run)


SAMPLE = """
```sh
python3 -c "print(6 * 7)"
```

It prints

   ```text
   4…
   ```

<!-- needs: the moon -->
```sh
land --on moon
```
"""


def test_the_reader_of_documents_sees_what_is_wrong_in_one(course):
    text, moon = Block("text", "4…\n", ""), Block("sh", "land --on moon\n", "the moon")
    assert blocks(SAMPLE)[1:] == [text, moon]
    assert faults(SAMPLE) == []
    assert "| more" in faults(SAMPLE.replace('7)"', '7)" | more'))[0]
    assert "one line" in faults(SAMPLE.replace("land --on", "land \\\n  --on"))[-1]
    assert "'land --on moon'" in faults(SAMPLE.replace("needs: the", "the"))[-1]
    assert "no kind" in faults(SAMPLE.replace("```text", "```"))[-1]
    assert faults(SAMPLE + "```sh\n")[0] == "a fence is not closed"

    def run(block, line):
        return None if block.needs else run_line(line, course)

    assert walk(SAMPLE, run) == 1
    with pytest.raises(AssertionError, match=r"and not\n *5"):
        walk(SAMPLE.replace("4…", "5…"), run)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        walk(SAMPLE.replace("6 * 7", "6 / 0"), run)
