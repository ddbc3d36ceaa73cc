/** The package as npm gives it to users: its content, its size, and that it works where nothing else is installed. */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const root = fileURLToPath(new URL("../..", import.meta.url));
let place: string;
let packed: Packed;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "infra-package-"));
  // The tests were started with this dist/. A new build would remove it under the other tests.
  const said = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", place], { cwd: root, encoding: "utf8" });
  packed = (JSON.parse(said) as Packed[])[0]!;
  execFileSync("tar", ["xzf", join(place, packed.filename), "-C", place]);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

test("it is at most 5 MB packed and 20 MB installed, 3 MB of it the schemas of AWS's types", () => {
  expect(packed.size).toBeLessThanOrEqual(5_000_000);
  expect(packed.unpackedSize).toBeLessThanOrEqual(20_000_000);
  expect(packed.files.find(({ path }) => path === "dist/types.pack")!.size).toBeLessThanOrEqual(3_000_000);
});

test("it holds the program, its schemas, pages and environments, and no test, source map, source or key", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain("bin/infra.mjs");
  expect(paths).toContain("dist/main.mjs");
  expect(paths).toContain("schemas/environment.schema.json");
  expect(paths).not.toContain("schemas/resolved.schema.json"); // a tenth of the installed size, and of no use to users who only run infra
  expect(paths).toContain("dist/LICENSES.txt");
  expect(paths).toContain("docs/gitops.md");
  expect(paths.filter((path) => /(^|\/)(test|src|node_modules|bench)\/|\.map$|\.pub$|\.pem$/.test(path))).toEqual([]);
});

test("every part of the program that another one loads is in it", () => {
  const parts = packed.files.map(({ path }) => path).filter((path) => /^dist\/.*\.mjs$/.test(path));
  const loads = (path: string) =>
    [...readFileSync(join(place, "package", path), "utf8").matchAll(/(?:\bimport\(?|\bfrom) ?["'`](\.{1,2}\/[^"'`\n]+\.mjs)["'`]/g)].map(
      ([, name]) => posix.join(posix.dirname(path), name!),
    );
  const named = new Set(parts.flatMap(loads));
  expect(named.size).toBeGreaterThan(200);
  expect([...named].filter((path) => !parts.includes(path))).toEqual([]);
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

/** Installs the command of the package into a new folder. */
function unpackedIn(folder: string): (...args: string[]) => string {
  const cwd = join(place, folder);
  mkdirSync(cwd);
  return (...args) =>
    execFileSync(process.execPath, [join(place, "package/bin/infra.mjs"), ...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
}

test("it works in a folder without any node_modules", () => {
  const infra = unpackedIn("work");
  expect(infra("--version")).toMatch(/^\d+\.\d+\.\d+/);
  infra("init");
  expect(infra("validate")).toContain("no problems");
  infra("apply", "dev", "--sandbox", "--yes");
  expect(infra("status", "dev", "--sandbox", "--format", "json")).toContain("vpc/main");
});

test("every environment that it holds is valid and a template", () => {
  const infra = unpackedIn("templates");
  const shipped = readdirSync(join(place, "package/environments")).filter((name) => name.endsWith(".yaml"));
  const templates = [...infra("init", "--template").matchAll(/^[a-z][\w-]*/gm)].map(([name]) => name);
  expect(templates.map((name) => `${name}.yaml`).sort()).toEqual(shipped.sort());
  infra("init", "office", "--template", "wizard-vpn");
  infra("init", "shop", "--template", "stages");
  // One process checks all other templates; test/cli/init.test.ts writes each of them.
  cpSync(join(place, "package/environments"), join(place, "templates", "environments"), { recursive: true });
  cpSync(join(root, "environments/keys"), join(place, "templates", "environments/keys"), { recursive: true }); // the reader's own keys
  const said = infra("validate");
  for (const name of ["office", "shop", ...templates]) expect(said).toMatch(new RegExp(`^ok {2}${name}(-\\w+)? `, "m"));
});

test("a repository that `init` wrote works in a clone elsewhere, with an empty npm cache and no network", () => {
  const repository = join(place, "repository");
  const clone = join(place, "clone");
  mkdirSync(repository);
  copyFileSync(join(place, packed.filename), join(repository, packed.filename));
  const run = (cwd: string, program: string, ...args: string[]) =>
    execFileSync(program, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: cwd,
        GITHUB_PATH: join(place, "path"),
        GITHUB_ACTION_PATH: join(clone, ".github/actions/infra"),
        npm_config_cache: join(cwd, "../cache"),
        npm_config_offline: "true",
        ...Object.fromEntries(
          ["AUTHOR", "COMMITTER"].flatMap((who) => [
            [`GIT_${who}_NAME`, "a"],
            [`GIT_${who}_EMAIL`, "a@example.com"],
          ]),
        ),
      },
    });
  run(repository, "git", "init", "-q");
  run(repository, "npm", "init", "--yes");
  run(repository, "npm", "install", "--save-dev", `./${packed.filename}`);
  run(repository, "npx", "plumbline-infra", "init", "dev", "--github");
  run(repository, "git", "add", "--all");
  run(repository, "git", "commit", "-qm", "first");
  expect(run(repository, "git", "ls-files")).not.toContain("node_modules");

  run(place, "git", "clone", "-q", repository, clone);
  rmSync(repository, { recursive: true });
  rmSync(join(place, "cache"), { recursive: true, force: true });
  const action = parse(readFileSync(join(clone, ".github/actions/infra/action.yml"), "utf8")) as {
    readonly runs: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
  };
  run(clone, "bash", "-e", "-c", `${action.runs.steps.find(({ name }) => name === "Install infra")!.run!}\ninfra validate > validated`);
  expect(readFileSync(join(clone, "validated"), "utf8")).toContain("no problems");
});
