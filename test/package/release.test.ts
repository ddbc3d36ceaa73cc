/** The further files of a release: its texts, the install script run against an imitated release, and the files of the image. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";

interface Release {
  readonly repository: string;
  readonly version: string;
  readonly sums: Readonly<Record<string, string>>;
}

interface Texts {
  readonly platforms: readonly string[];
  archiveOf(platform: string): string;
  notesOf(changelog: string, version: string): string;
  sumsOf(text: string): Readonly<Record<string, string>>;
  formula(release: Release): string;
  installScript(release: Release): string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
let texts: Texts;
let release: Release;

beforeAll(async () => {
  texts = (await import(join(root, "release/texts.mjs"))) as Texts;
  const sums = Object.fromEntries(texts.platforms.map((platform, i) => [texts.archiveOf(platform), String(i).repeat(64)]));
  release = { repository: "example/plumbline", version: "1.2.3", sums };
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "infra-release-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("notes", () => {
  const changelog = "# Changelog\n\n## Unreleased\n\n- soon\n\n## 1.2.3 (2026-12-01)\n\n- one\n- two\n\n## 1.2.0\n\n- old\n\n## 1.1.0\n";

  test("are the section of the version in CHANGELOG.md", () => {
    expect(texts.notesOf(changelog, "1.2.3")).toBe("- one\n- two\n");
    expect(texts.notesOf(changelog, "1.2.0")).toBe("- old\n");
  });

  test.each(["1.2", "2.0.0", "1.1.0"])("of %s there are none, so there is no release", (version) =>
    expect(() => texts.notesOf(changelog, version)).toThrow(`no section "## ${version}"`),
  );

  test("a tag that is not the package's version is refused", () => {
    const ran = spawnSync(process.execPath, ["release/run.mjs", "notes", "v99.0.0"], { cwd: root, encoding: "utf8" });
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toMatch(/the versions differ: .*v99\.0\.0/);
  });
});

test("checksums are read as sha256sum writes them, and none may be missing", () => {
  const lines = Object.entries(release.sums).map(([name, sum]) => `${sum}  ${name}\n`);
  expect(texts.sumsOf(lines.join(""))).toEqual(release.sums);
  expect(() => texts.sumsOf(lines.slice(1).join(""))).toThrow("SHA256SUMS lacks infra-linux-x64.tar.gz");
});

test("the formula names each archive with its checksum, and ends every block that it begins", () => {
  const text = texts.formula(release);
  const pairs = [...text.matchAll(/url "(.+)"\n\s+sha256 "(.+)"/g)].map(([, url, sum]) => [url, sum]);
  expect(pairs).toEqual(
    ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"].map((platform) => [
      `https://github.com/example/plumbline/releases/download/v1.2.3/infra-${platform}.tar.gz`,
      release.sums[`infra-${platform}.tar.gz`],
    ]),
  );
  expect(text.match(/ do$|^class |^ +def /gm)).toHaveLength(text.match(/^ *end$/gm)!.length);
});

describe("the install script", () => {
  /** A machine without a network: `curl` copies the local archive, and `uname` prints the given values. */
  function machine(text: string, { system = "Linux", processor = "x86_64" } = {}) {
    const cwd = folder();
    const tool = (path: string, script: string) => {
      writeFileSync(join(cwd, path), `#!/bin/sh\n${script}\n`);
      chmodSync(join(cwd, path), 0o755);
    };
    mkdirSync(join(cwd, "tools"));
    tool("infra", "echo 1.2.3");
    execFileSync("tar", ["-czf", "served.tar.gz", "infra"], { cwd });
    tool("tools/curl", `while [ "$1" != --output ]; do shift; done; cp served.tar.gz "$2"; echo "$3" > asked`);
    tool("tools/uname", `[ "$1" = -s ] && echo ${system} || echo ${processor}`);
    const sum = createHash("sha256")
      .update(readFileSync(join(cwd, "served.tar.gz")))
      .digest("hex");
    writeFileSync(join(cwd, "install.sh"), text.replaceAll("0".repeat(64), sum)); // the checksum of linux-x64
    const ran = spawnSync("sh", ["install.sh"], {
      cwd,
      encoding: "utf8",
      env: { PATH: `${cwd}/tools:/usr/bin:/bin`, HOME: cwd, TMPDIR: cwd },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { ...ran, cwd, installed: join(cwd, ".local/bin/infra") };
  }

  test("downloads the archive of this platform, and puts the executable where it can be run", () => {
    const ran = machine(texts.installScript(release));
    expect(ran.status, ran.stderr).toBe(0);
    expect(execFileSync(ran.installed, { encoding: "utf8" })).toBe("1.2.3\n");
    expect(readFileSync(join(ran.cwd, "asked"), "utf8")).toBe(
      "https://github.com/example/plumbline/releases/download/v1.2.3/infra-linux-x64.tar.gz\n",
    );
    expect(ran.stdout).toContain("to your PATH");
    expect(readdirSync(ran.cwd).filter((name) => name.startsWith("tmp."))).toEqual([]);
  });

  test.each([
    ["a checksum that differs", { processor: "aarch64" }, "the checksum of the download is not that of the release"],
    ["a processor that there is nothing for", { processor: "riscv64" }, "there is no executable for linux-riscv64"],
    ["a system that there is nothing for", { system: "FreeBSD" }, "there is no executable for FreeBSD-x64"],
  ])("installs nothing for %s", (_case, what, said) => {
    const ran = machine(texts.installScript(release), what);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(said);
    expect(existsSync(ran.installed)).toBe(false);
  });
});

