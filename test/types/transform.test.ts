/** How AWS rewrites values: compares the evaluation of the registry's expressions with JSONata itself. */
import { typeNames, typeSchema } from "@plumbline/aws-types";
import jsonata from "jsonata";
import { describe, expect, test } from "vitest";
import { factsOf } from "../../src/kinds/types/facts.ts";
import { sameProperty } from "../../src/kinds/types/same.ts";
import { isAnswer, transformOf } from "../../src/kinds/types/transform.ts";
import { unreadTransforms } from "./transforms.ts";

const expressions = typeNames().flatMap((type) =>
  Object.entries(typeSchema(type)!.propertyTransform ?? {}).map(([pointer, text]) => ({ type, pointer, text })),
);

/** Values in the forms that properties have: names, ARNs, versions, ranges, numbers. */
const values = ["Ab-C", "arn:aws:kms:eu-west-1:123456789012:key/1a-2b", "a/b/c", "8.0.36", "80-80", "x\n", 4, true];

describe("expressions of the registry", () => {
  test("all but a few are read", () => {
    const read = expressions.filter(({ pointer, text }) => transformOf(text, pointer.split("/").at(-1)!) !== undefined);
    expect(read.length).toBeGreaterThanOrEqual(160);
    expect(read.length / expressions.length).toBeGreaterThan(0.8);
  });

  test("an expression that is read answers as JSONata does", async () => {
    const differing: string[] = [];
    let compared = 0;
    for (const { type, pointer, text } of expressions) {
      const path = pointer.split("/").slice(2);
      const property = path.at(-1)!;
      const transform = transformOf(text, property);
      if (!transform || path.includes("*")) continue;
      for (const value of values) {
        const inside = { [property]: value };
        const whole =
          path.length === 1 ? inside : { [path[0]!]: path.slice(1, -1).reduceRight<object>((inner, one) => ({ [one]: inner }), inside) };
        for (const context of [inside, whole]) {
          const ours = transform(context);
          // For a missing value our result is empty, where JSONata leaves a gap in a text.
          if (ours.length !== text.split("$OR").length) continue;
          const theirs = await Promise.all(
            text.split("$OR").map((one) =>
              jsonata(one)
                .evaluate(context)
                .catch(() => undefined),
            ),
          );
          if (theirs.some((one) => one === undefined)) continue; // the expression needs a text, and the value is none
          compared++;
          if (JSON.stringify(ours) !== JSON.stringify(theirs.map(String))) differing.push(`${type}${pointer} ${text}: ${ours} | ${theirs}`);
        }
      }
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(500);
  });

  test.each<[expression: string, property: string, context: object, told: string, is: boolean]>([
    ["$lowercase(Engine)", "Engine", { Engine: "MySQL" }, "mysql", true],
    ["$lowercase(Engine)", "Engine", { Engine: "MySQL" }, "mariadb", false],
    ['$join([Name, "."]) $OR Name', "Name", { Name: "example.com" }, "example.com.", true],
    ['$join([$string(Version), ".*"])', "Version", { Version: "8.0" }, "8.0.36", true],
    ['$join([$string(Version), ".*"])', "Version", { Version: "8.0" }, "5.7.1", false],
    ['$split(Key, "/")[-1]', "Key", { Key: "arn:aws:kms:eu-west-1:1:key/ab" }, "ab", true],
    ["'custom:' & '' & Name", "Name", { Name: "team" }, "custom:team", true],
    ['$contains(Cost, ".") ? Cost : Cost & ".0"', "Cost", { Cost: "10" }, "10.0", true],
    ["$lowercase(Engine)", "Engine", {}, "undefined", false],
  ])("%s of %s in %j takes %s: %s", (expression, property, context, told, is) => {
    expect(isAnswer(transformOf(expression, property)!(context as Record<string, unknown>), told)).toBe(is);
  });

  test.each([
    ['"arn:aws[-a-z]*:kms:.*"', "KmsKeyId"], // any key equals any other
    ['$merge([{"Sid": StatementId}, Statement])', "Statement"],
    ["($a := Name; $a)", "Name"],
    ["Items[Kind='x'].Name", "Name"],
    ["Name ~> $lowercase", "Name"],
    ["$shell(Name)", "Name"],
    ["Name +", "Name"],
  ])("%s is not read", (expression, property) => expect(transformOf(expression, property)).toBeUndefined());
});

describe("comparison", () => {
  const facts = (type: string) => ({ facts: factsOf(type, typeSchema(type)!), unordered: [] });
  test.each<[type: string, property: string, wanted: unknown, have: unknown, is: boolean]>([
    [
      "AWS::Cassandra::Table",
      "PartitionKeyColumns",
      [{ ColumnName: "id", ColumnType: "TEXT" }],
      [{ ColumnName: "id", ColumnType: "text" }],
      true,
    ],
    [
      "AWS::Cassandra::Table",
      "PartitionKeyColumns",
      [{ ColumnName: "id", ColumnType: "TEXT" }],
      [{ ColumnName: "ID", ColumnType: "text" }],
      false,
    ],
    ["AWS::OpenSearchService::Domain", "EncryptionAtRestOptions", { KmsKeyId: "arn:aws:kms:eu-west-1:1:key/ab" }, { KmsKeyId: "ab" }, true],
    [
      "AWS::OpenSearchService::Domain",
      "EncryptionAtRestOptions",
      { KmsKeyId: "arn:aws:kms:eu-west-1:1:key/ab" },
      { KmsKeyId: "cd" },
      false,
    ],
    [
      "AWS::DynamoDB::Table",
      "SSESpecification",
      { KMSMasterKeyId: "ab" },
      { KMSMasterKeyId: "arn:aws:kms:eu-west-1:123456789012:key/ab" },
      true,
    ],
    ["AWS::ECS::Service", "TaskDefinition", "web:3", "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3", true],
    ["AWS::ECS::Service", "TaskDefinition", "web:3", "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:4", false],
    ["AWS::EFS::FileSystem", "KmsKeyId", "ab", "arn:aws:kms:eu-west-1:123456789012:key/cd", false],
  ])("%s.%s: %j and %j", (type, property, wanted, have, is) => {
    expect(sameProperty(facts(type), property, wanted, have)).toBe(is);
  });
});

test("the types with unread expressions are those that the page names", () => {
  const named = unreadTransforms();
  expect(named).toContainEqual({ type: "AWS::DirectConnect::Lag", properties: ["Location"] });
  expect(named.length).toBeLessThan(15);
});
