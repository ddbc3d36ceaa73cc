/** Whether JSON has the shape that a schema promises, and which text says where it has not. */
import { expect, test } from "vitest";
import { restBody } from "../../src/aws/answer-rest.ts";
import { wrongShape } from "../../src/aws/answer-shape.ts";

/** Schemas as the SDK writes them: a list is 1, a map 2, a structure 3; 0 is text, 1 a number, 15 a document. */
const [text, number, anything] = [0, 1, 15];
const dimension = [3, "test", "Dimension", 0, ["Name"], [text]] as const;
const schema = [
  3,
  "test",
  "Output",
  0,
  ["Name", "Count", "List", "Sparse", "Map", "Inner", "Lists", "Any"],
  [
    text,
    number,
    [() => [1, "test", "List", 0, () => dimension], 0],
    [() => [1, "test", "Sparse", { sparse: 1 }, text], 0],
    [() => [2, "test", "Map", 0, text, () => dimension], 0],
    () => dimension,
    [() => [1, "test", "Lists", 0, () => [1, "test", "Texts", 0, text]], 0],
    anything,
  ],
] as const;

test.each([
  [{}, undefined],
  [{ Name: null, List: null, Map: null, Inner: null }, undefined],
  [{ Name: "a", Count: 1, List: [{ Name: "a" }, {}], Map: { a: { Name: "b" } }, Inner: { Name: "c" }, Lists: [["a"], []] }, undefined],
  [{ Unheard: { of: 1 } }, undefined],
  [{ Count: "a number's shape is the SDK's business", Any: [1] }, undefined],
  [[], " is a list, not an object"],
  ["text", " is text, not an object"],
  [{ Name: 7 }, "Name is a number, not text"],
  [{ Name: ["a"] }, "Name is a list, not text"],
  [{ Name: {} }, "Name is an object, not text"],
  [{ Name: true }, "Name is a boolean, not text"],
  [{ List: {} }, "List is an object, not a list"],
  [{ List: "a" }, "List is text, not a list"],
  [{ List: [{}, { Name: 7 }] }, "List[1].Name is a number, not text"],
  [{ List: [{}, []] }, "List[1] is a list, not an object"],
  [{ List: [{}, null] }, "List[1] is null"],
  [{ Sparse: ["a", null] }, undefined],
  [{ Sparse: [null, 7] }, "Sparse[1] is a number, not text"],
  [{ Map: { a: {}, 'b"c': { Name: 7 } } }, 'Map["b\\"c"].Name is a number, not text'],
  [{ Map: [] }, "Map is a list, not an object"],
  [{ Inner: { Name: 7 } }, "Inner.Name is a number, not text"],
  [{ Inner: 7 }, "Inner is a number, not an object"],
  [{ Lists: [["a"], ["b", 7]] }, "Lists[1][1] is a number, not text"],
  [{ Inner: 7, Name: 7 }, "Name is a number, not text"],
])("%j: %s", (answer, expected) => {
  expect(wrongShape(schema, answer)).toBe(expected);
});

const output = (traits: object | 0, members: Readonly<Record<string, unknown>>) =>
  [3, "test", "Output", traits, Object.keys(members), Object.values(members)] as const;
const header = [text, { httpHeader: "x-amz-a" }];
const payload = 16;

test.each([
  ["nothing", "unit", { sort: "none" }],
  ["headers only", output(0, { A: header }), { sort: "none" }],
  ["members in the document", output({ xmlName: "Tagging" }, { Header: header, Set: text }), { sort: "xml", root: "Tagging" }],
  ["a header after them", output({ xmlName: "Tagging" }, { Set: text, Header: header }), { sort: "xml", root: "Tagging" }],
  ["a root that the schema does not name", output(0, { Set: text }), { sort: "xml", root: undefined }],
  ["a text that is the whole body", output(0, { A: header, Policy: [text, payload] }), { sort: "text" }],
  [
    "a structure that is the whole body",
    output({ xmlName: "No" }, { Rules: [() => dimension, payload] }),
    { sort: "xml", root: undefined },
  ],
  ["the same, named", output(0, { Rules: [() => dimension, { httpPayload: 1, xmlName: "Rules" }] }), { sort: "xml", root: "Rules" }],
])("the body that REST promises: %s", (_, schema, expected) => {
  expect(restBody(schema)).toEqual(expected);
});
