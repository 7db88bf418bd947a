"""The example programs: each runs beside a model on virtual boards and does what its page says."""

import re
import shlex

import pytest
from documentation import EXAMPLES, blocks, links
from tiers import tiers

from microbit_ml import simulate, train
from microbit_ml.cli.app import parse
from microbit_ml.image.program import Program
from microbit_ml.targets import TARGETS
from microbit_ml.virtual import VirtualBoard
from microbit_ml.virtual.radio_medium import RadioMedium

INDEX = EXAMPLES / "index.md"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))
LONGEST = 40  # lines of a program
WALL_S = 600  # of real time, for a computer that does much else
GESTURES = ["shake", "circle", "tap", "wave", "lift", "twist"]  # of "simulate practice"
PERSON = 21  # one whom the models have not seen
MODELS = {"step_counter": "background", "fall_alarm": "background"}  # the others need gestures

# The display: letters, digits and faces.
DICE = {
    1: "..... ..... ..9.. ..... .....",
    2: "9.... ..... ..... ..... ....9",
    3: "9.... ..... ..9.. ..... ....9",
    4: "9...9 ..... ..... ..... 9...9",
    5: "9...9 ..... ..9.. ..... 9...9",
    6: "9...9 ..... 9...9 ..... 9...9",
}
HEADS, TAILS = "9..9. 9..9. 9999. 9..9. 9..9.", "99999 ..9.. ..9.. ..9.. ..9.."
HAPPY, SILLY = "..... .9.9. ..... 9...9 .999.", "9...9 ..... 99999 ..9.9 ..999"
SKULL, GHOST = ".999. 9.9.9 99999 .999. .999.", "99999 9.9.9 99999 99999 9.9.9"
ASLEEP, YES = "..... 99.99 ..... .999. .....", "..... ....9 ...9. 9.9.. .9..."
MEH, SAD = ".9.9. ..... ...9. ..9.. .9...", "..... .9.9. ..... .999. 9...9"
QUAVER = "..9.. ..99. ..9.9 999.. 999.."
QUESTION, DOT = ".999. 9...9 ..99. ..... ..9..", "..... ..... ..... .9... ....."
LEFT, RIGHT = "9.... 9.... 9.... 9.... 9999.", "999.. 9..9. 999.. 9..9. 9...9"
SMALL_L, SMALL_R = ".9... .9... .9... .9... ..99.", "..... .999. 9.... 9.... 9...."
TWO, SEVEN = "999.. ...9. .99.. 9.... 9999.", "99999 ...9. ..9.. .9... 9...."

every_program = pytest.mark.parametrize("path", PROGRAMS, ids=lambda one: one.stem)
on_both_boards = pytest.mark.parametrize("kind", tiers(["v1"], slow=["v2"]))


@pytest.fixture(scope="module")
def models():
    """What the pages make: practice data without and with --background, and its model."""
    return {
        "gestures": train(simulate(GESTURES, seed=0), seed=0),
        "background": train(simulate(seed=0), seed=0),
    }


@pytest.fixture(scope="module")
def person():
    """A recording of each gesture by the same person."""
    return {one.label: one for one in simulate(people=1, repeats=1, seed=PERSON)}


@pytest.fixture
def start(models, person):
    """``start(kind, name)``: a board in a hand, whose program waits for gestures."""
    hands = []

    def started(kind, name, medium=None, model=None):
        model = models[model or MODELS.get(name, "gestures")]
        text = model.hex(EXAMPLES / f"{name}.py")
        board = VirtualBoard(kind, text, medium=medium, seed=len(hands))
        hands.append(Hand(board, person))
        assert board.run_until(lambda: len(board.samples_read) > 5, 5, wall_limit_s=WALL_S), (
            board.serial
        )
        return hands[-1]

    yield started
    for hand in hands:
        hand.board.close()
        assert "Error" not in hand.board.serial


class Hand:
    """A hand that moves a board."""

    def __init__(self, board, person):
        self.board = board
        self._person = person

    def make(self, *gestures):
        for name in gestures:
            self.move(self._person[name].samples)

    def move(self, samples):
        """From rest, and then hold the last sample."""
        self.board.tilt(*(int(count) for count in samples[0]))
        self.run(1.3)  # the last gesture is over
        self.board.play(samples, wall_limit_s=WALL_S)
        self.run(0.4)

    def run(self, seconds):
        self.board.run(seconds, wall_limit_s=WALL_S)

    def press(self, button):
        self.board.press(button, wall_limit_s=WALL_S)
        self.run(0.3)

    @property
    def leds(self):
        return " ".join(self.board.show().split())

    @property
    def lines(self):
        return self.board.serial.split("\r\n")

    @property
    def tones(self):
        """The frequencies of all tones, without silence."""
        return [frequency for _, frequency in self.board.sounds if frequency]


