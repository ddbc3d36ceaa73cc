/** A number that is not part of a computation keeps its written text: 8.10 is a version and not 8.1. */
import { expect, test } from "vitest";
import { textOfOutput, valueOfOutput } from "../../src/config/expand/outputs.ts";
import { jsonOf } from "../../src/config/yaml/written-number.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { validationText } from "../../src/render/validation.ts";
import { folderWith, head } from "./write-files.ts";

const part = `part: 1
parameters: { v: { type: number } }
topics: { t: { tags: { v: "\${param.v}", w: "v\${param.v}" } } }
outputs: { v: "\${param.v}", w: 2.50 }
`;

const text = `variables:
  v: 8.10
  m: { type: map, default: { a: 1.50, l: [7.0, 7] } }
use:
  one: { part: part.yaml, with: { v: "\${var.v}" } }
  two: { part: part.yaml, forEach: { k: 3.0 }, with: { v: "\${each.value}" } }
topics:
  r: { forEach: { x: 6.60 }, tags: { alone: "\${each.value}", inside: "v\${each.value}", path: "\${var.m.a}" } }
outputs:
  variable: "\${var.v}"
  literal: 8.10
  list: [8.10, "\${var.v}", 8]
  map: "\${var.m}"
  item: "\${var.m.l[0]}"
  other: "\${var.m['l']}"
  text: "v\${var.v}"
  ofPart: "\${use.one.v}"
  ofRepeated: "\${use.two['k'].w}"
  computed: "\${var.v + 0.0}"
  hex: 0x1F
  late: { version: 1.10, arn: "\${topic.r['x'].arn}" }
`;

function load() {
  const cwd = folderWith({ "test.yaml": head + text, "part.yaml": part });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
  expect(diagnostics).toEqual([]);
  return environment!;
}

test("outputs, in each of their forms", () => {
  const values = load().outputs!.map((one) => {
    const found = valueOfOutput(one, () => "arn:x");
    return [one.name, "value" in found ? found.value : undefined] as const;
  });
  expect(Object.fromEntries(values.map(([name, value]) => [name, textOfOutput(value)]))).toEqual({
    variable: "8.10",
    literal: "8.10",
    list: "[8.10,8.10,8]",
    map: '{"a":1.50,"l":[7.0,7]}',
    item: "7.0",
    other: "[7.0,7]",
    text: "v8.10",
    ofPart: "8.10",
    ofRepeated: "2.50",
    computed: "8.1",
    hex: "0x1F",
    late: '{"version":1.10,"arn":"arn:x"}',
  });
  const json = jsonOf(Object.fromEntries(values), 2);
  expect(json).toContain('"variable": 8.10,');
  expect(json).toContain('"hex": 31,');
  expect(JSON.parse(json)).toMatchObject({ variable: 8.1, list: [8.1, 8.1, 8], late: { version: 1.1 } });
});

test("tags of a repeated resource and of resources of a part", () => {
  const tags = Object.fromEntries(load().nodes.map(({ address, tags }) => [address, tags]));
  expect(tags["topic/r[x]"]).toMatchObject({ alone: "6.60", inside: "v6.60", path: "1.50" });
  expect(tags["topic/one-t"]).toMatchObject({ v: "8.10", w: "v8.10" });
  expect(tags["topic/two-k-t"]).toMatchObject({ v: "3.0", w: "v3.0" });
});

test("`validate --variables` and `--resolved`", () => {
  const { variables, document } = load();
  const shown = validationText([{ name: "test", diagnostics: [], resources: 4, variables: variables!, document: document!() }]);
  expect(shown).toMatch(/\n {2}v +number +8\.10 +default\n {2}m +map +\{"a":1\.50,"l":\[7\.0,7\]\} +default\n/);
  expect(shown).toContain("  variable: 8.10\n  literal: 8.10\n  list:\n    - 8.10\n    - 8.10\n    - 8\n");
});

test("a text that looks like the sign for a number stays as it is", () => {
  const odd = "\uE0100\uE011";
  expect(jsonOf({ odd })).toBe(JSON.stringify({ odd }));
});
