/**
 * Plays every page from top to end, each in its own folder. The folder has a copy of environments/, unless the page begins with `<!--
 * begins: empty -->`. Files that the page shows are written. Commands that it shows are run and must print what the page says, including
 * the number of calls where nothing is written. UPDATE_DOCS=1 writes the output into the page.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { parseFaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { blocksOf, exchangesOf, linksOf, type Block, type YamlFile, type YamlFragment } from "./page.ts";
import { Shell } from "./shell.ts";
import { agrees, callsIn, callsOfReadersIn, countsKinds, withGapsOf } from "./transcript.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "packages/aws-sandbox/README.md",
  "packages/clock/README.md",
  ...markdownIn("docs"),
];
const played = pages.filter((page) => blocksOf(readFileSync(join(root, page), "utf8")).length > 0);

test.each(pages)("%s: links lead somewhere", (page) => {
  const dead = linksOf(readFileSync(join(root, page), "utf8")).filter((link) => !existsSync(join(root, dirname(page), link)));
  expect(dead).toEqual([]);
});

test("some pages have examples", () => {
  expect(played.length).toBeGreaterThan(3);
});

test("no page says how many calls it takes to ask every kind: leave that line out (`…`)", () => {
  expect(played.filter((page) => countsKinds(readFileSync(join(root, page), "utf8")))).toEqual([]);
});

test.each(played)("%s: its files and sessions are true", async (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const cwd = folder(text.includes("<!-- begins: empty -->"));
  const shell = new Shell(cwd);
  let updated = text;
  for (const block of blocksOf(text)) {
    if (block.type === "session") updated = await play(shell, block.text, `${page}:${block.line}`, updated);
    else if (block.type === "other") writeInto(cwd, block.path, block.text);
    else checkYaml(cwd, block, `${page}:${block.line}`);
  }
  if (updated !== text) writeFileSync(join(root, page), updated);
});

async function play(shell: Shell, session: string, place: string, page: string): Promise<string> {
  let real = "";
  let isRight = true;
  for (const { command, output } of exchangesOf(session)) {
    const printed = await shell.run(command);
    const isUpdate = process.env["UPDATE_DOCS"] !== undefined;
    const fresh = withGapsOf(output, printed);
    const counted = isUpdate ? callsIn : callsOfReadersIn;
    const isSame = agrees(output, printed) && counted(fresh) === counted(output);
    isRight &&= isSame;
    real += `$ ${command}\n${isSame ? output : fresh}`;
    if (!isSame && !isUpdate) expect(printed, `${place}: $ ${command}`).toBe(output);
  }
  return isRight ? page : page.replace(session, () => real);
}

function writeInto(cwd: string, path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

function checkYaml(cwd: string, block: YamlFile | YamlFragment, place: string): void {
  const path = pathOf(block);
  writeInto(
    cwd,
    path,
    block.type === "fragment"
      ? `extends: ./${basename(block.over)}\nenvironment: ${basename(block.over, ".yaml")}\n${block.text}`
      : block.text,
  );
  if (block.text.startsWith("part:")) return; // tested where it is used
  const { diagnostics } = loadEnvironment({ nameOrPath: path, cwd, kinds, types, env: {} });
  expect(
    diagnostics.filter(({ severity }) => severity === "error"),
    place,
  ).toEqual([]);
  if (block.type === "fragment" || block.path === undefined) rmSync(join(cwd, path));
}

function pathOf(block: Exclude<Block, { type: "session" }>): string {
  if (block.type === "fragment") return join(dirname(block.over), "fragment-of-a-page.yaml");
  return block.path ?? "environments/part-of-a-page.yaml";
}

function folder(isEmpty: boolean): string {
  const top = mkdtempSync(join(tmpdir(), "docs-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const cwd = join(top, "lab"); // `infra init` names the project after it
  if (isEmpty) mkdirSync(cwd);
  else cpSync(join(root, "environments"), join(cwd, "environments"), { recursive: true });
  return cwd;
}

function markdownIn(path: string): string[] {
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".md") && !entry.parentPath.startsWith(join(root, "docs/site"))) // copies that exist once the site was built
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

test("docs/sandbox.md: its file of faults is one", () => {
  const json = /<!-- faults -->\n```json\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "docs/sandbox.md"), "utf8"))![1]!;
  expect(Object.keys(parseFaultPlan(json, "docs/sandbox.md"))).toHaveLength(9);
});

test("README.md: every figure that it calls measured stands in bench/results/latest.md", () => {
  const measured = /<!-- measured: (\S+) -->([\s\S]*)<!-- end of measured -->/.exec(readFileSync(join(root, "README.md"), "utf8"))!;
  const results = readFileSync(join(root, measured[1]!), "utf8");
  const workload = /`(\S+)`/.exec(measured[2]!)![1]!;
  const rows = [...measured[2]!.matchAll(/^\| (.+?) \| (.+) \|$/gm)].slice(1);
  const wrong = rows.flatMap(([, phase, figures]) => {
    const [infra = "", terraform = ""] = ["infra", "terraform"].map(
      (program) => new RegExp(`^\\| ${workload} .*\\| ${phase} \\| ${program} \\|.*$`, "m").exec(results)?.[0],
    );
    return figures!
      .split(" | ")
      .filter((figure, i) => !`${i % 2 === 0 ? infra : terraform}`.includes(` ${figure} `))
      .map((figure) => `${phase}: ${figure}`);
  });
  expect(rows.length).toBeGreaterThan(3);
  expect(wrong).toEqual([]);
});

test("docs/decisions/0001: has every dependency, and none that is not one", () => {
  const rows = [...readFileSync(join(root, "docs/decisions/0001-dependencies.md"), "utf8").matchAll(/^\| (?!package|---)([^|]+) \|/gm)];
  const { dependencies = {}, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies?: object; // the package has none
    readonly devDependencies: object;
  };
  expect(rows.flatMap(([, names]) => names!.split(", ")).sort()).toEqual(
    [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter((name) => !name.startsWith("@plumbline/")).sort(),
  );
});
