import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the README's example is the one that runs here", async () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(read("../README.md"))?.[1];
  const runs = read("example.ts").replace("../src/", "@plumbline/aws-sandbox/").replace("export const", "const");
  expect(shown).toBe(runs);
  const { Vpc } = await import("./example.ts");
  expect(Vpc).toMatchObject({ CidrBlock: "10.0.0.0/16", State: "pending" });
});
