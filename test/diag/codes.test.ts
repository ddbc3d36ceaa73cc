import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codes } from "../../src/diag/codes.ts";

const source = join(import.meta.dirname, "../../src");

test("every code that the source uses is in the table", () => {
  const unknown = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && (name.startsWith("config") || name.startsWith("kinds")))
    .flatMap((name) =>
      [...readFileSync(join(source, name), "utf8").matchAll(/\bcode: "([a-z][a-z-]+)"/g)].map((match) => ({ name, code: match[1]! })),
    )
    .filter(({ code }) => !(code in codes));
  expect(unknown).toEqual([]);
});

test("every code says what happened, why, and what to do", () => {
  for (const [code, { title, cause, cure }] of Object.entries(codes)) {
    expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    expect(title).toMatch(/^[^.]+$/);
    expect(cause).toMatch(/\.$/);
    expect(cure).toMatch(/\.$/);
  }
});

test("no code stands in two files", () => {
  const folder = join(source, "diag/codes");
  const written = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/^  (?:"([a-z0-9-]+)"|([a-z]+)): \{/gm)].map((match) => match[1] ?? match[2]!),
  );
  expect(written.length).toBeGreaterThan(100);
  expect([...written].sort()).toEqual(Object.keys(codes).sort());
});
