import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ApplyEvent } from "../../src/apply/events.ts";
import { openDisplay } from "../../src/cli/terminal/progress-display.ts";
import type { Context } from "../../src/cli/context.ts";
import { harmless } from "../../src/diag/harmless.ts";
import { events } from "../render/fixtures.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function display(isTTY: boolean, env: Record<string, string> = {}) {
  const written: string[] = [];
  let now = 0;
  const stderr = { write: (text: string) => void written.push(harmless(text)), isTTY, columns: 100 };
  const narrow = (columns: number) => void (stderr.columns = columns);
  const context = { io: { stderr, env }, options: { verbose: false } } as unknown as Context;
  const clock = { now: () => now, sleep: () => Promise.resolve(), work: <T>(promise: Promise<T>) => promise };
  const shown = openDisplay(context, clock);
  const take = (event: ApplyEvent) => ((now = event.at), shown.take(event));
  const pass = (ms: number) => ((now += ms), vi.advanceTimersByTime(ms));
  return { written, take, pass, narrow, end: () => shown.end() };
}

test("a terminal's live lines are drawn over themselves, and taken away at the end", () => {
  const { written, take, end } = display(true, { NO_COLOR: "1" });
  for (const event of events) take(event);
  end();
  expect(screenOf(written)).toEqual([
    "  ✓ created vpc/web  vpc-0123456789abcdef0  (1.2 s)",
    "  AWS throttles CreateTags; going slower",
    "  ✗ failed creating natGateway/web: NatGatewayLimitExceeded: The maximum number of NAT gateways in",
    "    this zone has been reached.",
    "  · skipped routeTable/private (routes): natGateway/web failed",
    "  ✓ created subnet/web-a (attributes)  (1 min 2 s)",
  ]);
});

test("a line that stays is broken between words", () => {
  const { written, take, narrow, end } = display(true, { NO_COLOR: "1" });
  narrow(40);
  for (const event of events) take(event);
  end();
  expect(screenOf(written)).toEqual(expect.arrayContaining(["  · skipped routeTable/private", "    (routes): natGateway/web failed"]));
});

test("when the window becomes narrower, the rows that its lines then take are erased, and new lines fit", () => {
  const { written, take, pass, narrow, end } = display(true, { NO_COLOR: "1" });
  for (const event of events.slice(0, 6)) take(event);
  pass(120);
  const widths = written
    .at(-1)!
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/^.*\[J/, "").length); // oxlint-disable-line
  narrow(30);
  pass(120);
  end();
  const last = written.at(-2)!;
  expect(last.startsWith(`\u001b[${widths.reduce((sum, width) => sum + Math.ceil(width / 30), 0)}A\u001b[J`)).toBe(true);
  expect(
    last
      .slice(last.indexOf("J") + 1)
      .split("\n")
      .filter((line) => line.length > 29),
  ).toEqual([]);
});

test.each([
  ["a pipe", false, {}],
  ["CI", true, { CI: "true" }],
])("in %s: plain lines, and running steps every half minute", (_name, isTTY, env) => {
  const { written, take, pass, end } = display(isTTY, env);
  events.slice(0, 6).forEach(take);
  const before = written.length;
  pass(25_000);
  expect(written.slice(before).join("")).toBe("");
  pass(6_000);
  expect(written.slice(before).join("")).toContain("still creating natGateway/web after");
  end();
  expect(written.join("")).not.toContain("\u001b");
});

/** Returns the screen of a terminal after these writes. */
function screenOf(written: readonly string[]): string[] {
  const lines: string[] = [];
  for (const text of written) {
    // oxlint-disable-next-line no-control-regex -- the sequence that moves up and clears
    const up = /^\u001b\[(\d+)A\u001b\[J/.exec(text);
    if (up) lines.splice(lines.length - Number(up[1]));
    lines.push(
      ...text
        .slice(up?.[0].length ?? 0)
        .split("\n")
        .slice(0, -1),
    );
  }
  return lines;
}
