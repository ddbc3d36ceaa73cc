import { expect, it } from "vitest";
import { file, list, map, object, optional, ref, string } from "../../src/resource/fields.ts";
import { changedBy, fieldsOf, setBy, withValues } from "./coverage.ts";

const schema = object({
  name: string("A name."),
  text: optional(string("A text.")),
  textFile: optional(file("text", "The same from a file.")),
  ports: optional(
    map(object({ protocol: string("What is spoken."), groups: list(object({ group: ref("group", "A group.") }), "Groups.") }), "By port."),
  ),
});
const fields = fieldsOf(schema);
const full = { name: "one", ports: { 80: { protocol: "HTTP", groups: [{ group: "a" }] } } };

it("knows every field down to the members of entries and items, but for names of files", () => {
  expect([...fields]).toEqual(["name", "text", "ports", "ports.*.protocol", "ports.*.groups", "ports.*.groups[].group"]);
});

it("tells which fields have a value", () => {
  expect(setBy(fields, full)).toEqual(["name", "ports", "ports.*.protocol", "ports.*.groups", "ports.*.groups[].group"]);
  expect(setBy(fields, { text: undefined })).toEqual([]);
});

it.each([
  [{ text: "new" }, ["text"]],
  [{ "ports.80.protocol": "TCP" }, ["ports", "ports.*.protocol"]],
  [{ "ports.80.groups.0.group": "b" }, ["ports", "ports.*.groups", "ports.*.groups[].group"]],
  [{ "ports.80.groups": [{ group: "a" }, { group: "b" }] }, ["ports", "ports.*.groups"]],
  [{ "ports.81": { protocol: "TCP", groups: [] } }, ["ports"]],
  [{ ports: {} }, ["ports"]],
  [{ name: "one" }, []],
])("%j changes %j", (values, changed) => {
  expect(changedBy(fields, full, withValues(full, values))).toEqual(changed);
});
