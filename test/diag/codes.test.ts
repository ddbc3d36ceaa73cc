import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codes as all } from "../../src/cli/codes.ts";
import { codes as ours, codesWith } from "../../src/diag/codes.ts";
import { kinds } from "../../src/kinds/index.ts";

const source = join(import.meta.dirname, "../../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(source, name), "utf8") }));
const isDeclaration = (name: string) => name.startsWith("diag/codes/") || /^kinds\/[^/]+\/codes\.ts$/.test(name);
const declaredIn = (text: string) => [...text.matchAll(/^ {2}(?:"([a-z0-9-]+)"|([a-z]+)): \{/gm)].map((match) => match[1] ?? match[2]!);
const raising = files.filter(({ name }) => !isDeclaration(name));

/**
 * Returns the folders of src/ that name a code; the folder of a kind counts as one. A code that is also a plain word counts only where it
 * stands as the code of something.
 */
function roomsOf(code: string): string[] {
  const named = code.includes("-") ? new RegExp(`["(]${code}[")]`) : new RegExp(`(code|fail|problem|wrong|error)\\W[^\\n]*"${code}"`);
  const rooms = raising.filter(({ text }) => named.test(text)).map(({ name }) => /^(kinds\/[^/]+|[^/]+)/.exec(name)![0]);
  return [...new Set(rooms)];
}

test("every code that the source raises is declared", () => {
  const raised = raising.flatMap(({ name, text }) =>
    [...text.matchAll(/\bcode: "([a-z][a-z0-9-]+)"/g)].map(([, code]) => ({ name, code: code! })),
  );
  expect(raised.length).toBeGreaterThan(150);
  expect(raised.filter(({ code }) => !(code in all))).toEqual([]);
});

test("no code is declared that nothing raises", () => {
  expect(Object.keys(all).filter((code) => roomsOf(code).length === 0)).toEqual([]);
});

test("no code is declared twice", () => {
  const written = files.filter(({ name }) => isDeclaration(name)).flatMap(({ text }) => declaredIn(text));
  expect(written.length).toBeGreaterThan(150);
  expect([...written].sort()).toEqual(Object.keys(all).sort());
  const [code, doc] = Object.entries(ours)[0]!;
  expect(() => codesWith([{ codes: { [code]: doc } }])).toThrow(`the code ${code} is declared twice`);
});

test("a code that one kind alone raises is brought by this kind", () => {
  const alone = Object.keys(ours).filter((code) => {
    const rooms = roomsOf(code);
    return rooms.length === 1 && rooms[0]!.startsWith("kinds/") && rooms[0] !== "kinds/shared";
  });
  expect(alone, "move them into src/kinds/KIND/codes.ts").toEqual([]);
});

test("a kind brings no code of another", () => {
  const brought = kinds.flatMap(({ section, codes = {} }) => Object.keys(codes).map((code) => ({ section, code, rooms: roomsOf(code) })));
  expect(brought.length).toBeGreaterThan(20);
  for (const { code, rooms } of brought)
    expect(
      rooms.filter((room) => room !== "kinds/shared"),
      code,
    ).toHaveLength(1);
});

test("every code says what happened, why, and what to do", () => {
  for (const [code, { title, cause, cure }] of Object.entries(all)) {
    expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    expect(title).toMatch(/^[^.]+$/);
    expect(cause).toMatch(/\.$/);
    expect(cure).toMatch(/\.$/);
  }
});
