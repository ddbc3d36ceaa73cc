/** The single executable, built from dist/ as the release builds it, and used without Node. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { isNight } from "../support/night.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const executable = join(root, "dist-single", process.platform === "win32" ? "infra.exe" : "infra");

/** Some distributions build Node without room for a program inside. */
const canBuild = readFileSync(process.execPath).includes("NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2");
if (!canBuild) process.stderr.write(`NOT TESTED: ${process.execPath} takes no program inside, so no single executable is built.\n`);

// By day test/package/package.test.ts installs and uses the same dist/.
describe.runIf(canBuild && isNight)("the single executable", () => {
  let cwd: string;
  const infra = (...args: string[]) =>
    execFileSync(executable, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { PATH: "/nowhere", HOME: cwd } });

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "infra-single-"));
    execFileSync(process.execPath, ["build-single.mjs"], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test("is Node and at most 11 MB and 150 kB a kind more, 2.3 MB of it the schemas of AWS's types", () => {
    expect(statSync(executable).size - statSync(process.execPath).size).toBeLessThan(11_000_000 + 150_000 * kinds.length);
    expect(readFileSync(join(root, "dist-single/LICENSES.txt"), "utf8")).toMatch(/Apache License[^]*Node\.js v/);
  });

  test("works from init to destroy, with its texts and its validator inside", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
    expect(infra("--version")).toBe(`${version}\n`);
    infra("init", "--github", "--gitlab", "--project", "lab");
    expect(existsSync(join(cwd, ".github/actions/infra/main.mjs"))).toBe(true);
    expect(readFileSync(join(cwd, ".gitlab-ci.yml"), "utf8")).toContain(`INFRA_VERSION: "${version}"`);
    expect(infra("validate")).toContain("6 resources, no problems");
    infra("apply", "dev", "--sandbox", "--yes");
    expect(infra("status", "--sandbox", "--format", "json")).toContain("vpc/main");
    infra("plan", "--sandbox", "--detailed-exitcode");
    infra("destroy", "dev", "--sandbox", "--yes");
  });

  test.runIf(process.platform === "linux")("works in the image, where nothing else is", () => {
    execFileSync(process.execPath, ["release/run.mjs", "rootfs"], { cwd: root });
    const inside = (...args: string[]) =>
      spawnSync("unshare", ["--map-root-user", "chroot", join(root, "dist-single/rootfs"), "/usr/bin/infra", ...args], {
        encoding: "utf8",
      });
    const first = inside("-C", "/work", "init", "dev", "--project", "lab");
    if (first.error !== undefined || first.stderr.includes("unshare")) {
      process.stderr.write(`NOT TESTED: no chroot is allowed here, so the image's files were not tried: ${first.stderr}\n`);
      return;
    }
    expect(first.stderr).toBe("");
    expect(inside("-C", "/work", "apply", "dev", "--sandbox", "--yes")).toMatchObject({ status: 0 });
  });

  test("says what is wrong as the package does", () => {
    expect(() => infra("validate", "nowhere")).toThrow(/there is no environment "nowhere"/);
  });
});
