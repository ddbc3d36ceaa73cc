/** CI builds the site of the pages (docs/site/). Here only a missing page is reported. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { groups, placeOf } from "../../docs/site/groups.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = groups.flatMap((group) => group.pages);

test("every page of docs/ stands in one group", () => {
  const inFolder = readdirSync(`${root}docs`).filter((name) => name.endsWith(".md"));
  expect(inFolder.length).toBeGreaterThan(20);
  expect(pages.filter((page) => page.startsWith("docs/")).sort()).toEqual(inFolder.map((name) => `docs/${name}`).sort());
});

test("every page exists, and no two have one place", () => {
  expect(pages.filter((page) => !existsSync(root + page))).toEqual([]);
  expect(new Set(pages.map(placeOf)).size).toBe(pages.length);
});
