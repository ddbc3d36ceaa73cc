/** The package as npm hands it to users: what it holds, how large it is, and that it works where nothing else is installed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
let place: string;
let packed: Packed;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "infra-package-"));
  // dist/ is what the tests were started with; building it again here would pull it from under the others.
  const said = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", place], { cwd: root, encoding: "utf8" });
  packed = (JSON.parse(said) as Packed[])[0]!;
  execFileSync("tar", ["xzf", join(place, packed.filename), "-C", place]);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

test("it is at most 5 MB packed and 20 MB installed", () => {
  expect(packed.size).toBeLessThanOrEqual(5_000_000);
  expect(packed.unpackedSize).toBeLessThanOrEqual(20_000_000);
});

test("it holds the program, its schemas, pages and environments, and no test, source map, source or key", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain("bin/infra.mjs");
  expect(paths).toContain("dist/main.mjs");
  expect(paths).toContain("schemas/environment.schema.json");
  expect(paths).toContain("docs/gitops.md");
  expect(paths.filter((path) => /(^|\/)(test|src|node_modules|bench)\/|\.map$|\.pub$|\.pem$/.test(path))).toEqual([]);
});

test("it installs nothing but itself and runs nothing when it is installed", () => {
  const manifest = JSON.parse(readFileSync(join(place, "package/package.json"), "utf8")) as {
    readonly dependencies?: object;
    readonly scripts: object;
    readonly bin: object;
  };
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(Object.keys(manifest.scripts).filter((name) => /install$|^prepare$/.test(name))).toEqual([]);
  expect(manifest.bin).toEqual({ infra: "bin/infra.mjs" });
});

test("it works in a folder without any node_modules", () => {
  const cwd = join(place, "work");
  mkdirSync(cwd);
  const infra = (...args: string[]) =>
    execFileSync(process.execPath, [join(place, "package/bin/infra.mjs"), ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  expect(infra("--version")).toMatch(/^\d+\.\d+\.\d+/);
  infra("init");
  expect(infra("validate")).toContain("no problems");
  infra("apply", "dev", "--sandbox", "--yes");
  expect(infra("status", "dev", "--sandbox", "--format", "json")).toContain("vpc/main");
});
