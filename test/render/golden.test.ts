import { describe, expect, test } from "vitest";
import { endedLine, Progress } from "../../src/render/apply-progress.ts";
import { outcomeJson, outcomeText } from "../../src/render/apply-summary.ts";
import { driftOf } from "../../src/render/drift.ts";
import { driftText } from "../../src/render/drift-text.ts";
import { eventJson } from "../../src/render/events-json.ts";
import { annotation, grouped, outputLines } from "../../src/render/github.ts";
import { driftSuite, junit, outcomeSuite, validationSuite } from "../../src/render/junit.ts";
import { driftMarkdown, outcomeMarkdown, planMarkdown, validationMarkdown } from "../../src/render/markdown.ts";
import { wrap } from "../../src/render/layout.ts";
import { mermaidOf } from "../../src/render/mermaid.ts";
import { plain } from "../../src/render/painter.ts";
import { driftJson, planJson } from "../../src/render/plan-json.ts";
import { plainText } from "../../src/render/text-options.ts";
import { planText } from "../../src/render/plan-text.ts";
import { problemsOfDiagnostics, problemsOfDrift, sarif } from "../../src/render/sarif.ts";
import { statusJson, statusText } from "../../src/render/status.ts";
import { countSteps } from "../../src/render/summary.ts";
import { validationJson, validationText } from "../../src/render/validation.ts";
import {
  agreeing,
  aimed,
  at,
  destroying,
  done,
  events,
  fought,
  fresh,
  large,
  mixed,
  partial,
  problems,
  status,
  statusNow,
} from "./fixtures.ts";

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
const validated = [
  { name: "web", diagnostics: problems, resources: undefined },
  { name: "other", diagnostics: [], resources: 12 },
];
const drifted = driftOf(mixed);
const docs = {
  "unknown-ref": { title: "A reference to something that is not declared", cause: "It must be declared.", cure: "Correct the name." },
};

/** The output that users see, kept in golden/. `npx vitest run test/render -u` rewrites it, and the diff shows the changes for users. */
const goldens: Readonly<Record<string, () => string>> = {
  "plan-mixed.txt": () => planText(mixed),
  "plan-mixed-verbose.txt": () => planText(mixed, { ...plainText, verbose: true }),
  "plan-mixed-at-40-columns.txt": () => planText(mixed, { ...plainText, width: 40 }),
  "plan-mixed-narrow.txt": () => planText(mixed, { ...plainText, width: 60 }),
  "plan-new.txt": () => planText(fresh),
  "plan-agreeing.txt": () => planText(agreeing),
  "plan-aimed.txt": () => planText(aimed),
  "plan-aimed-changes.txt": () => planText({ ...aimed, steps: mixed.steps.slice(0, 1), notes: [] }),
  "plan-contested.txt": () => planText({ ...mixed, steps: mixed.steps.slice(0, 3), notes: [], contested: fought.contested! }),
  "plan-contested-alone.txt": () => planText(fought),
  "plan-contested.md": () => planMarkdown(fought),
  "drift-contested.txt": () => driftText(driftOf({ ...fought, steps: mixed.steps.slice(0, 3) })),
  "drift-contested.md": () => driftMarkdown(driftOf(fought)),
  "plan-destroy.txt": () => planText(destroying),
  "plan-nothing-to-destroy.txt": () => planText({ ...destroying, steps: [], objects: [] }),
  "plan-mixed.json": () => json(planJson(mixed, problems)),
  "plan-mixed.md": () => planMarkdown(mixed, problems),
  "plan-new.md": () => planMarkdown(fresh),
  "plan-agreeing.md": () => planMarkdown(agreeing),
  "plan-aimed.md": () => planMarkdown(aimed),
  "plan-aimed.json": () => json(planJson(aimed)),
  "plan-mixed.mmd": () => mermaidOf(mixed),
  "plan-large.mmd": () => mermaidOf(large(100)),
  "drift-mixed.txt": () => driftText(drifted),
  "drift-none.txt": () => driftText(driftOf(agreeing)),
  "drift-mixed.json": () => json(driftJson(drifted)),
  "drift-mixed.md": () => driftMarkdown(drifted),
  "drift-mixed.sarif": () => json(sarif([...problemsOfDiagnostics(problems, at(1)), ...problemsOfDrift(drifted, at(1))], "1.2.3", docs)),
  "drift-mixed.xml": () => junit([driftSuite(drifted), driftSuite(driftOf(agreeing))]),
  "validate.txt": () => validationText(validated),
  "validate.json": () => json(validationJson(validated)),
  "validate.md": () => validationMarkdown(validated),
  "validate.xml": () => junit(validated.map(({ name, diagnostics }) => validationSuite(name, diagnostics))),
  "apply-partial.txt": () => outcomeText(partial, "Run `infra apply web` again: nothing that is done will be done twice."),
  "apply-done.txt": () => outcomeText(done, ""),
  "apply-partial.json": () => json(outcomeJson(partial)),
  "apply-partial.md": () => outcomeMarkdown(mixed, partial),
  "apply-partial.xml": () => junit([outcomeSuite("lab/web", partial)]),
  "apply.jsonl": () => events.map((event) => `${JSON.stringify(eventJson(event))}\n`).join(""),
  "apply-log.txt": logOf,
  "apply-live.txt": liveOf,
  "status.txt": () => statusText(status, statusNow),
  "status-at-30-columns.txt": () => statusText(status, statusNow, { ...plainText, width: 30, wide: false }),
  "status-none.txt": () => statusText({ ...status, rows: [] }, statusNow),
  "status.json": () => json(statusJson(status)),
  "github.txt": () => problems.map(annotation).join("") + grouped("Plan of lab/web", "text\n") + outputLines(2, countSteps(mixed.steps)),
};

function logOf(): string {
  const progress = new Progress();
  return events
    .flatMap((event) => {
      progress.take(event);
      return [...progress.log(event), ...(event.type === "note" ? [...progress.standing(35_000), progress.sum(35_000)] : [])];
    })
    .join("\n");
}

function liveOf(): string {
  const progress = new Progress();
  const frames = events.map((event) => {
    progress.take(event);
    const ended = endedLine(event, plain);
    // The display breaks a line that is too long in the same way.
    return [...(ended === undefined ? [] : wrap(ended, 99, "", "    ")), ...progress.live(event.at + 500, 100, 12)].join("\n");
  });
  return frames.join("\n────\n");
}

describe("the output that users see", () => {
  test.each(Object.keys(goldens))("%s", async (name) => {
    await expect(goldens[name]!()).toMatchFileSnapshot(`golden/${name}`);
  });

  test.each(Object.keys(goldens).filter((name) => name.endsWith(".txt") && !["github.txt", "apply-log.txt"].includes(name)))(
    "%s is at most 100 columns wide",
    (name) => {
      for (const line of goldens[name]!().split("\n")) expect(line.length, line).toBeLessThanOrEqual(name.includes("narrow") ? 60 : 100);
    },
  );
});
