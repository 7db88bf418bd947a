"""README and host/docs: short, linked, and every command, program and Python example works."""

import re
import shlex

import pytest
from documentation import DOCS, EXAMPLES, PAGES, README, TOP, anchors, blocks, links, name_of
from tiers import tiers

from microbit_ml import VirtualBoard, simulate, train
from microbit_ml.cli.app import parse
from microbit_ml.cli.commands import COMMANDS
from microbit_ml.lessons.course import all_lessons

every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)
PARTS = ("walk", "how-to", "reference", "explanation", "examples")
WALK = ("demo", "simulate", "train", "report", "virtual", "run")
PYTHON_PAGES = [
    page
    for page in PAGES
    if page.parent != EXAMPLES  # programs for the board: tests/docs_examples
    and any(b.language == "python" and not b.mark for b in blocks(page))
]
PROGRAMS = [b for page in PAGES for b in blocks(page) if b.mark == "board"]


def test_the_readme_is_short():
    assert len(README.read_bytes()) < 8000


def test_the_readme_shows_the_six_commands_of_the_walk_in_order():
    (walk,) = [block for block in blocks(README) if block.mark == "walk"]
    assert [line.split()[1] for line, _ in walk.steps] == [*WALK]


@every_page
def test_every_link_leads_somewhere(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() and target.name == "CONTRIBUTING.md":
            continue  # an sdist leaves it out
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_links_every_page():
    index = DOCS / "index.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(index)}
    assert {page for page in PAGES if page != index} <= linked
    assert {page.parent.name for page in PAGES} == {*PARTS, "docs", TOP.name}


@every_page
def test_every_block_is_of_a_kind_that_is_tested(page):
    for block in blocks(page):
        kinds = {"text": ("", "walk", "run", "run wand"), "python": ("", "board")}
        kinds |= {"sh": ("demo", "test"), "powershell": ("",)}
        assert block.mark in kinds[block.language], f"{page}:{block.line}"
    assert page.read_text("utf-8").count("```") == 2 * len(blocks(page))


@every_page
def test_every_command_parses(page):
    lines = [line for block in blocks(page) for line, _ in block.steps]
    lines += re.findall(r"`(microbit-ml [^`]*)`", page.read_text("utf-8"))
    for line in lines:
        program, *words = shlex.split(line)
        assert program in ("microbit-ml", "cat"), line
        if program == "microbit-ml" and "VERB" not in words and "--help" not in words:
            parse(words)


def test_every_verb_is_in_the_reference():
    text = (DOCS / "reference" / "verbs.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", text, re.M)
    assert sorted(rows) == sorted(command.name for command in COMMANDS)


@pytest.mark.parametrize("page", PYTHON_PAGES, ids=name_of)
def test_the_python_examples_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks(page):
        if block.language == "python" and not block.mark:
            exec(compile(block.text, f"{page.name}, line {block.line}", "exec"), names)
    assert capsys.readouterr().out.strip()


@pytest.fixture(scope="module")
def model():
    labels = ["circle", "shake", "tap", "twist"]
    return train(simulate(labels, people=4, repeats=3, seed=0))


@pytest.mark.parametrize("kind", tiers(["v2"], slow=["v1"]))
@pytest.mark.parametrize("block", PROGRAMS, ids=lambda one: f"{name_of(one.page)}-{one.line}")
def test_the_programs_for_the_board_react_to_a_gesture(block, kind, model, tmp_path):
    program = tmp_path / "game.py"
    program.write_text(block.text)
    name = "circle" if "circle" in block.text else "shake"
    with VirtualBoard(kind, model.hex(program)) as board:
        board.run_until(lambda: len(board.samples_read) > 50, 8, wall_limit_s=60)
        before = board.show()
        moved = next(iter(simulate([name], people=1, repeats=1, seed=9)))
        board.play(moved.samples, wall_limit_s=60)
        board.run(0.3)
        assert "Traceback" not in board.serial
        assert board.show() != before, board.serial
        if "Image.HAPPY" in block.text:
            assert board.show() == ".....\n.9.9.\n.....\n9...9\n.999.", board.serial


def test_the_program_of_the_walk_is_the_same_on_each_page():
    texts = {b.text for b in PROGRAMS if "'circle'" in b.text}
    assert len(texts) == 1


def test_the_table_of_lessons_is_the_lessons():
    rows = re.findall(r"^\| (\d+) (.*?) \| .* \| (.*?) \|$", README.read_text("utf-8"), re.M)
    lessons = [lesson.about for lesson in all_lessons()]
    assert [(int(n), title) for n, title, _ in rows] == [(a.number, a.title) for a in lessons]
    for _, _, paths in rows:
        for path in re.findall(r"`(.*?)`", paths):
            assert (TOP / "host" / "microbit_ml" / path).exists() or (TOP / path).exists(), path


@every_page
def test_paths_and_tests_that_are_named_are_there(page):
    text = page.read_text("utf-8")
    for path in re.findall(r"(?<![\w/])((?:tests|host|firmware)/[\w/.-]*[\w/])", text):
        assert (TOP / path).exists(), path
    for path in re.findall(r"`([a-z]+/[a-z_/]*(?:\.py)?)`", text):
        assert (TOP / "host" / "microbit_ml" / path).exists() or (TOP / path).exists(), path


def test_each_measured_figure_has_its_command_and_its_date():
    text = (DOCS / "explanation" / "measured-figures.md").read_text("utf-8")
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        assert "`python " in section, section
        has_figures = "No figure of it is" not in section
        assert bool(re.search(r"\d+ [A-Z][a-z]+ 20\d\d", section)) == has_figures, section