@on_both_boards
def test_step_counter_counts_while_the_person_walks(start, kind):
    hand = start(kind, "step_counter")
    assert hand.leds == GHOST
    hand.make("shake")
    hand.press("a")
    assert hand.lines[-2] == "steps 0"
    (walk,) = simulate(["walking"], people=1, repeats=1, seed=5, seconds=14)
    hand.move(walk.samples)
    assert hand.leds in (LEFT, RIGHT)
    assert len(hand.tones) > 3  # the tune of step 20
    hand.press("a")
    steps = int(hand.lines[-2].split()[1])
    assert 20 <= steps <= steps_in(walk.samples)
    hand.press("b")
    assert hand.leds == GHOST
    hand.press("a")
    assert hand.lines[-2] == "steps 0"


def steps_in(samples):
    """The strong moments of a walk, with a softer one in between."""
    strength = (samples.astype(int) ** 2).sum(axis=1)
    steps, down = 0, False
    for one in strength:
        steps += one > 1250**2 and not down
        down = one > 1250**2 or (down and one >= 1000**2)
    return steps


@on_both_boards
def test_magic_wand_casts_a_spell_of_two_gestures(start, kind):
    hand = start(kind, "magic_wand")
    hand.make("shake")
    assert hand.leds == QUESTION
    assert not hand.tones
    hand.make("circle")
    assert hand.leds == ASLEEP
    assert hand.lines[:3] == ["shake", "circle", "A spell!"]
    hand.run(1.5)
    assert len(hand.tones) >= 3
    hand.make("circle")
    assert hand.leds == QUESTION
    hand.run(6)
    assert hand.leds == DOT
    hand.make("tap")  # too late for a spell
    assert hand.leds == QUESTION


@on_both_boards
def test_fall_alarm_calls_for_help_unless_the_person_moves(start, kind):
    hand = start(kind, "fall_alarm")
    hand.make("tap")
    assert hand.leds == QUESTION
    hand.make("wave")
    assert hand.leds == HAPPY
    hand.make("tap")
    hand.run(3)
    assert hand.leds == SEVEN
    assert hand.tones and not hand.board.radio_sent
    hand.run(7.3)
    assert hand.leds == SKULL
    assert hand.lines[-2] == "help"
    assert hand.tones[-1] == pytest.approx(1760, rel=0.05)
    assert hand.board.radio_sent
    assert all(data.endswith(b"help") for _, data in hand.board.radio_sent)
    hand.press("a")
    assert hand.leds == HAPPY
    known = [line for line in hand.lines if line not in ("help", "")]
    assert known == ["a knock", "all is well"] * 2


@on_both_boards
def test_dice_rolls_tosses_and_finds_the_average(start, kind):
    hand = start(kind, "dice")
    assert hand.leds == DICE[6]
    numbers = []
    for _ in range(3):
        hand.make("shake")
        hand.run(0.5)
        _, number, _, average = hand.lines[-2].split()
        numbers.append(int(number))
        assert hand.leds == DICE[numbers[-1]]
        assert float(average) == pytest.approx(sum(numbers) / len(numbers), abs=0.001)
    assert set(numbers) <= set(DICE)
    assert len(numbers) == 3
    hand.make("twist")
    assert hand.leds in (HEADS, TAILS)
    hand.press("a")
    assert hand.leds not in (HEADS, TAILS, *DICE.values())


@on_both_boards
def test_musical_gestures_plays_the_tune_that_was_composed(start, kind):
    hand = start(kind, "musical_gestures")
    assert hand.leds == QUAVER
    hand.make("tap", "wave", "lift")
    assert hand.leds == "999.. ..... ..... ..... ....."
    notes = [262, 330, 523]
    assert hand.tones == pytest.approx(notes, rel=0.02)
    hand.press("a")
    assert hand.lines[-2] == "speed 160"
    hand.make("shake")
    hand.run(1)
    assert hand.tones == pytest.approx(2 * notes, rel=0.02)
    hand.press("b")
    assert hand.leds == QUAVER


@on_both_boards
def test_compass_of_moods_changes_the_face(start, kind):
    hand = start(kind, "compass_of_moods")
    assert hand.leds == HAPPY
    hand.make("shake")
    assert hand.leds == SILLY
    hand.make("circle")
    assert hand.leds == HAPPY
    assert hand.lines[:3] == ["0 calm", "0 wild", "0 calm"]


@pytest.mark.parametrize("kind", tiers([], slow=["v2"], full=["v1"]))
def test_compass_of_moods_follows_the_compass(start, kind):
    hand = start(kind, "compass_of_moods")
    hand.board.press("a")
    hand.run(18)  # "TILT TO FILL SCREEN"
    for _ in range(2):
        for y in (-720, -450, 0, 450, 720):
            for x in (-720, -450, 0, 450, 720):
                z = -round((1024**2 - x**2 - y**2) ** 0.5)
                hand.board.tilt(x, y, z)
                hand.board.magnetic_field = (30 * x, 30 * y, 30 * z)
                hand.run(0.15)
    hand.board.tilt(0, 0, -1024)
    hand.run(1)
    for quarter, (x, y) in enumerate(((0, 1), (1, 0), (0, -1), (-1, 0))):  # where north is
        hand.board.magnetic_field = (20_000 * x, 20_000 * y, -25_000)
        hand.run(1.2)
        assert hand.lines[-2] == f"{quarter} calm"
        assert hand.leds == (HAPPY, MEH, ASLEEP, SAD)[quarter]


