/** Words of other tools lead to ours: compares the tables with the schemas and with every AWS name in docs/names.md. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { foreignField, foreignSection } from "../../src/config/references/foreign-names.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { loadText } from "./write-files.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Returns the field names of each mapping in a schema. */
function mappingsIn({ properties, patternProperties = {}, items, anyOf = [] }: Schema): string[][] {
  const below = [...Object.values(properties ?? {}), ...Object.values(patternProperties), ...(items ? [items] : []), ...anyOf];
  return [...(properties ? [Object.keys(properties)] : []), ...below.flatMap(mappingsIn)];
}

const own = (kind: Kind) => Object.keys((kind.schema as Schema).properties ?? {});

test.each(kinds.map((kind) => [kind.name, kind] as const))("%s: every field that its table names exists", (_name, kind) => {
  const known = new Set(mappingsIn(kind.schema as Schema).flat());
  const named = Object.values(kind.foreign?.fields ?? {}).flatMap((fields) => fields.split(" "));
  expect(named.filter((field) => !known.has(field))).toEqual([]);
});

test("every value that a table names is a choice of its kind", () => {
  const wrong = kinds.flatMap(({ name, schema, foreign }) => {
    const text = JSON.stringify(schema);
    return Object.values(foreign?.values ?? {}).flatMap((value) => (text.includes(`"${value}"`) ? [] : [`${name}: ${value}`]));
  });
  expect(wrong).toEqual([]);
});

/** Returns the hints for an environment with these words: what to write instead. */
function ledBy(text: string): readonly string[] {
  const { diagnostics } = loadText(text, {}, { kinds });
  const general = /^(known here|`infra explain)/;
  return diagnostics.flatMap(({ code, summary, hint = "" }) =>
    code === "unknown-field" && hint !== "" && !general.test(hint) ? (/(?:field|key) "(.*)"/.exec(summary)?.slice(1) ?? []) : [],
  );
}

test("in files that are loaded, more than 120 names each of CloudFormation and of Terraform lead to a hint, and those of Kubernetes", () => {
  const page = readFileSync(new URL("../../docs/names.md", import.meta.url), "utf8");
  const led = new Set<string>();
  for (const kind of kinds) {
    const part = page.split(`\n## ${kind.name}\n`)[1]?.split("\n## ")[0] ?? "";
    const aws = [...part.matchAll(/^\| `\w+` \| (?:`\w+`: )?`(\w+)` \|$/gm)].map(([, name]) => name!);
    const words = [...aws, ...aws.map(snake), ...Object.keys(kind.foreign?.fields ?? {}), ...Object.keys(kind.foreign?.advice ?? {})];
    const unknown = [...new Set(words)].filter((word) => !own(kind).includes(word));
    for (const word of ledBy(`${kind.section}:\n  x:\n${unknown.map((word) => `    ${word}: 1\n`).join("")}`)) led.add(word);
    const called = (kind.foreign?.kind ?? []).filter((word) => word !== kind.section);
    for (const word of ledBy(called.map((word) => `${word}: {}\n`).join(""))) led.add(word);
  }
  const count = (form: RegExp) => [...led].filter((word) => form.test(word)).length;
  expect(count(/^[A-Z]/)).toBeGreaterThan(120);
  expect(count(/^[a-z0-9]+_/)).toBeGreaterThan(120);
  expect(
    ledBy("vpcs:\n  x:\n    metadata: 1\n    spec: 1\n    labels: 1\n    annotations: 1\n    kind: 1\n    replicas: 1\n"),
  ).toHaveLength(6);
});

test.each(kinds.map((kind) => [kind.name, kind] as const))(
  "%s: every word of its table leads to a field where one of its fields stands",
  (_name, kind) => {
    const places = mappingsIn(kind.schema as Schema);
    const dead = Object.keys(kind.foreign?.fields ?? {}).filter((word) => !places.some((known) => foreignField(word, known, kind, true)));
    expect(dead).toEqual([]);
  },
);

/** Returns `DBInstanceClass` in Terraform's form. */
function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

test("every name of AWS for a field leads to the field", () => {
  const page = readFileSync(new URL("../../docs/names.md", import.meta.url), "utf8");
  const wrong = kinds.flatMap((kind) => {
    const part = page.split(`\n## ${kind.name}\n`)[1]?.split("\n## ")[0] ?? "";
    return [
      ...part.matchAll(/^\| `(\w+)` \| (?:`\w+`: )?`(?!(?:Create|Delete|Put|Associate|Modify|Set)[A-Z]|Subscribe)(\w+)` \|$/gm),
    ].flatMap(([, field, aws]) => {
      const found = foreignField(aws!, own(kind), kind, false);
      if (aws === "CidrBlock") return []; // a VPC has a first range and further ones; AWS uses this name for both
      if (kind.name === "routeTable" && aws === "GatewayId") return []; // mostly the target of a route, seldom a propagating gateway
      return found && "fields" in found && found.fields.includes(field!) ? [] : [`${kind.name}: ${aws} is ${field}`];
    });
  });
  expect(wrong.join(", ")).toBe("");
});

describe("at the top", () => {
  test.each([
    ["aws_vpc", "vpcs"],
    ["AWS::EC2::VPC", "vpcs"],
    ["AWS::EC2::SecurityGroup", "securityGroups"],
    ["AWS::ElasticLoadBalancingV2::LoadBalancer", "loadBalancers"],
    ["AWS::RDS::DBInstance", "dbInstances"],
    ["AWS::EC2::EIP", "elasticIps"],
    ["aws_lb", "loadBalancers"],
    ["aws_lb_listener", "loadBalancers"],
    ["aws_eip", "elasticIps"],
    ["aws_db_instance", "dbInstances"],
    ["aws_security_group_rule", "securityGroups"],
    ["aws_cloudwatch_metric_alarm", "alarms"],
    ["aws_autoscaling_group", "autoScalingGroups"],
    ["alb", "loadBalancers"],
    ["asg", "autoScalingGroups"],
    ["rds", "dbInstances"],
    ["ec2", "instances"],
    ["sg", "securityGroups"],
    ["nlbs", "loadBalancers"],
    ["vars", "variables"],
    ["extend", "extends"],
    ["Parameters", "variables"],
    ["nonsense", undefined],
  ])("%s is %s", (word, section) => expect(foreignSection(word, kinds)).toBe(section));
});

describe("in a resource", () => {
  const kindOf = (name: string) => kinds.find((kind) => kind.name === name)!;
  test.each([
    ["instance", "vpc_security_group_ids", { fields: ["securityGroups"] }],
    ["instance", "ImageId", { fields: ["image"] }],
    ["securityGroup", "GroupDescription", { fields: ["description"] }],
    ["flowLog", "LogDestination", { fields: ["to"] }],
    ["subnet", "vpc_id", { fields: ["vpc"] }],
    ["subnet", "depends_on", { advice: "leave it out: the order follows from the references" }],
    ["subnet", "nonsense", undefined],
  ])("%s: %s", (name, word, wanted) => expect(foreignField(word, own(kindOf(name)), kindOf(name), false)).toEqual(wanted));

  test("GatewayId of a route is its target", () =>
    expect(foreignField("GatewayId", ["destination", "target"], kindOf("routeTable"), true)).toEqual({ fields: ["target"] }));
});
