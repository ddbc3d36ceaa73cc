/** Comparison, patches, costs and texts of types, as tables. */
import { describe, expect, test } from "vitest";
import { factsOf } from "../../src/kinds/types/facts.ts";
import { patchOf, writeOnlyPatch } from "../../src/kinds/types/patch.ts";
import { rulesFor } from "../../src/kinds/types/rules.ts";
import { sameProperty } from "../../src/kinds/types/same.ts";

const facts = factsOf("AWS::Test::Thing", {
  handlers: { create: {}, read: {}, update: {}, delete: {} },
  properties: {
    Size: { type: "integer" },
    Ordered: { type: "array", items: { type: "string" } },
    Free: { type: "array", insertionOrder: false, items: { type: "string" } },
    Listed: { type: "array", items: { type: "string" } },
    Map: { type: "object", patternProperties: { ".*": { type: "string" } } },
    Policy: { type: ["object", "string"] },
    Place: { $ref: "#/definitions/Place" },
    Code: { type: "object", properties: { Text: { type: "string" } } },
    Items: { type: "array", items: { $ref: "#/definitions/Place" } },
    Unnamed: { type: "array", items: { type: "object", properties: { Name: { type: "string" }, Rack: { type: "integer" } } } },
  },
  definitions: { Place: { type: "object", properties: { Zone: { type: "string" }, Rack: { type: "integer" }, Key: { type: "string" } } } },
  createOnlyProperties: ["/properties/Size", "/properties/Place/Zone"],
  conditionalCreateOnlyProperties: ["/properties/Ordered"],
  writeOnlyProperties: ["/properties/Code/Text", "/properties/Unnamed/*/Name"],
});
const comparing = { facts, unordered: [["Listed"]] };
const allow = (Action: unknown, Resource: unknown) => ({ Statement: { Effect: "Allow", Action, Resource } });

describe("whether a property is as the file asks", () => {
  test.each<[what: string, property: string, wanted: unknown, have: unknown, is: boolean]>([
    ["equal numbers", "Size", 5, 5, true],
    ["a number that AWS tells as text", "Size", 5, "5", true],
    ["different numbers", "Size", 5, 6, false],
    ["a list in order", "Ordered", ["a", "b"], ["a", "b"], true],
    ["a list in another order", "Ordered", ["a", "b"], ["b", "a"], false],
    ["a list whose order the schema does not keep", "Free", ["a", "b"], ["b", "a"], true],
    ["a list whose order AWS does not keep", "Listed", ["a", "b"], ["b", "a"], true],
    ["an item twice", "Free", ["a", "a"], ["a", "b"], false],
    ["an item more in AWS", "Free", ["a"], ["a", "b"], false],
    ["items with a key in another order", "Items", [{ Key: "a", Rack: 1 }, { Key: "b" }], [{ Key: "b" }, { Key: "a", Rack: 1 }], true],
    ["an item with a key that differs", "Items", [{ Key: "a", Rack: 1 }], [{ Key: "a", Rack: 2 }], false],
    ["items whose name AWS never tells", "Unnamed", [{ Name: "a", Rack: 1 }], [{ Rack: 1 }], true],
    ["a member that nobody wrote", "Place", { Zone: "a" }, { Zone: "a", Rack: 3 }, true],
    ["a member that AWS lacks", "Place", { Zone: "a" }, { Rack: 3 }, false],
    ["a key of a map that nobody wrote", "Map", { a: "1" }, { a: "1", b: "2" }, false],
    ["nothing and an empty list", "Ordered", [], undefined, true],
    ["what AWS never tells", "Code", { Text: "x" }, undefined, true],
    ["a document as mapping and as text", "Policy", { a: 1, b: 2 }, '{"b":2,"a":1}', true],
    ["one action and a list of one", "Policy", allow("s3:*", "*"), JSON.stringify(allow(["s3:*"], ["*"])), true],
    ["actions in another order", "Policy", allow(["a:b", "c:d"], "*"), allow(["c:d", "a:b"], "*"), true],
    ["another action", "Policy", allow("a:b", "*"), allow("a:c", "*"), false],
  ])("%s", (_what, property, wanted, have, is) => {
    expect(sameProperty(comparing, property, wanted, have)).toBe(is);
  });
});

describe("the cost of a change", () => {
  const rules = rulesFor(facts, new Set());
  const cost = (property: string, was: unknown, now: unknown) => {
    const { change } = rules[property]!;
    return typeof change === "function" ? change(was, now, { was: {}, now: {} }) : change;
  };
  test.each<[property: string, was: unknown, now: unknown, costs: unknown]>([
    ["Size", 1, 2, "replace"],
    ["Free", [], ["a"], "update"],
    ["Place", { Zone: "a", Rack: 1 }, { Zone: "a", Rack: 2 }, "update"],
    ["Place", { Zone: "a" }, { Zone: "b" }, "replace"],
    ["Place", { Zone: "a" }, { Rack: 2 }, "update"],
  ])("%s from %j to %j: %s", (property, was, now, costs) => {
    expect(cost(property, was, now)).toBe(costs);
  });

  test("where AWS replaces for some values only, infra does not guess", () => {
    expect(cost("Ordered", ["a"], ["b"])).toMatchObject({ refuse: expect.stringContaining("Ordered") as unknown });
  });

  test("a value that AWS never returns is compared by a hash", () => {
    expect(rules["Code"]).toMatchObject({ hashTag: "infra:hash:Code" });
  });
});

describe("the patch of an update", () => {
  test.each<[what: string, properties: string[], wanted: object, have: object, patch: object[]]>([
    ["a scalar", ["Size"], { Size: 2 }, { Size: 1 }, [{ op: "add", path: "/Size", value: 2 }]],
    ["a list as a whole", ["Free"], { Free: ["a", "b"] }, { Free: ["b"] }, [{ op: "add", path: "/Free", value: ["a", "b"] }]],
    [
      "a member without what only a create writes",
      ["Place"],
      { Place: { Zone: "a", Rack: 2 } },
      { Place: { Zone: "a", Rack: 1, Key: "k" } },
      [{ op: "add", path: "/Place/Rack", value: 2 }],
    ],
    ["an object that is not there", ["Place"], { Place: { Rack: 2 } }, {}, [{ op: "add", path: "/Place", value: { Rack: 2 } }]],
    ["what goes", ["Size"], { Size: null }, { Size: 1 }, [{ op: "remove", path: "/Size" }]],
    ["what is not there and goes", ["Size"], { Size: null }, {}, []],
    ["a key with a slash", ["Map"], { Map: { "a/b": "1" } }, { Map: { c: "1" } }, [{ op: "add", path: "/Map", value: { "a/b": "1" } }]],
  ])("%s", (_what, properties, wanted, have, patch) => {
    expect(patchOf(facts, properties, wanted as never, have as never)).toEqual(patch);
  });

  test("a value that AWS never returns is sent again, with its parent where that is not returned either", () => {
    expect(writeOnlyPatch(facts, { Code: { Text: "x" } }, {}, [])).toEqual([{ op: "add", path: "/Code", value: { Text: "x" } }]);
    expect(writeOnlyPatch(facts, { Code: { Text: "x" } }, { Code: {} }, [])).toEqual([{ op: "add", path: "/Code/Text", value: "x" }]);
    expect(writeOnlyPatch(facts, { Code: { Text: "x" } }, {}, [{ op: "add", path: "/Code", value: {} }])).toEqual([]);
  });
});
