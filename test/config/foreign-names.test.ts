/** Words of other tools lead to ours: the tables against the schemas, and every name of AWS on docs/names.md. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { foreignField, foreignSection } from "../../src/config/foreign-names.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind } from "../../src/kinds/kind.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The names of the fields of each mapping in a schema. */
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

test("there are more than 120", () => {
  const words = kinds.flatMap(({ foreign }) => [...(foreign?.kind ?? []), ...Object.keys(foreign?.fields ?? {})]);
  expect(new Set(words).size).toBeGreaterThan(120);
});

test("every name of AWS for a field leads to the field", () => {
  const page = readFileSync(new URL("../../docs/names.md", import.meta.url), "utf8");
  const wrong = kinds.flatMap((kind) => {
    const part = page.split(`\n## ${kind.name}\n`)[1]?.split("\n## ")[0] ?? "";
    return [
      ...part.matchAll(/^\| `(\w+)` \| (?:`\w+`: )?`(?!(?:Create|Delete|Put|Associate|Modify|Set)[A-Z]|Subscribe)(\w+)` \|$/gm),
    ].flatMap(([, field, aws]) => {
      const found = foreignField(aws!, own(kind), kind, false);
      if (aws === "CidrBlock") return []; // a VPC has a first and further ones, which AWS calls the same
      if (kind.name === "routeTable" && aws === "GatewayId") return []; // the target of a route, far more often than a propagating gateway
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