describe("the image", () => {
  const lines = read("release/Dockerfile")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const of = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  test("begins with nothing, or with a base that is named by digest", () => {
    for (const base of of("FROM")) expect(base).toMatch(/^scratch$|@sha256:[0-9a-f]{64}( AS \w+)?$/);
    expect(of("FROM")).toHaveLength(1);
  });

  test("has instructions that Docker knows, in an order that it takes", () => {
    const known = /^(FROM|ARG|LABEL|COPY|ENV|WORKDIR|USER|ENTRYPOINT|CMD) \S/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]); // neither ADD nor RUN: the build downloads nothing
    expect(lines[0]).toMatch(/^FROM /);
  });

  test("runs as an unnamed user, without a shell, in a separate folder", () => {
    expect(of("USER").at(-1)).toMatch(/^[1-9]\d+:[1-9]\d+$/); // numbers, as Kubernetes' runAsNonRoot requires
    for (const command of [...of("ENTRYPOINT"), ...of("CMD")]) expect(Array.isArray(JSON.parse(command))).toBe(true);
    expect(of("WORKDIR")).toEqual(["/work"]);
  });

  test("says what it is and where it comes from, and keeps no secret", () => {
    for (const label of ["title", "description", "licenses", "version", "source"])
      expect(of("LABEL").join(" ")).toContain(`org.opencontainers.image.${label}=`);
    expect([...of("ENV"), ...of("ARG")].join(" ")).not.toMatch(/token|secret|password|key/i);
  });
});

describe("the action at the top of the repository", () => {
  const ours = read(".github/actions/infra/action.yml");

  test("is the one of the workflows, with its files where they are", async () => {
    const { rootAction } = (await import(join(root, "release/root-action.mjs"))) as { rootAction(text: string): string };
    expect(read("action.yml"), "`node release/run.mjs action` makes it").toBe(rootAction(ours));
    const paths = [...read("action.yml").matchAll(/\$GITHUB_ACTION_PATH\/([\w./-]+)/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) expect(existsSync(join(root, path)), path).toBe(true);
  });

  test("takes the same inputs and gives the same outputs", () => {
    const faceOf = (text: string) => {
      const { inputs, outputs } = parse(text) as { readonly inputs: object; readonly outputs: object };
      return { inputs, outputs };
    };
    expect(faceOf(read("action.yml"))).toEqual(faceOf(ours));
  });
});

describe("the workflow", () => {
  const { jobs } = parse(read(".github/workflows/release.yml")) as {
    readonly jobs: Readonly<
      Record<string, { readonly strategy?: { readonly matrix: { readonly include: readonly { readonly platform: string }[] } } }>
    >;
  };

  test("builds an executable for every platform that the texts name", () => {
    expect(jobs["executable"]!.strategy!.matrix.include.map(({ platform }) => platform)).toEqual(texts.platforms);
  });

  test("calls scripts and steps that there are", () => {
    const called = [...read(".github/workflows/release.yml").matchAll(/node (release\/[\w.-]+)(?: (\w+))?/g)];
    expect(called.length).toBeGreaterThan(3);
    for (const [, script, step] of called) {
      expect(existsSync(join(root, script!))).toBe(true);
      if (step !== undefined && script === "release/run.mjs") expect(read(script!)).toContain(`function ${step}(`);
    }
  });
});
