import { expect, test } from "vitest";
import { terminalSvg } from "../../bench/terminal-svg.ts";

test("a recording is a picture of the lines, with their colours and nothing that a reader's browser would run", () => {
  const svg = terminalSvg(
    ["$ infra plan <dev>", "\u001b[32m+ vpc/main\u001b[39m  \u001b[2mline 3\u001b[22m", "", "\u001b[1mPlan\u001b[22m"],
    "a plan",
  );
  expect(svg).toContain("$ infra plan &lt;dev&gt;</text>");
  expect(svg).toMatch(/<text x="16\.0" y="[\d.]+" textLength="78\.3" fill="#8ddb8c">\+ vpc\/main<\/text>/);
  expect(svg).toMatch(/opacity="0\.6">line 3<\/text>/);
  expect(svg).toMatch(/font-weight="bold">Plan<\/text>/);
  expect(svg).not.toContain("\u001b");
});
