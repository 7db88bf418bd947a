"""The queue of events."""

from types import SimpleNamespace

from microbit_ml.virtual.clock import VirtualClock


def make() -> tuple[VirtualClock, SimpleNamespace]:
    running = SimpleNamespace(executed=0, limits=[])
    running.end_after = running.limits.append
    return VirtualClock(running, ticks_per_instruction=14), running


def test_events_in_order_of_time_then_of_planning():
    clock, _ = make()
    seen: list[str] = []
    clock.at(20, lambda: seen.append("c"))
    clock.at(10, lambda: seen.append("a"))
    clock.at(10, lambda: seen.append("b"))
    late = clock.at(15, lambda: seen.append("never"))
    late.cancel()
    assert clock.next_event(latest=100) == 10
    clock.sleep_until(10)
    clock.run_due_events()
    assert seen == ["a", "b"]
    assert clock.next_event(latest=100) == 20
    assert clock.next_event(latest=12) == 12
    clock.sleep_until(30)
    clock.run_due_events()
    assert seen == ["a", "b", "c"]


def test_now_within_a_slice_and_its_new_limit():
    clock, running = make()
    clock.count_instructions(100)
    assert (clock.ticks, clock.instructions) == (1400, 100)
    running.executed = 3
    assert clock.now() == 1442
    clock.at(1400 + 15, lambda: None)
    assert running.limits[-1] == 2  # the second instruction reaches tick 1428


def test_reset_drops_what_the_chip_planned():
    clock, _ = make()
    seen: list[str] = []
    clock.after(5, lambda: seen.append("peripheral"))
    clock.after(5, lambda: seen.append("sensor"), of_chip=False)
    clock.drop_chip_events()
    clock.sleep_until(5)
    clock.run_due_events()
    assert seen == ["sensor"]
