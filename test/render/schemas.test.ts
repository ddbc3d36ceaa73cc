import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { outcomeJson } from "../../src/render/apply-summary.ts";
import { driftOf } from "../../src/render/drift.ts";
import { eventJson } from "../../src/render/events-json.ts";
import { driftJson, planJson, severalJson } from "../../src/render/plan-json.ts";
import { statusJson } from "../../src/render/status.ts";
import { validationJson } from "../../src/render/validation.ts";
import { planned } from "../plan/pure.ts";
import { agreeing, aimed, destroying, done, events, fought, fresh, mixed, partial, problems, status } from "./fixtures.ts";

const network = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const group = (rules: string) => `${network}securityGroups: { web: { vpc: main, ingress: [${rules}] } }\n`;
const open = "{ port: 22, source: 0.0.0.0/0 }";

const documents: Readonly<Record<string, readonly object[]>> = {
  plan: [
    planJson(mixed, problems),
    planJson(fresh),
    planJson(agreeing),
    planJson(aimed),
    planJson(destroying),
    planJson(fought, problems),
    // The kinds' facts about new rules and urgency stay inside.
    planJson(planned(group(open), group("{ port: 80, source: 0.0.0.0/0 }")).plan),
    planJson(planned("", group(open)).plan),
    severalJson([planJson(mixed), planJson(fresh)]),
  ],
  drift: [
    driftJson(driftOf(mixed), problems),
    driftJson(agreeing),
    driftJson(fought),
    severalJson([driftJson(mixed), driftJson(agreeing)]),
  ],
  validate: [
    validationJson([
      { name: "web", diagnostics: problems, resources: undefined },
      { name: "other", diagnostics: [], resources: 3 },
    ]),
  ],
  status: [statusJson(status), statusJson({ ...status, rows: [] })],
  apply: [outcomeJson(partial), outcomeJson(done)],
  "apply-event": events.map(eventJson),
};

function validator(name: string) {
  const schema = JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8")) as object;
  return new Ajv({ allErrors: true, strict: true, strictTypes: false }).compile(schema);
}

describe.each(Object.keys(documents))("schemas/%s.schema.json", (name) => {
  const validate = validator(name);

  test.each(documents[name]!.map((document, place) => [place, document] as const))("document %i fits", (_place, document) => {
    const isValid = validate(JSON.parse(JSON.stringify(document)));
    expect(validate.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });

  test("takes the addresses of AWS's types", () => {
    const typed = JSON.stringify(documents[name]).replaceAll(/"[A-Za-z]+\/(?=[\w-]+")/g, '"AWS::EC2::Subnet/');
    expect((JSON.parse(typed) as object[]).flatMap((document) => (validate(document) ? [] : validate.errors))).toEqual([]);
  });

  test("refuses unknown members", () => {
    expect(validate({ ...documents[name]![0]!, surprise: 1 })).toBe(false);
  });
});
