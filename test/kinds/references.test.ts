import { processorTime } from "../support/processor.ts";
import type { TSchema } from "typebox";
import * as Type from "typebox";
import { describe, expect, test } from "vitest";
import { image, list, map, object, optional, ref, refOr, string, zone } from "../../src/resource/fields.ts";
import { fieldOf, mapAnnotated, mapRefs, refsOf, stageOf, usableStage } from "../../src/resource/references.ts";
import { toyKinds } from "../config/toy-kinds.ts";

const schema = object({
  vpc: ref("vpc", ""),
  plain: optional(string("")),
  nested: optional(object({ deep: object({ subnet: ref("subnet", ""), other: string("") }) })),
  many: optional(list(ref("subnet", ""), "")),
  rules: optional(list(object({ port: string(""), source: refOr("^[0-9.]+/[0-9]+$", ["group", "list"], "") }), "")),
  named: optional(map(object({ forward: optional(ref("target", "")) }), "")),
  either: optional(
    Type.Unsafe({
      anyOf: [
        object({ forward: ref("target", "") }),
        object({ fixed: string("") }),
        { type: "array", items: ref("target", "") },
        ref("all", ""),
        { type: "integer" },
      ],
    } as unknown as TSchema),
  ),
  image: optional(image("")),
  zone: optional(zone("")),
});

test("finds references wherever they stand, with the kinds that fit", () => {
  const spec = {
    vpc: "vpc/a",
    plain: "vpc/not-a-ref",
    nested: { deep: { subnet: "subnet/a", other: "x" } },
    many: ["subnet/a", { tags: { Name: "x" } }],
    rules: [
      { port: "1", source: "10.0.0.0/8" },
      { port: "2", source: "group/a" },
    ],
    named: { one: { forward: "target/a" }, two: {} },
    either: { forward: "target/b" },
  };
  expect(refsOf(schema, spec)).toEqual([
    { path: "vpc", value: "vpc/a", allowedKinds: ["vpc"] },
    { path: "nested.deep.subnet", value: "subnet/a", allowedKinds: ["subnet"] },
    { path: "many[0]", value: "subnet/a", allowedKinds: ["subnet"] },
    { path: "many[1]", value: { tags: { Name: "x" } }, allowedKinds: ["subnet"] },
    { path: "rules[0].source", value: "10.0.0.0/8", allowedKinds: ["group", "list"] },
    { path: "rules[1].source", value: "group/a", allowedKinds: ["group", "list"] },
    { path: "named.one.forward", value: "target/a", allowedKinds: ["target"] },
    { path: "either.forward", value: "target/b", allowedKinds: ["target"] },
  ]);
});

describe("unions take the branch that the value fits", () => {
  const pathsIn = (either: unknown) => refsOf(schema, { either }).map(({ path, allowedKinds }) => `${path}: ${allowedKinds.join()}`);
  test.each([
    [{ forward: "target/a" }, ["either.forward: target"]],
    [{ fixed: "x" }, []],
    [
      ["target/a", "target/b"],
      ["either[0]: target", "either[1]: target"],
    ],
    ["all/a", ["either: all"]],
    [{ tags: { a: "b" } }, ["either: all"]],
    [7, []],
  ])("%j", (either, expected) => expect(pathsIn(either)).toEqual(expected));
});

test("unchanged values are shared, changed ones are copied", () => {
  const spec = { vpc: "vpc/a", nested: { deep: { subnet: "subnet/a", other: "x" } }, many: ["subnet/a"] };
  expect(mapRefs(schema, spec, (value) => value)).toBe(spec);
  const mapped = mapRefs(schema, spec, (value) => (value === "vpc/a" ? "vpc-1" : value));
  expect(mapped).toEqual({ ...spec, vpc: "vpc-1" });
  expect(mapped.nested).toBe(spec.nested);
  expect(spec.vpc).toBe("vpc/a");
});

test("other annotations", () => {
  const spec = { vpc: "v", image: { ssm: "/a" }, zone: "a" };
  expect(mapAnnotated(schema, spec, "x-image", () => "ami-1")).toEqual({ ...spec, image: "ami-1" });
  expect(mapAnnotated(schema, spec, "x-zone", (value) => `eu-west-1${String(value)}`)).toEqual({ ...spec, zone: "eu-west-1a" });
});

test("values of the wrong shape are passed over", () => {
  expect(mapRefs(schema, { nested: "text", many: {}, rules: null, named: [1] }, () => "x")).toEqual({
    nested: "text",
    many: {},
    rules: null,
    named: [1],
  });
});

test("stages", () => {
  const group = toyKinds.find(({ name }) => name === "group")!;
  expect(["rules", "network"].map((field) => stageOf(group, field))).toEqual(["rules", "create"]);
  expect(usableStage(group)).toBe("create");
  expect(usableStage({ ...group, usableAfter: undefined } as typeof group)).toBe("rules");
  expect(["rules[0].source", "network", "listeners.80"].map(fieldOf)).toEqual(["rules", "network", "listeners"]);
});

test("hundreds of thousands of fields are walked within a second", () => {
  const spec = {
    vpc: "vpc/a",
    rules: Array.from({ length: 5 }, (_, i) => ({ port: String(i), source: "group/a" })),
    many: ["subnet/a", "subnet/b"],
  };
  const start = processorTime();
  let seen = 0;
  for (let i = 0; i < 50_000; i++)
    mapRefs(schema, spec, (value) => {
      seen++;
      return value;
    });
  expect(seen).toBe(400_000);
  expect(processorTime() - start).toBeLessThan(1500);
});
