"""How long does an empty queue rest before the next look?"""

from devhost.backoff import Backoff


def without_jitter(low: float, high: float) -> float:
    return (low + high) / 2


def test_rests_double_from_a_tenth_of_a_second_to_the_cap() -> None:
    backoff = Backoff(cap_seconds=2.0, uniform=without_jitter)
    rests = [round(backoff.next_seconds(), 3) for _ in range(8)]
    assert rests == [0.1, 0.2, 0.3, 0.5, 0.9, 1.7, 2.0, 2.0]


def test_the_growing_part_varies_by_a_fifth() -> None:
    lowest, highest = (Backoff(60.0, uniform=pick) for pick in (min, max))
    pairs = [(round(lowest.next_seconds(), 3), round(highest.next_seconds(), 3)) for _ in range(4)]
    assert pairs == [(0.1, 0.1), (0.18, 0.22), (0.26, 0.34), (0.42, 0.58)]


def test_found_messages_start_the_row_anew() -> None:
    backoff = Backoff(0.3, uniform=without_jitter)
    for _ in range(5):
        backoff.next_seconds()
    backoff.found()
    assert [round(backoff.next_seconds(), 3) for _ in range(3)] == [0.1, 0.2, 0.3]