def duel(start, kinds):
    """Two boards in the same medium, each in a hand."""
    medium = RadioMedium()
    hands = [start(kind, "radio_duel", medium) for kind in kinds]

    def both(hand, *gestures, seconds=0.0):
        """One of them moves; then the other board has caught up."""
        hand.make(*gestures)
        hand.run(seconds)
        latest = max(one.board.time_us for one in hands)
        for one in hands:
            one.run((latest - one.board.time_us) / 1e6)
        for one in hands:
            one.run(0.2)

    both(hands[0])
    return (*hands, both)


@pytest.mark.parametrize(("one", "other"), tiers([("v1", "v1")], slow=[("v1", "v2")]))
def test_radio_duel_attack_is_parried_or_hits(start, one, other):
    ada, bob, make = duel(start, (one, other))
    make(ada, "shake")
    assert bob.leds == SMALL_L
    make(bob, "circle")
    assert bob.leds == YES
    make(ada, "lift")
    assert bob.leds == SMALL_R
    make(bob, seconds=4.1)
    assert bob.leds == TWO
    assert bob.tones == pytest.approx([150], rel=0.02)
    assert not ada.tones


@pytest.mark.parametrize(("one", "other"), tiers([], slow=[("v2", "v1")]))
def test_radio_duel_ends_when_one_board_has_lost(start, one, other):
    ada, bob, make = duel(start, (one, other))
    for _ in range(3):
        make(ada, "lift", seconds=5)
    assert bob.leds == SKULL
    assert ada.leds == HAPPY
    assert len(bob.tones) == 3


@on_both_boards
def test_data_logger_keeps_a_file_for_each_start(start, kind):
    hand = start(kind, "data_logger")
    hand.make("shake")
    hand.press("a")
    hand.make("lift")
    assert hand.leds == "999.. ..... ..... ..... ....."
    hand.press("b")
    assert hand.leds == HAPPY
    log = hand.board.files["log1.csv"].decode()
    head, *rows = log.splitlines()
    assert head == "time_ms,gesture"
    times, names = zip(*(row.split(",") for row in rows))
    assert names == ("shake", "mark", "lift")
    assert list(times) == sorted(times, key=int)
    assert hand.lines[:3] == rows
    assert "log1.csv has 3 rows" in hand.lines[3]
    hand.board.reset()
    hand.run(4)
    hand.press("b")
    assert hand.board.files["log1.csv"].decode() == log
    assert hand.board.files["log2.csv"] == b"time_ms,gesture\n"


@every_program
def test_it_starts_on_v1_beside_nine_gestures(start, path):
    hand = start("v1", path.stem, model="background")
    missed = hand.board.sensor_count.unread
    hand.run(1)
    assert hand.board.sensor_count.unread == missed  # it keeps up with the sensor


@every_program
def test_a_program_is_short_and_can_run_on_every_board(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST
    program = Program.read(path)
    assert program.imports_recognizer
    for kind in TARGETS:
        program.check([kind])


@every_program
def test_the_page_explains_every_line_of_its_program(path):
    page = path.with_suffix(".md")
    own = page.read_text("utf-8").count("\n", 0, page.read_text("utf-8").index("\n## Make it"))
    shown = [one for one in blocks(page) if one.language == "python" and one.line <= own]
    lines = [line for one in shown for line in one.text.splitlines() if line]
    assert lines == [line for line in path.read_text("utf-8").splitlines() if line]
    assert max(len(one.text.splitlines()) for one in shown) <= 12  # short blocks


@every_program
def test_the_page_has_the_commands_from_nothing_to_the_board(path):
    (commands,) = [one for one in blocks(path.with_suffix(".md")) if one.steps]
    lines = [line for line, _ in commands.steps]
    for line in lines:
        parse(shlex.split(line)[1:])
    background = " --background" if path.stem in MODELS else ""
    program = f"host/docs/examples/{path.name}"
    assert lines == [
        f"microbit-ml simulate practice{background}",
        "microbit-ml train practice",
        f"microbit-ml run {program} --model practice.mbml",
        f"microbit-ml flash practice.mbml --program {program}",
    ]


@every_program
def test_the_page_names_the_gestures_that_the_program_waits_for(path):
    lines = path.read_text("utf-8").splitlines()
    code = "\n".join(line for line in lines if " not in " not in line)
    known = [*GESTURES, "walking"]
    waited = {name for name in known if re.search(rf"'(\w+ )?{name}( \w+)?'", code)}
    introduction = path.with_suffix(".md").read_text("utf-8").split("\n## ")[0]
    assert {name for name in waited if f"**{name}**" in introduction} == waited


def test_the_index_has_every_example_with_its_gestures():
    rows = re.findall(r"^\| \[.*?\]\((\w+)\.md\) \|", INDEX.read_text("utf-8"), re.M)
    assert sorted(rows) == [path.stem for path in PROGRAMS]
    assert len(rows) == 8
    assert {f"{name}.md" for name in rows} <= set(links(INDEX))
