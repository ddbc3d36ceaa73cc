import { expect, test } from "vitest";
import { stoppedWaiting, type Outcome, type StepRef } from "../../src/apply/events.ts";
import { endedLine, Progress } from "../../src/render/apply-progress.ts";
import { outcomeSentence, outcomeText } from "../../src/render/apply-summary.ts";
import { plainText } from "../../src/render/text-options.ts";

const step = (address: string, stage: string, action: StepRef["action"] = "create"): StepRef => ({
  address,
  kind: address.split("/")[0]!,
  action,
  stage,
});

test("resources are counted, not their steps", () => {
  const progress = new Progress();
  progress.take({ type: "started", at: 0, steps: 3, resources: { "vpc/main": 2, "subnet/a": 1 } });
  progress.take({ type: "step-done", at: 1, step: step("vpc/main", "create"), ms: 1 });
  expect(progress.sum(1_000)).toBe("0 of 2 resources done, 1.0 s so far");
  progress.take({ type: "step-done", at: 1, step: step("vpc/main", "attributes"), ms: 1 });
  progress.take({ type: "step-skipped", at: 1, step: step("subnet/a", "create"), because: "x" });
  expect(progress.sum(1_000)).toBe("1 of 2 resources done, 1 skipped, 1.0 s so far");
});

test("a replacement shows what is created and what is deleted", () => {
  const progress = new Progress();
  const log = (stage: string) => progress.log({ type: "step-started", at: 0, step: step("instance/web", stage, "replace") });
  expect([log("create"), log("delete")].flat()).toEqual(["[0:00] creating new instance/web", "[0:00] deleting old instance/web"]);
});

test("a deletion by others that is waited for is told as such", () => {
  const of = step("natGateway/nat (nat-1, which AWS is deleting)", "delete", "wait");
  expect(new Progress().log({ type: "step-started", at: 0, step: of })).toEqual([
    "[0:00] waiting for the deletion of natGateway/nat (nat-1, which AWS is deleting)",
  ]);
  expect(endedLine({ type: "step-done", at: 0, step: of, ms: 0 }, plainText.paint)).toContain("waited for the deletion of natGateway/nat");
});

test("the line of a failed step has its reason, shortened on a terminal", () => {
  const failed = (code: string, message: string) =>
    ({ type: "step-failed", at: 0, step: step("natGateway/nat", "create"), ms: 0, failure: { code, message } }) as const;
  const gone = failed("failed", "natGateway nat-1 did not become ready: AWS shows it as deleting");
  const said = "failed creating natGateway/nat: natGateway nat-1 did not become ready: AWS shows it as deleting";
  expect([endedLine(gone, plainText.paint), ...new Progress().log(gone)]).toEqual([`  ✗ ${said}`, `[0:00] ${said}`]);
  const long = failed("UnauthorizedOperation", `You are not authorized.\nEncoded: ${"x".repeat(900)}`);
  expect(endedLine(long, plainText.paint)).toMatch(/: UnauthorizedOperation: You are not authorized\. Encoded: x{100,120}…$/);
});

test("a wait is shown without the parts of an ARN that nobody reads", () => {
  const progress = new Progress();
  const what = "loadBalancer arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188";
  progress.take({ type: "step-waiting", at: 0, step: step("loadBalancer/web", "create"), what, typical: 180 });
  expect(progress.live(0, 200, 5)[0]).toContain("waits for loadBalancer loadbalancer/app/web/50dc6c495c0c9188, typically 3 min");
});

test("where a line is too long for the terminal, the duration stands before the awaited object", () => {
  const progress = new Progress();
  const what = "instance i-0b3648087d710d383 to be ready";
  progress.take({ type: "step-waiting", at: 0, step: step("instance/web-a", "create"), what, typical: 30 });
  const [line = ""] = progress.live(0, 80, 5);
  expect(line.length).toBeLessThan(80);
  expect(line).toMatch(/ typically 30 s, waits for instance i-0b3\w*…$/);
});

const done: Outcome = {
  status: "done",
  done: [
    step("vpc/a", "create"),
    step("vpc/a", "attributes"),
    step("instance/b", "create", "replace"),
    step("subnet/c", "delete", "delete"),
  ],
  failed: [],
  skipped: [],
  ms: 3_000,
};
const failure = { code: "X", message: "y" };
const partial: Outcome = {
  ...done,
  status: "partial",
  failed: [{ step: step("vpc/a", "attributes"), failure }],
  skipped: [{ step: step("topic/d", "create"), because: "vpc/a failed" }],
};

test.each([
  [done, "Apply complete: 1 created, 0 changed, 1 replaced, 1 destroyed in 3.0 s."],
  [{ ...done, done: [] }, "Apply complete: 0 created, 0 changed, 0 destroyed."],
  [partial, "Applied in part: 2 of 4 resources done, 1 failed, 1 skipped, in 3.0 s."],
] as const)("an apply ends with what it came to, in resources", (outcome, sentence) => expect(outcomeSentence(outcome)).toBe(sentence));

test("a resource stands in one list of the summary, and the counts are those of its last sentence", () => {
  const outcome: Outcome = {
    status: "stopped",
    done: [step("vpc/a", "create")],
    failed: [
      { step: step("vpc/b", "attributes"), failure },
      { step: step("vpc/b", "tags"), failure },
    ],
    skipped: [
      { step: step("vpc/b", "more"), because: "vpc/b failed" },
      { step: step("subnet/b", "create"), because: "vpc/b failed" },
      { step: step("natGateway/c", "create"), because: stoppedWaiting },
      { step: step("natGateway/c", "tags"), because: "natGateway/c was not finished" },
      { step: step("routeTable/c", "routes"), because: "natGateway/c was not finished" },
      { step: step("routeTable/c", "associations"), because: "natGateway/c was not finished" },
    ],
    ms: 3_000,
  };
  expect(outcomeText(outcome, "Run again.").split("\n").slice(-13)).toMatchInlineSnapshot(`
    [
      "  create vpc/b (tags)",
      "      X: y",
      "",
      "Not finished (1)",
      "  natGateway/c: the run was stopped while it waited; the next run continues it",
      "",
      "Skipped (2)",
      "  subnet/b: vpc/b failed",
      "  routeTable/c (routes, associations): natGateway/c was not finished",
      "",
      "Stopped: 1 of 5 resources done, 1 failed, 1 not finished, 2 skipped, in 3.0 s.",
      "Run again.",
      "",
    ]
  `);
});

test("an apply ends with the outputs that people need next", () => {
  const text = outcomeText(done, "", plainText, {
    outputs: [{ name: "loadBalancer/web.dnsName", value: "web-1.eu-west-1.elb.amazonaws.com" }],
  });
  expect(text).toMatch(/\n\nOutputs\n {2}loadBalancer\/web\.dnsName {2}web-1\.eu-west-1\.elb\.amazonaws\.com\n$/);
});
