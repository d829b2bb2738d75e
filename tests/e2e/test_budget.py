"""What the first visit of the finder costs on a bad network: bytes, requests, seconds, shifts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from .conftest import Phones, Visit, busy
from .servers import Town

pytestmark = pytest.mark.e2e

# A crowded cell in the rain: 50 KB/s, 300 ms there and back (facts on the front end, section 11).
BYTES_PER_S = 50 * 1024
LATENCY_MS = 300
MAX_BYTES, MAX_REQUESTS = 15 * 1024, 3
PAINTED_MS, USABLE_MS = 1_000, 1_500
TRIES = 3
# A hundredth of what is called good (0.1). Not zero: the network may cut a page within a word that
# stands in the middle of its button. That nothing else moves, wherever it is cut: test_stillness.
MAX_SHIFT = 0.001
NOTE_READY = """() => {
  window.shifts = 0;
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) window.shifts += one.value;
  }).observe({ type: 'layout-shift', buffered: true });
  const noted = new MutationObserver(() => {
    const ready = document.documentElement && document.documentElement.dataset.ready;
    if (ready && !window.usable) window.usable = performance.now();
  });
  noted.observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] });
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One first visit: milliseconds since the tap, bytes of bodies as sent, and the rest."""

    painted_ms: float
    usable_ms: float
    sent_bytes: int
    requests: int
    hosts: frozenset[str]
    shifts: float


def first_visit(visit: Visit, address: str) -> Cost:
    """What the visit costs, from the tap until the page has settled."""
    page = visit.page
    page.add_init_script(f"({NOTE_READY})()")
    session = visit.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": BYTES_PER_S,
        "uploadThroughput": BYTES_PER_S,
    }
    session.send("Network.emulateNetworkConditions", slow)
    page.goto(address)
    visit.ready()
    visit.quiet()
    answers = [one.response() for one in visit.requests if not one.url.startswith("data:")]
    seen = [answer for answer in answers if answer]
    painted = page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    return Cost(
        painted_ms=painted,
        usable_ms=page.evaluate("() => window.usable"),
        sent_bytes=sum(answer.request.sizes()["responseBodySize"] for answer in seen),
        requests=len(seen),
        hosts=frozenset(answer.url.split("/")[2] for answer in seen),
        shifts=page.evaluate("() => window.shifts"),
    )


@pytest.mark.parametrize("device", ["iPhone 13", "Pixel 7"])
def test_the_first_visit_is_small_quick_and_still(
    phones: Phones, town: Town, device: str, record_property: Callable[[str, object], None]
) -> None:
    costs = [first_visit(phones(town.url, device), "/shelters") for _ in range(TRIES)]
    # Bytes are the same each time; the machine's other work only ever adds time.
    worst = max(costs, key=lambda cost: cost.sent_bytes)
    painted = min(cost.painted_ms for cost in costs)
    usable = min(cost.usable_ms for cost in costs)
    shift = max(cost.shifts for cost in costs)
    record_property(f"{device}: bytes", worst.sent_bytes)
    record_property(f"{device}: painted ms", round(painted))
    record_property(f"{device}: usable ms", round(usable))
    print(  # noqa: T201 - the figures are what is asked for
        f"\n{device}: {worst.requests} requests, {worst.sent_bytes} bytes, "
        f"painted {painted:.0f} ms, usable {usable:.0f} ms, shift {shift:.5f}"
    )
    assert worst.requests <= MAX_REQUESTS
    assert worst.sent_bytes <= MAX_BYTES
    assert worst.hosts == {town.url.removeprefix("http://")}
    assert shift <= MAX_SHIFT
    slow = busy()
    assert painted <= PAINTED_MS * slow
    assert usable <= USABLE_MS * slow


def test_a_list_made_by_the_server_fits_the_same_budget(phones: Phones, town: Town) -> None:
    town.run("disaster", "start", "台風19号", "--hazard", "flood")
    cost = first_visit(phones(town.url), "/shelters?q=%E5%B7%9D%E7%AB%AF%E7%94%BA")
    assert cost.sent_bytes <= MAX_BYTES
    assert cost.shifts <= MAX_SHIFT


def test_a_refresh_costs_less_than_two_kilobytes(phones: Phones, town: Town) -> None:
    visit = phones(town.url)
    visit.page.clock.install()
    visit.open("/shelters?q=%E5%B7%9D%E7%AB%AF%E7%94%BA")
    visit.page.locator("label.hazard", has_text="津波").click()
    visit.quiet()
    before = len(visit.requests)
    with visit.page.expect_response("**/status.json"):
        visit.page.clock.fast_forward(61_000)
    visit.quiet()
    fresh = visit.requests[before:]
    assert [one.url.rsplit("/", 1)[1] for one in fresh] == ["status.json"]
    assert sum(one.sizes()["responseBodySize"] for one in fresh) <= 2 * 1024
