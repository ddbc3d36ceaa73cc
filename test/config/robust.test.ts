/** Whatever a user does to a file, the result is diagnostics with a position, never an exception. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folderWith } from "./write-files.ts";

const fixtures = join(import.meta.dirname, "../fixtures/web-lab");
const lines = readFileSync(join(fixtures, "web-lab.yaml"), "utf8").split("\n");
const files = Object.fromEntries(["keys/web.pub", "user-data/httpd.sh"].map((name) => [name, readFileSync(join(fixtures, name), "utf8")]));

const oddValues = [
  "null",
  "~",
  "[]",
  "{}",
  "-1",
  "8.0",
  "yes",
  '""',
  "a b",
  "{ id: x }",
  "{ tags: { a: b } }",
  "[[]]",
  "*x",
  "&x 1",
  "${var.webPort}",
  "${",
  "$${x}",
  "!t 1",
  "10.0.0.0/8",
  "vpc/web",
  "__proto__",
  "9".repeat(30),
  "\t",
  "{ a: 1",
  "'",
  "<<: {}",
  "é\u0000",
];

type Change =
  | { readonly type: "drop"; readonly line: number }
  | { readonly type: "double"; readonly line: number }
  | { readonly type: "value"; readonly line: number; readonly at: number; readonly value: string }
  | { readonly type: "cut"; readonly line: number; readonly at: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type: fc.constant("drop" as const), line: fc.nat(lines.length - 1) }),
  fc.record({ type: fc.constant("double" as const), line: fc.nat(lines.length - 1) }),
  fc.record({ type: fc.constant("value" as const), line: fc.nat(lines.length - 1), at: fc.nat(6), value: fc.constantFrom(...oddValues) }),
  fc.record({ type: fc.constant("cut" as const), line: fc.nat(lines.length - 1), at: fc.nat(60) }),
);

function changed(all: readonly string[], what: Change): string[] {
  return all.flatMap((line, i) => {
    if (i !== what.line % all.length) return [line];
    if (what.type === "drop") return [];
    if (what.type === "double") return [line, line];
    if (what.type === "cut") return [line.slice(0, what.at)];
    let place = 0;
    return [line.replace(/(?<=: )[^,{}[\]#]+|(?<=\[)[^,\]]+/g, (value) => (place++ === what.at % 3 ? what.value : value))];
  });
}

test("a changed file is loaded or explained", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const cwd = folderWith({ ...files, "e.yaml": changes.reduce(changed, lines).join("\n") });
      const { environment, diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd, kinds });
      expect(environment !== undefined || diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      for (const { code, at, summary } of diagnostics) {
        seen.add(code);
        expect(summary).not.toMatch(/undefined|\[object|NaN/);
        expect(at!.line).toBeGreaterThan(0);
        expect(at!.column).toBeGreaterThan(0);
        if (at!.text !== undefined) expect(at!.column + (at!.length ?? 1) - 1).toBeLessThanOrEqual(Math.max(1, at!.text.length + 1));
      }
    }),
    { numRuns: 400, seed: 20261121 },
  );
  expect(seen.size).toBeGreaterThan(10);
});
