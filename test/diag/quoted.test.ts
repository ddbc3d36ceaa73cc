/** The commands, fields and values that messages quote in backticks exist. */
import { describe, expect, it } from "vitest";
import { wrongCommand } from "./quoted-commands.ts";
import { wrongField } from "./quoted-fields.ts";
import { allSnippets, pageSnippets, snippetsIn } from "./snippets.ts";

/** Words of others that look like fields. */
const foreign: Readonly<Record<string, string>> = {
  "DeletionPolicy: Retain": "an attribute in a CloudFormation template",
  "UpdateReplacePolicy: Retain": "an attribute in a CloudFormation template",
  "Effect: Allow": "a member of a policy document",
  "Effect: Deny": "a member of a policy document",
  "aws:": "the beginning of tag keys",
  "infra:": "the beginning of tag keys",
  "open:": "the beginning of a comment that an import writes",
  "{ a: 1, b: 2 }": "any mapping on one line",
  pendingAcceptance: "a state that EC2 reports",
};
/** The texts of `source`, which no user sees, cite AWS's API. */
const cites = /^kinds\/types\/overlay\//;

const snippets = allSnippets();

describe("the source", () => {
  it("quotes commands, fields and values", () => {
    expect(snippets.length).toBeGreaterThan(1000);
    expect(snippets.filter(({ text }) => text.startsWith("infra ")).length).toBeGreaterThan(100);
  });

  it("quotes only command lines that infra takes", () => {
    const lines = [...new Map(snippets.map((snippet) => [snippet.text, snippet])).values()];
    expect(lines.flatMap((snippet) => problem(snippet.at, snippet.text, wrongCommand(snippet)))).toEqual([]);
  });

  it("and the pages quote only command lines that infra takes", () => {
    // One is the title of an issue, not a command.
    const lines = pageSnippets().filter(({ text }) => text.startsWith("infra ") && text !== "infra approval: ENVIRONMENT");
    expect(lines.length).toBeGreaterThan(200);
    const problems = lines.flatMap(({ at, text, message }) => {
      const [line = ""] = text.split(/ > /); // a redirection is the shell's
      return problem(at, text, wrongCommand({ at, text: line, message }));
    });
    expect(problems).toEqual([]);
  });

  it("quotes only fields and values that a file may have", () => {
    const fields = snippets.filter(({ at, text }) => !Object.hasOwn(foreign, text) && !cites.test(at));
    expect(fields.flatMap((snippet) => problem(snippet.at, snippet.text, wrongField(snippet)))).toEqual([]);
  });

  it("quotes every exception", () => {
    expect(Object.keys(foreign).filter((text) => !snippets.some((snippet) => snippet.text === text))).toEqual([]);
  });
});

function problem(at: string, text: string, why: string | undefined): string[] {
  return why === undefined ? [] : [`${at}: ${text}: ${why}`];
}

describe("a message with a wrong snippet is found", () => {
  const [first] = snippetsIn("kinds/subnet/subnet.ts", "const hint = `${vpc.address}: write \\`cidr: ${range}\\``;");

  it("in a template, with a hole for each value", () => {
    expect(first).toEqual({ at: "kinds/subnet/subnet.ts:1", text: "cidr: □", message: "□: write `cidr: □`" });
    expect(wrongField(first!)).toBe("there is no field cidr");
  });

  it.each([
    ["infra aply ENV", "error: unknown command 'aply'"],
    ["infra plan ENV --yes", "error: unknown option '--yes'"],
    ["□ plan □ --yes", "error: unknown option '--yes'"],
    ["infra □ --nowhere", "error: unknown option '--nowhere'"],
    ["infra unlock ENV OTHER", "error: too many arguments for 'unlock'. Expected 1 argument but got 2."],
    ["infra sandbox start", "error: too many arguments for 'sandbox'. Expected 0 arguments but got 1."],
    [
      "infra iam-policy ENV --for destroy",
      "error: option '--for <purpose>' argument 'destroy' is invalid. Allowed choices are plan, apply, adopt, guard, import.",
    ],
    ["infra explain no-such-code", "there is nothing to explain under no-such-code"],
    ["infra explain --profile NAME", "explain does not use --profile"],
    ["apply --save", "error: unknown option '--save'"],
    ["--nowhere", "error: unknown option '--nowhere'"],
    ["infra apply ENV --plan FILE", undefined],
    ["infra apply --plan", undefined],
    ["infra explain unknown-ref", undefined],
    ["infra", undefined],
    ["aws sso login", undefined],
  ])("the command %s", (text, why) => {
    expect(wrongCommand({ at: "cli/x.ts:1", text, message: "" })).toBe(why);
  });

  it.each([
    ["kinds/vpc/check.ts:1", "cidr: 10.0.0.0/16", "there is no field cidr"],
    ["kinds/vpc/check.ts:1", "adopt: { name: NAME }", "adopt has no field name"],
    ["kinds/target-group/check.ts:1", "targetType: function", "targetType takes no function"],
    ["kinds/bucket/check.ts:1", "targetType: lambda", "there is no field targetType"],
    ["plan/safety.ts:1", "protect: never", "protect takes no never"],
    ["plan/safety.ts:1", "maxDisruption: all", "maxDisruption takes no all"],
    ["plan/safety.ts:1", "retained: true", "there is no field retained"],
    ["plan/safety.ts:1", "ignoreChange", "the format has no word ignoreChange"],
    ["plan/safety.ts:1", "ignoreChanges", undefined],
    ["kinds/types/refused.ts:1", "EmptyOnRemoval: true", "there is no field EmptyOnRemoval"],
    ["kinds/types/refused.ts:1", "BillingMode: PAY_PER_REQUEST", undefined],
    ["kinds/load-balancer/check.ts:1", "targetType: lambda", undefined],
    ["config/load.ts:1", "vpcs: { main: { cidrBlock: … } }", undefined],
    ["config/load.ts:1", "allowDestroy: { □: □ }", undefined],
  ])("in %s the field %s", (at, text, why) => {
    expect(wrongField({ at, text, message: "" })).toBe(why);
  });
});
