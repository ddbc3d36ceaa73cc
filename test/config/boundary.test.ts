/** Which files the YAML may name. Reading them always ends. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { formatDiagnostic } from "../../src/diag/format.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folderWith } from "./write-files.ts";

const head = "format: 1\nproject: p\nregion: eu-west-1\n";
const outside = folderWith;

function load(cwd: string, nameOrPath: string, varFiles: readonly string[] = []) {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath, cwd, kinds, varFiles });
  return { environment, codes: diagnostics.map(({ code }) => code), text: diagnostics.map((one) => formatDiagnostic(one)).join("\n") };
}

describe("outside the repository", () => {
  test.each([
    ["extends", (path: string) => `${head}extends: ${path}\n`],
    ["extends in a list", (path: string) => `${head}extends: [${path}]\n`],
    ["publicKeyFile", (path: string) => `${head}keyPairs: { k: { publicKeyFile: ${path} } }\n`],
  ])("%s is refused by its path, and shows nothing of the file", (_, yaml) => {
    const elsewhere = outside({ secret: "root:x:hunter22\n" });
    const cwd = folderWith({ "environments/a.yaml": yaml(join(elsewhere, "secret")) });
    const { codes, text } = load(cwd, "a");
    expect(codes).toContain("file-outside");
    expect(text).not.toContain("hunter22");
  });

  test("a link out of the repository is outside, whichever way it is come by", () => {
    const elsewhere = outside({ secret: "root:x:hunter22\n", "base/b.yaml": "root: hunter22\n" });
    const cwd = folderWith({
      "environments/a.yaml": `${head}extends: link\n`,
      "environments/b.yaml": `${head}extends: folder\n`,
      "environments/c/x": "",
    });
    symlinkSync(join(elsewhere, "secret"), join(cwd, "environments/link"));
    symlinkSync(join(elsewhere, "base"), join(cwd, "environments/folder"));
    symlinkSync(join(elsewhere, "secret"), join(cwd, "environments/c/part.yaml"));
    symlinkSync(join(elsewhere, "secret"), join(cwd, "environments/d.yaml"));
    for (const name of ["a", "b", "c", "d"]) {
      const { codes, text } = load(cwd, name);
      expect(codes).toContain("file-outside");
      expect(text).not.toContain("hunter22");
    }
  });

  test.each([
    ["the folder above environments/", [], true],
    ["the Git work tree", [".git"], true],
    ["a work tree further down", ["sub/.git"], false],
  ])("the repository is %s", (_, folders, isInside) => {
    const cwd = folderWith({
      "shared/base.yaml": "tags: { a: b }\n",
      "sub/environments/x/a.yaml": `${head}extends: ../../../shared/base.yaml\n`,
      "environments/a.yaml": `${head}extends: ../shared/base.yaml\n`,
    });
    for (const folder of folders) mkdirSync(join(cwd, folder));
    expect(load(cwd, "a").codes).not.toContain("file-outside");
    if (folders.length > 0) expect(load(cwd, "sub/environments/x").codes.includes("file-outside")).toBe(!isInside);
  });

  test("files that the command line names may be anywhere", () => {
    const elsewhere = outside({
      "e.yaml": `${head}extends: base.yaml\nvariables: { v: 1 }\n`,
      "base.yaml": "tags: { a: b }\n",
      vars: "v: 2\n",
    });
    const cwd = folderWith({ "base.yaml": "tags: { a: b }\n" });
    symlinkSync(join(elsewhere, "e.yaml"), join(cwd, "link.yaml"));
    for (const path of [join(elsewhere, "e.yaml"), "link.yaml"]) {
      const { codes } = load(cwd, path, [join(elsewhere, "vars")]);
      expect(codes).not.toContain("file-outside");
    }
  });
});

describe("a path that is no file", () => {
  test("a NUL character in a path, and an endless path", () => {
    const cwd = folderWith({
      "a.yaml": `${head}extends: "\\0"\n`,
      "b.yaml": `${head}extends: ${"x/".repeat(3000)}\nkeyPairs: { k: { publicKeyFile: "a\\0b" } }\n`,
    });
    expect(load(cwd, "a.yaml").codes).toEqual(["file-not-found"]);
    expect(load(cwd, "b.yaml").codes.sort()).toEqual(["file-not-found", "file-unreadable"]);
  });

  test("an empty name is no environment, although the folder here has YAML", () => {
    const cwd = folderWith({ "a.yaml": head });
    expect(load(cwd, "").text).toMatch(/environment's name is empty[^]*variable that is not set/);
  });

  test("a pipe in the YAML is refused at once; one that the command line names is read", async () => {
    const cwd = folderWith({
      "a.yaml": `${head}variables: { v: one }\nkeyPairs: { k: { publicKeyFile: pipe } }\n`,
      "b.yaml": `${head}variables: { v: one }\n`,
    });
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    expect(load(cwd, "a.yaml").text).toContain("is not a regular file");
    const writer = spawn("sh", ["-c", "echo 'v: two' > pipe"], { cwd, stdio: "ignore" });
    expect(load(cwd, "b.yaml", ["pipe"]).text).toBe("");
    await new Promise((resolve) => writer.once("close", resolve));
  });
});
