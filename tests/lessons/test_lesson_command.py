"""``microbit-ml lesson``: the list, one lesson, pages, the teacher's notes, what is wrong."""

import json
import re
from types import SimpleNamespace

import lesson_checks
import pytest

from microbit_ml.cli import main
from microbit_ml.lessons import course
from microbit_ml.lessons.alone import run_alone
from microbit_ml.lessons.page_session import lesson_page
from microbit_ml.lessons.session import Session
from microbit_ml.lessons.straight import Silent
from microbit_ml.lessons.words import WORDS
from microbit_ml.recordings import Dataset, Recording, simulate


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """``cli("lesson", 1)`` -> (exit code, stdout, stderr), in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments):
        capsys.readouterr()
        code = main(["lesson", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def only_first(monkeypatch):
    """As if there were no other lesson than the first: a run of all takes a minute."""
    first = course.lesson_folders()[1]
    monkeypatch.setattr(course, "lesson_folders", lambda: {1: first})


def test_the_list_shows_titles_and_progress(cli, own_folder):
    own_folder.mkdir()
    lessons = {
        "1": {"step": 12, "done": True, "attempts": [1, 2, None, 1]},
        "2": {"step": 3, "done": False, "attempts": []},
    }
    (own_folder / "lessons.json").write_text(json.dumps({"version": 1, "lessons": lessons}))
    code, out, err = cli()
    assert code == 0
    for number in course.lesson_folders():
        assert course.load_lesson(number).about.title in out
    assert re.search(r"^1 .*done, 2 of 4 checks right first time$", out, re.MULTILINE)
    steps = course.load_lesson(2).n_steps
    assert re.search(rf"^2 .*step 3 of {steps}$", out, re.MULTILINE)
    assert "microbit-ml lesson 1" in err


def test_a_damaged_progress_file_is_reported(cli, own_folder):
    own_folder.mkdir()
    (own_folder / "lessons.json").write_text("{")
    code, _, err = cli()
    assert code == 0 and "is damaged" in err


def test_in_a_pipe_a_lesson_is_printed_whole(cli, own_folder):
    code, out, err = cli(1)
    assert code == 0 and err == ""
    steps = course.load_lesson(1).n_steps
    assert [int(n) for n in re.findall(rf"Step (\d+) of {steps}:", out)] == list(
        range(1, steps + 1)
    )
    assert "Right." in out and "Not yet" not in out
    assert not own_folder.exists()  # nobody made progress


def test_other_recordings_and_another_board(cli, tmp_path):
    data = simulate(["lift", "walking"], people=1, repeats=2, seed=3)
    data.save(tmp_path / "mine")
    code, out, _ = cli(1, "--data", "mine", "--board", "virtual:v2")
    assert code == 0
    assert "These are your own recordings." in out
    assert "shake: the liveliest" not in out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([11], 2, "There is no lesson 11. The lessons are 1 to "),
        ([0], 2, "There is no lesson 0."),
        (["two"], 2, "'two' is not the number of a lesson"),
        (["-1"], 2, "-1"),
        ([1, "-o", "page.html"], 2, "-o goes with --html"),
        (["--html", "-o", "a file"], 1, "a file is a file. All lessons go into a folder"),
        (["--html", "-o", "set/pages"], 1, "would write over set"),
        ([1, "--html", "-o", "set/page.html"], 1, "would write over set"),
        (["--teacher"], 2, "Say which lesson"),
        (["--again"], 2, "Use --again with a lesson only"),
        ([1, "--again", "--html"], 2, "Use --again with a lesson only"),
        ([1, "--glossary"], 2, "Use it alone"),
        ([1, "--data", "nowhere"], 1, "no file or folder nowhere"),
        ([1, "--board", "virtual:v3"], 2, "There are: virtual:v1, virtual:v2."),
        ([1, "--board", "COM99"], 1, "micro:bit"),
        ([1, "--html", "-o", "no/page.html"], 1, "no folder no"),
        ([1, 2], 2, "2"),
    ],
)
def test_what_is_wrong_is_explained(cli, tmp_path, arguments, code, message):
    (tmp_path / "a file").write_text("kept")
    if "set/" in str(arguments):
        simulate(["lift", "still"], people=1, repeats=2, seed=3).save(tmp_path / "set")
        arguments = [*arguments, "--data", "set"]
    got, out, err = cli(*arguments)
    assert got == code
    assert message in err and "Traceback" not in err
    assert out == ""


def test_recordings_that_nothing_can_be_learned_from_are_refused(cli, tmp_path):
    Dataset([Recording([[0, 0, 1]] * 50, "one", name=n) for n in "ab"]).save(tmp_path / "one")
    code, out, err = cli(1, "--data", "one")
    assert code == 1 and "at least two different gestures" in err and out == ""
    (tmp_path / "one" / "loose.csv").write_bytes((tmp_path / "one/one/a.csv").read_bytes())
    code, _, err = cli(1, "--data", "one")
    assert code == 1 and "1 recording without a label" in err


def test_without_a_board_the_error_offers_a_virtual_one(cli, monkeypatch):
    monkeypatch.setattr("microbit_ml.board.boards.find_boards", list)
    _, _, err = cli(1, "--board", "COM99")
    assert "There is no micro:bit 'COM99', and no other. Plug one in" in err
    assert "leave out --board" in err
    assert "predict" not in err


def test_the_glossary(cli, tmp_path):
    code, out, _ = cli("Glossary")
    assert code == 0 and out == cli("--glossary")[1]
    for word in WORDS:
        assert f"{word.name}: " in out and f"(Lesson {word.lesson})" in out
    assert max(map(len, out.splitlines())) <= 78
    assert cli("glossary", "--html", "-o", "words.html")[0] == 0
    page = (tmp_path / "words.html").read_text(encoding="utf-8")
    assert page.count("<dfn>") == len(WORDS)
    assert lesson_checks.invalid_html(page) == []


def test_a_page_folds_answers_away_and_links_words(cli, tmp_path):
    code, out, _ = cli(1, "--html")
    assert code == 0 and "lesson-01.html" in out
    page = (tmp_path / "lesson-01.html").read_text(encoding="utf-8")
    assert lesson_checks.invalid_html(page) == []
    open_text = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for secret in ("The answer: ", "the table pushes it up", "Find the row in the table"):
        assert secret in page and secret not in open_text
    assert "details.answer { display: none; }" in page  # on paper
    assert '<a href="#word-vector">vector</a>' in open_text
    assert '<dt id="word-vector"><dfn>vector</dfn></dt>' in page
    formula = page[page.index('<div class="formula">') :]
    assert "return counts / COUNTS_PER_G" in formula[: formula.index("</div>\n</div>") + 500]
    assert page.count("<svg") >= 3


def test_the_teachers_notes(cli, tmp_path):
    code, out, _ = cli(1, "--teacher")
    assert code == 0
    about = course.load_lesson(1).about
    flat = " ".join(out.split())
    for text in (*about.aims, *(text for _, text in about.plan), about.one_board, about.no_board):
        assert " ".join(text.replace("`", "").split()) in flat
    for claim, answer in about.misconceptions:
        assert f"“{claim}” {answer}" in flat
    asked = "Check: The board reads 1536 counts on one axis. How many g is that?\n"
    below = out[out.index(asked) + len(asked) :].splitlines()
    assert below[:3] == [
        "    Answer: 1.5 (give or take 0.01)", "    Why: 1536 / 1024 = 1.5 g.", "",
    ]  # fmt: skip
    assert "\n    Answer: b) a push from below\n    Why: The Earth pulls the board down" in out
    for line in out.splitlines():  # an answer begins a line of its own
        assert "Answer:" not in line or line.startswith("    Answer: ")
    assert cli(1, "--teacher", "--html", "-o", "t.html")[0] == 0
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert lesson_checks.invalid_html(page) == []
    assert about.aims[0] in page and "<details" not in page
    set_off = "<dt>Answer</dt>\n<dd><strong>1.5</strong> (give or take 0.01)</dd>\n"
    assert f"{set_off}<dt>Why</dt>\n<dd>1536 / 1024 = 1.5 g.</dd>" in page
    assert "<dt>Answer</dt>\n<dd><strong>b) a push from below</strong></dd>" in page
    assert "<dt>Worth trying</dt>" in page


def test_all_pages_into_a_folder(cli, tmp_path, only_first):
    code, out, _ = cli("--html", "--teacher", "-o", "pages")
    assert code == 0 and "1 lesson in pages" in out
    names = {path.name for path in (tmp_path / "pages").iterdir()}
    assert names == {"index.html", "glossary.html", "lesson-01.html", "lesson-01-teacher.html"}
    index = (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")
    assert lesson_checks.invalid_html(index) == []
    links = set(re.findall(r'href="([^#"]+)"', index))
    assert links == {"lesson-01.html", "glossary.html"}
    assert cli("--html")[0] == 0 and (tmp_path / "lessons" / "index.html").read_text() == index
    page = (tmp_path / "pages" / "lesson-01.html").read_text(encoding="utf-8")
    assert '<a href="index.html">All lessons</a>' in page
    assert "Next lesson" not in page


def test_at_a_terminal_the_pupil_is_asked(cli, monkeypatch, own_folder):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    asked = []

    def read(prompt=""):
        asked.append(prompt)
        return "q" if len(asked) > 2 else ""

    monkeypatch.setattr("builtins.input", read)
    code, out, _ = cli(1)
    assert code == 0 and "Stopped at step 1." in out
    assert "Your guess: " in asked
    assert json.loads((own_folder / "lessons.json").read_text())["lessons"]["1"]["step"] == 1


def test_a_lesson_that_is_run_by_itself_in_a_pipe(capsys, own_folder):
    lesson = course.load_lesson(6)
    with pytest.raises(SystemExit) as stop:
        run_alone(lambda: lesson)
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert f"Step {lesson.n_steps} of {lesson.n_steps}: " in out
    assert not own_folder.exists()


def test_every_column_of_a_page_has_a_head():
    about = course.load_lesson(1).about
    session = Session(about, Silent())
    session.table(["", "a"], [["x", 1]], "Some numbers")
    page = lesson_page(session)
    assert '<th scope="col">a</th>' in page
    assert not re.search(r"<th[^>]*></th>", page)
