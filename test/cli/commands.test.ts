import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Format } from "../../src/cli/formats.ts";
import { formatsOf } from "../../src/cli/outputs.ts";
import { folder, infra, network } from "./infra.ts";

describe("without AWS", () => {
  test("a first environment is valid", async () => {
    const cwd = folder();
    expect(await infra(cwd, "init dev --project lab")).toMatchObject({ code: 0 });
    const checked = await infra(cwd, "validate");
    expect(checked).toMatchObject({ code: 0, stderr: "" });
    expect(checked.stdout).toMatch(/^ok {2}dev {2}6 resources, no problems\n$/);
  });

  test("init overwrites only on request", async () => {
    const cwd = folder({ "environments/dev.yaml": "mine" });
    expect((await infra(cwd, "init")).code).toBe(1);
    expect(readFileSync(join(cwd, "environments/dev.yaml"), "utf8")).toBe("mine");
    expect((await infra(cwd, "init --force")).code).toBe(0);
  });

  test("problems stand on stderr with their line, data on stdout, exit 1", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1).replace("vpc: main,", "vpc: mian,") });
    const ran = await infra(cwd, "validate dev --format json");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/environments\/dev\.yaml:7:\d+ {2}error {2}unknown-ref/);
    expect(ran.stderr).toContain("did you mean");
    expect(JSON.parse(ran.stdout)).toMatchObject({ valid: false, environments: [{ name: "dev", valid: false }] });
  });

  test.each([
    ["plna dev", "did you mean `infra plan`?"],
    ["diff dev", "`infra plan ENV` shows what an apply would change"],
    ["validate --verbos", "did you mean --verbose?"],
    ["plan dev --json", "write `--format json`"],
    ["apply dev -auto-approve", "write `--yes`"],
    ["validate dve", 'did you mean "dev"?'],
    ["explain subnat", 'did you mean "subnet"?'],
    ["explain subnet.cidrBlok", 'did you mean "cidrBlock"?'],
    ["plan dev --format xml", 'no format "xml"'],
    ["--sandbox apply dev --yes --format sarif", "it has: text, json, jsonl, markdown, junit"],
    ["apply dev --plan a --approve b", "cannot be used together"],
    ["destroy", "needs the name of an environment"],
    ["destroy dev --yes", "only in the sandbox"],
    ["freeze dev --reason x --thaw", "cannot be used together"],
    ["validate --var x", "NAME=VALUE"],
  ])("infra %s is refused: %s", async (args, text) => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    const ran = await infra(cwd, args);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(text);
    if (!args.startsWith("validate dve")) expect(ran.stdout).toBe(""); // validate also lists what it could not find
  });

  test.each([
    ["plan dev --sandbox", "does not begin like a sandbox's state"],
    ["sandbox status", "does not begin like a sandbox's state"],
  ])("a broken state of the sandbox is not reported as a bug of infra, and a reset repairs it: %s", async (args, text) => {
    const cwd = folder({ "environments/dev.yaml": network(0), ".infra/sandbox/123456789012/eu-west-1.json": "{" });
    const ran = await infra(cwd, args);
    expect(ran.code).toBe(1);
    expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(text);
    expect(ran.stderr).toContain("error  sandbox-state");
    expect(ran.stderr).toContain("infra sandbox reset");
    expect(await infra(cwd, "sandbox reset")).toMatchObject({ code: 0, stdout: "Sandbox reset (1 region).\n" });
  });

  test("a state of the sandbox that breaks in the middle of a call is no failure of AWS", async () => {
    const cwd = folder({
      "environments/dev.yaml": network(0),
      ".infra/sandbox/123456789012/eu-west-1.json": '{"format":1,"account":"123456789012","region":"eu-west-1","now":5}\n{',
    });
    const ran = await infra(cwd, "plan dev --sandbox");
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("error  sandbox-state") });
  });

  test("a folder that the sandbox cannot make is named", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0), ".infra": "a file" });
    const ran = await infra(cwd, "plan dev --sandbox");
    expect(ran.code).toBe(1);
    expect(ran.stderr.replaceAll(/\s+/g, " ")).toMatch(
      /error sandbox-state the sandbox cannot keep its state in .*: (not a directory|file already exists)/,
    );
  });

  test("files that cannot be written or are not there are named with the reason", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    const written = await infra(cwd, "validate --output environments");
    expect(written).toMatchObject({ code: 1, stderr: expect.stringContaining("error  file-unwritable") });
    expect(written.stderr.replaceAll(/\s+/g, " ")).toContain("cannot be written: illegal operation on a directory (EISDIR)");
    const read = await infra(cwd, "apply dev --sandbox --plan nowhere.plan");
    expect(read.stderr.replaceAll(/\s+/g, " ")).toMatch(
      /error usage there is no file \S*nowhere\.plan\. hint: `infra plan ENV --out FILE`/,
    );
  });

  test("explains a kind, a field and a code", async () => {
    const cwd = folder();
    expect((await infra(cwd, "explain subnet")).stdout).toContain("Write it under subnets:");
    expect((await infra(cwd, "explain subnet.availabilityZone")).stdout).toMatch(
      /a change +replaces the resource, because availabilityZone of a subnet cannot be changed/,
    );
    expect((await infra(cwd, "explain subnet.mapPublicIpOnLaunch")).stdout).toMatch(/default +false \(enforced even when omitted\)/);
    expect((await infra(cwd, "explain unknown-ref")).stdout).toContain("What to do:");
  });

  test("lists environments, and those that changed since a commit", async () => {
    const cwd = folder({ "environments/a.yaml": network(0), "environments/b.yaml": network(1), "environments/base/_x.txt": "" });
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd, stdio: "pipe" });
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    expect((await infra(cwd, "environments --names")).stdout).toBe("a\nb\n");
    expect((await infra(cwd, "environments --changed HEAD --json")).stdout).toBe("[]\n");
    writeFileSync(join(cwd, "environments/b.yaml"), network(2));
    expect(JSON.parse((await infra(cwd, "environments --changed HEAD --json")).stdout)).toMatchObject([
      { name: "b", region: "eu-west-1", project: "lab" },
    ]);
    expect((await infra(cwd, "environments --changed no-such-commit")).code).toBe(1);
  });

  test.each([
    ["bash", "bash"],
    ["zsh", "zsh"],
    ["fish", "fish"],
  ])("the completion for %s knows commands and flags, and parses", async (shell, program) => {
    const { code, stdout } = await infra(folder(), `completion ${shell}`);
    expect(code).toBe(0);
    for (const word of ["destroy", "environments --names", "detailed-exitcode", "serve"]) expect(stdout).toContain(word);
    const script = join(folder({ script: stdout }), "script");
    if (isInstalled(program)) execFileSync(program, ["-n", script]);
  });

  const lines: readonly (readonly [line: string, expected: string])[] = [
    ["infra pl", "plan"],
    ["infra plan ", "dev prod"],
    ["infra plan --out a.plan d", "dev"],
    ["infra validate dev p", "prod"],
    ["infra plan dev --target ", "AWS::SQS::Queue/jobs subnet/a vpc/main"],
    ["infra plan dev --target vpc", "vpc/main"],
    ["infra output dev sub", "subnet/a"],
    ["infra adopt dev sub", "subnet/a"],
    ["infra release dev vpc/main sub", "subnet/a"],
    ["infra reach dev sub", "subnet/a"],
    ["infra drift dev --accept vpc", "vpc/main"],
    ["infra explain rou", "routeTable"],
    ["infra import --exclude networkI", "networkInterface"],
    ["infra apply dev --timeout dbI", "dbInstance="],
    ["infra environments --addresses p", "prod"],
    ["infra status dev --format ", "json text"],
    ["infra status dev -o ", "wide"],
    ["infra plan dev --format mark", "markdown"],
    ["infra iam-policy dev --for gu", "guard"],
    ["infra --sandbox-time v", "virtual"],
    ["infra apply dev --allow-d", "--allow-deletes"],
    ["infra sandbox serve --in-m", "--in-memory"],
    ["infra sandbox re", "reset"],
    ["infra completion z", "zsh"],
  ];
  /** A script that the shells run instead of `infra`. */
  const answers = `case "$*" in "environments --names") printf '%s\\n' dev prod ;; "environments --addresses dev") printf '%s\\n' vpc/main subnet/a AWS::SQS::Queue/jobs ;; "explain --names") printf '%s\\n' vpc routeTable ;; esac`;
  const shellWith = async (shell: string) => {
    const script = (await infra(folder(), `completion ${shell}`)).stdout;
    const cwd = folder({ "completions/_infra": script, "bin/infra": `#!/bin/sh\n${answers}\n`, "ask.zsh": askZsh });
    chmodSync(join(cwd, "bin/infra"), 0o755);
    const env = { PATH: `${join(cwd, "bin")}:${process.env["PATH"]}`, HOME: cwd, TERM: "dumb", LANG: "C.UTF-8" };
    return (args: readonly string[]) => execFileSync(shell, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  };
  const sorted = (words: readonly string[]) => words.filter(Boolean).sort().join(" ");

  test.each([...lines, ["infra plan dev --target AWS::S", "SQS::Queue/jobs"], ["infra plan dev --format=mark", "markdown"]] as const)(
    "bash completes `%s`",
    async (line, expected) => {
      const bash = await shellWith("bash");
      const ask = `source completions/_infra; COMP_LINE=$1; COMP_POINT=\${#1}; _infra; echo "\${COMPREPLY[*]}"`;
      expect(sorted(bash(["-c", ask, "bash", line]).split(/\s+/))).toBe(expected);
    },
  );

  test.skipIf(!isInstalled("fish"))("fish completes the same (skipped where there is no fish)", async () => {
    const fish = await shellWith("fish");
    const isPath = (word: string) => word.startsWith("ask.zsh") || word.endsWith("/"); // an environment may also be given as a path
    for (const [line, expected] of lines) {
      const said = fish(["--no-config", "-c", `source completions/_infra; complete -C "${line}"`]);
      const words = said.split("\n").map((one) => one.split("\t")[0]!);
      expect([line, sorted(words.filter((word) => !isPath(word)))]).toEqual([line, expected]);
    }
  });

  test.skipIf(!isInstalled("zsh"))("zsh completes the same, at the first Tab (skipped where there is no zsh)", async () => {
    const zsh = await shellWith("zsh");
    for (const [line, expected] of lines) expect([line, sorted(zsh(["-f", "ask.zsh", line]).split(/\s+/))]).toEqual([line, expected]);
  });

  test("the words that completion asks for", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    expect((await infra(cwd, "environments --addresses dev")).stdout).toMatch(/^vpc\/main\n/);
    expect((await infra(cwd, "explain --names")).stdout).toMatch(/^vpc\n[^]*unknown-ref\n/);
  });

  test("no colour codes outside a terminal, and with FORCE_COLOR", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    expect((await infra(cwd, "validate")).stdout).not.toContain("\u001b");
    expect((await infra(cwd, "validate", { env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001b");
    expect((await infra(cwd, "validate", { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout).not.toContain("\u001b");
  });
});

describe("in the sandbox", () => {
  test("a quota that is reached says how to make room", async () => {
    const vpcs = [1, 2, 3, 4, 5].map((n) => `  v${n}: { cidrBlock: 10.${n}.0.0/16 }`).join("\n"); // and the default VPC
    const cwd = folder({ "environments/dev.yaml": `format: 1\nproject: lab\nregion: eu-west-1\nvpcs:\n${vpcs}\n` });
    const { code, stdout } = await infra(cwd, "--sandbox apply dev --yes");
    expect(code).toBe(3);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "VpcLimitExceeded: The maximum number of VPCs has been reached. ec2 CreateVpc, request id",
    );
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "destroy one with `infra --sandbox destroy ENV`, or empty it with `infra sandbox reset`",
    );
  });

  test("plan, apply, agree, edit, drift, repair, destroy", async () => {
    const cwd = folder({ "environments/dev.yaml": network(2) });
    const planned = await infra(cwd, "--sandbox plan dev --detailed-exitcode");
    expect(planned.code).toBe(2);
    expect(planned.stdout).toContain("Plan: 3 to create, 0 to update, 0 to replace, 0 to destroy.");
    expect(planned.stderr).toMatch(/^lab\/dev in eu-west-1, in the sandbox\naccount 123456789012 as arn:/);
    expect(planned.stderr).toMatch(/\d+ calls to AWS \(\d+ reads, 0 writes\)/);

    expect(await infra(cwd, "--sandbox apply dev")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--yes applies without asking") as string,
    });
    expect(await infra(cwd, "--sandbox apply dev", { answers: ["n"] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Apply these changes to 3 resources? [y/N]") as string,
    });
    expect(await infra(cwd, "--sandbox apply dev", { answers: ["y"] })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Apply complete: 3 created, 0 changed, 0 destroyed in /) as string,
    });

    const again = await infra(cwd, "--sandbox apply dev --yes");
    expect(again).toMatchObject({ code: 0, stdout: "Apply complete: 0 created, 0 changed, 0 destroyed.\n" });
    expect(again.stderr).toMatch(/\(\d+ reads, 0 writes\)/);
    expect(await infra(cwd, "--sandbox plan dev --detailed-exitcode")).toMatchObject({ code: 0 });
    expect(await infra(cwd, "--sandbox drift dev")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No drift\./) as string });

    writeFileSync(
      join(cwd, "environments/dev.yaml"),
      network(2).replace("availabilityZone: a }", "availabilityZone: a, mapPublicIpOnLaunch: true }"),
    );
    const drifted = await infra(cwd, "--sandbox drift dev --format json");
    expect(drifted.code).toBe(2);
    expect(JSON.parse(drifted.stdout)).toMatchObject({
      drift: [{ group: "changed", address: "subnet/s0", path: "mapPublicIpOnLaunch", yaml: true, aws: false, at: { line: 7 } }],
    });
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });

    expect(await infra(cwd, "--sandbox output dev subnet/s0")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^subnet-[0-9a-f]+\n$/) as string,
    });
    expect(await infra(cwd, "--sandbox output dev subnet/s9")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("did you mean") as string,
    });
    expect(await infra(cwd, "--sandbox output dev something-else-altogether")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("`infra output dev` lists all") as string,
    });
    expect(JSON.parse((await infra(cwd, "--sandbox status dev --format json")).stdout)).toMatchObject({
      objects: [{ address: "vpc/main" }, { address: "subnet/s0" }, { address: "subnet/s1" }],
    });

    expect(await infra(cwd, "--sandbox destroy dev")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--confirm 123456789012/eu-west-1/dev") as string,
    });
    expect(await infra(cwd, "--sandbox destroy dev --confirm 123456789012/eu-west-1/prod")).toMatchObject({ code: 1 });
    expect(await infra(cwd, "--sandbox destroy dev", { answers: ["yes"] })).toMatchObject({ code: 1 });
    expect(
      await infra(cwd, "--sandbox destroy --project lab --environment dev --region eu-west-1 --confirm 123456789012/eu-west-1/dev"),
    ).toMatchObject({ code: 0 });
    expect((await infra(cwd, "--sandbox status dev")).stdout).toContain("lab/dev has no resources in");
    expect(await infra(cwd, "sandbox reset")).toMatchObject({ code: 0, stdout: "Sandbox reset (1 region).\n" });
  });

  test("a saved plan runs; one that no longer fits ends with 4", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    expect(await infra(cwd, "--sandbox plan dev --out plan.json")).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "environments/dev.yaml"), network(2));
    const stale = await infra(cwd, "--sandbox apply dev --plan plan.json");
    expect(stale).toMatchObject({ code: 4 });
    expect(stale.stderr).toContain("subnet/s1");
    writeFileSync(join(cwd, "environments/dev.yaml"), network(1));
    expect(await infra(cwd, "--sandbox apply dev --plan plan.json")).toMatchObject({ code: 0 });
    expect(await infra(cwd, "--sandbox apply dev --plan environments/dev.yaml")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("neither a saved plan nor an approval") as string,
    });
  });

  test("a plan of one target says nothing of the rest, and runs when it is saved", async () => {
    const cwd = folder({ "environments/dev.yaml": network(2) });
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });
    const tagged = (yaml: string) => yaml.replaceAll("availabilityZone: a }", "availabilityZone: a, tags: { team: web } }");
    writeFileSync(join(cwd, "environments/dev.yaml"), tagged(network(2)));
    const rest = "the other 2 resources are not planned.";
    expect(await infra(cwd, "--sandbox plan dev --target vpc/main --detailed-exitcode")).toMatchObject({
      code: 0,
      stdout: `No changes. The 1 resource asked about matches the configuration.\nNarrowed by --target to vpc/main and its dependencies; ${rest}\n`,
    });
    expect(await infra(cwd, "--sandbox plan dev --target subnet/s1 --out plan.json --detailed-exitcode")).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/1 to update, [^]*\nNarrowed by --target to subnet\/s1 and its dependencies/) as string,
    });
    expect(await infra(cwd, "--sandbox apply dev --plan plan.json")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Apply complete: 0 created, 1 changed/) as string,
    });
    const all = await infra(cwd, "--sandbox plan dev --target subnet/s0 --target subnet/s1 --target vpc/main --detailed-exitcode");
    expect(all).toMatchObject({ code: 2, stdout: expect.not.stringContaining("Narrowed") as string });
    writeFileSync(join(cwd, "environments/dev.yaml"), tagged(network(2)).replace(", tags: { team: web }", ""));
    expect((await infra(cwd, "--sandbox plan dev --target subnet/s0 --target subnet/s1")).stdout).toBe(
      "No changes. All 3 resources in AWS match the configuration.\n",
    );
  });

  test.runIf(process.platform === "linux")(
    "a full disk under the events of an apply is reported once (only Linux has /dev/full)",
    async () => {
      const cwd = folder({ "environments/dev.yaml": network(1) });
      const ran = await infra(cwd, "--sandbox apply dev --yes --format jsonl --output /dev/full");
      expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("Apply complete: 2 created") as string });
      expect(ran.stderr.match(/note: infra can no longer write to \/dev\/full: .*/g)).toHaveLength(1);
      expect(ran.stderr).toMatch(/error {2}file-unwritable\n {2}\/dev\/full is incomplete: no space left/);
    },
  );

  test.runIf(process.platform === "linux")("a full disk under --trace is said once, and the command goes on", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    const ran = await infra(cwd, "--sandbox apply dev --yes --trace /dev/full");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Apply complete: 2 created") as string });
    expect(ran.stderr.match(/note: infra can no longer write to \/dev\/full: no space left on device \(ENOSPC\)/g)).toHaveLength(1);
  });

  test("a file that cannot be written keeps back neither the other files nor the summary, and is told at the end", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1), "environments/bad.yaml": network(1).replace("vpc: main", "vpc: mian") });
    const outputs =
      "--format json --output environments --format junit --output y.xml --format markdown --output y.md --output y.md/z.json";
    const written = (): (string | undefined)[] =>
      ["y.xml", "y.md"].map((file) => {
        const path = join(cwd, file);
        if (!existsSync(path)) return undefined;
        const text = readFileSync(path, "utf8");
        rmSync(path);
        return /<testsuites|<!-- infra \w+/.exec(text)?.[0];
      });
    const told =
      /\d+ calls to AWS [^\n]*\nerror {2}file-unwritable\n[^\n]*environments cannot[^]*\n\nerror {2}file-unwritable\n[^\n]*z\.json cannot/;
    const applied = await infra(cwd, `--sandbox apply dev --yes ${outputs}`);
    expect(applied).toMatchObject({ code: 1, stdout: expect.stringContaining("Apply complete: 2 created") as string });
    expect(applied.stderr).toMatch(told);
    expect(written()).toEqual(["<testsuites", "<!-- infra apply"]);
    const planned = await infra(cwd, `--sandbox plan dev ${outputs} --detailed-exitcode --out environments`);
    expect(planned).toMatchObject({ code: 1, stdout: expect.stringContaining("No changes") as string });
    expect(planned.stderr.match(/error {2}file-unwritable/g)).toHaveLength(3);
    expect(planned.stderr).not.toContain("Saved");
    expect(written()).toEqual(["<testsuites", "<!-- infra plan"]);
    const refused = await infra(cwd, `--sandbox plan bad ${outputs}`);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/unknown-ref[^]*error {2}file-unwritable/) as string });
    expect(written()).toEqual(["<testsuites", "<!-- infra validate"]);
    const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: join(cwd, "outputs"), GITHUB_STEP_SUMMARY: join(cwd, "environments") };
    const drifted = await infra(cwd, "--sandbox drift dev", { env });
    expect(drifted).toMatchObject({ code: 1, stdout: expect.stringContaining("No drift") as string });
    expect(drifted.stderr).toMatch(/calls to AWS[^]*error {2}file-unwritable[^]*\n::error/);
    expect(readFileSync(env.GITHUB_OUTPUT, "utf8")).toContain("exitcode=1\n");
  });

  test("a saved plan keeps its own targets; an approval of everything can be narrowed", async () => {
    const cwd = folder({ "environments/dev.yaml": `${network(0)}parameters:\n  one: { value: a }\n  two: { value: b }\n` });
    await infra(cwd, "--sandbox plan dev --target parameter/two --out narrow.plan");
    await infra(cwd, "--sandbox plan dev --out whole.plan");
    for (const [args, text] of [
      ["--plan narrow.plan", "--plan runs the saved plan with its own targets: parameter/two."],
      ["--plan whole.plan", "--plan runs the saved plan with its own targets."],
      ["--approve narrow.plan", "--approve runs the saved plan with its own targets: parameter/two."],
    ]) {
      const ran = await infra(cwd, `--sandbox apply dev ${args} --target parameter/one`);
      expect(ran).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`error  usage\n  ${text}`) as string });
      expect(ran.stderr).toContain("omit --target, or plan again");
    }
    expect(await infra(cwd, "--sandbox apply dev --approve whole.plan --target parameter/one")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 created") as string,
      stderr: expect.stringContaining("Agreed to, but not part of this plan: vpc/main and parameter/two") as string,
    });
  });

  test("a saved plan of one target continues where the objects that it was to delete are already gone; without a target there is no plan", async () => {
    const cwd = folder({ "environments/dev.yaml": network(2) });
    await infra(cwd, "--sandbox apply dev --yes");
    writeFileSync(join(cwd, "environments/dev.yaml"), network(1));
    await infra(cwd, "--sandbox plan dev --target subnet/s1 --out plan.json");
    for (const says of [
      "Plan: 0 to create, 0 to update, 0 to replace, 1 to destroy.",
      "No changes. Neither the YAML nor AWS has subnet/s1.",
    ]) {
      const ran = await infra(cwd, "--sandbox apply dev --plan plan.json");
      expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(says) as string });
    }
    const saved = readFileSync(join(cwd, "plan.json"), "utf8");
    expect(saved).toMatch(/"targets": ?\[\s*"subnet\/s1"\s*\]/);
    for (const targets of ["[]", '[""]', '"subnet/s1"']) {
      writeFileSync(join(cwd, "plan.json"), saved.replace(/"targets": ?\[[^\]]*\]/, `"targets": ${targets}`));
      const refused = await infra(cwd, "--sandbox apply dev --plan plan.json");
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("neither a saved plan nor an approval") as string });
    }
    expect((await infra(cwd, "--sandbox plan dev --target subnet/zz")).stdout).not.toContain("Narrowed");
  });

  test("a run of one target that is stopped is continued with it", async () => {
    const yaml = `${network(1)}natGateways: { main: { subnet: s0, connectivityType: private } }\n`;
    const cwd = folder({ "environments/dev.yaml": yaml });
    let sent = false;
    const ran = await infra(cwd, "--sandbox apply dev --target natGateway/main --yes", {
      watch: (stderr, signal) => void (!sent && stderr.includes("creating natGateway/main") && ((sent = true), signal("SIGINT"))),
    });
    expect(ran).toMatchObject({
      code: 130,
      stdout: expect.stringContaining("Run `infra --sandbox apply dev --target natGateway/main` again to continue.") as string,
    });
  });

  test("a saved plan is for one commit, and for the state that was read at it; the differences are shown", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "environments/dev.yaml"), network(2));
    const at = (commit: string) => ({ env: { GITHUB_SHA: commit.repeat(40) } });
    expect(await infra(cwd, "--sandbox plan dev --out plan.json", at("a"))).toMatchObject({ code: 0 });
    const other = await infra(cwd, "--sandbox apply dev --plan plan.json", at("b"));
    expect(other).toMatchObject({ code: 4, stdout: "" });
    expect(other.stderr.replaceAll(/\s+/g, " ")).toContain(`it is for commit ${"a".repeat(40)}, and this is commit ${"b".repeat(40)}`);

    writeFileSync(join(cwd, "environments/dev.yaml"), network(3).replace("10.0.0.0/16 }", "10.0.0.0/16, enableDnsHostnames: true }"));
    const stale = await infra(cwd, "--sandbox apply dev --plan plan.json", at("a"));
    expect(stale).toMatchObject({ code: 4, stdout: "" });
    expect(stale.stderr).toMatch(
      /Not in the approved plan:\n\nTo update in place \(1\)\n +~ +vpc\/main .*\n +~ enableDnsHostnames: false → true\n\nTo create \(1\)\n +\+ +subnet\/s2/,
    );
    expect(stale.stderr).toContain("update vpc/main was not approved\n  create subnet/s2 was not approved\n");
    writeFileSync(join(cwd, "environments/dev.yaml"), network(2));
    expect(await infra(cwd, "--sandbox apply dev --plan plan.json", at("a"))).toMatchObject({ code: 0 });
  });

  test("many deletes need --allow-deletes where there is nobody to confirm", async () => {
    const cwd = folder({ "environments/dev.yaml": network(7) });
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });
    writeFileSync(join(cwd, "environments/dev.yaml"), network(1));
    const refused = await infra(cwd, "--sandbox apply dev --yes");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--allow-deletes 6") as string });
    expect(await infra(cwd, "--sandbox apply dev --yes --allow-deletes 5")).toMatchObject({ code: 1 });
    expect(await infra(cwd, "--sandbox apply dev --yes --allow-deletes 6")).toMatchObject({ code: 0 });
  });

  test("the account is a guard, and the trace holds every call", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0, 'account: "210987654321"\n') });
    const ran = await infra(cwd, "--sandbox plan dev --trace trace.jsonl");
    expect(ran.stderr).toContain("account 210987654321");
    const calls = readFileSync(join(cwd, "trace.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { service: string; operation: string; ms: number; requestId: string });
    expect(calls[0]).toMatchObject({ service: "sts", operation: "GetCallerIdentity", attempt: 1, requestId: expect.any(String) as string });
    expect(ran.stderr).toContain(`${calls.length} calls to AWS`);
  });

  test("every format to its own file", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    const ran = await infra(
      cwd,
      "--sandbox plan dev --format json --output out/plan.json --format markdown --output out/plan.md --output out/plan.xml",
    );
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Plan: 2 to create") as string });
    expect(JSON.parse(readFileSync(join(cwd, "out/plan.json"), "utf8"))).toMatchObject({ format_version: "1.0" });
    expect(readFileSync(join(cwd, "out/plan.md"), "utf8")).toContain("<!-- infra plan lab/dev -->");
    expect(readFileSync(join(cwd, "out/plan.xml"), "utf8")).toContain("<testsuites");
  });

  test("a wrong file is reported in every format, as `validate` reports it", async () => {
    const wrong = network(1).replace("10.0.0.0/16", "10.0.0.0/99");
    const cwd = folder({ "environments/dev.yaml": wrong });
    const commands = { plan: "plan dev", drift: "drift dev", apply: "apply dev --yes", destroy: "destroy dev --yes" };
    for (const format of ["json", "markdown", "sarif", "junit"]) {
      const { stdout } = await infra(cwd, `validate dev --format ${format}`);
      expect(stdout).toContain("10.0.0.0/99");
      for (const [name, command] of Object.entries(commands))
        if (formatsOf(name).includes(format as Format))
          expect(await infra(cwd, `--sandbox ${command} --format ${format}`), `${command} ${format}`).toMatchObject({ code: 1, stdout });
    }
    for (const command of Object.values(commands)) expect(await infra(cwd, `--sandbox ${command}`)).toMatchObject({ code: 1, stdout: "" });
    expect(await infra(cwd, "--sandbox apply dev --yes --format jsonl")).toMatchObject({ code: 1, stdout: "" });
  });

  test("several wrong files are reported together; no file is blamed for a mistake in another", async () => {
    const wrong = network(1).replace("10.0.0.0/16", "10.0.0.0/99");
    const cwd = folder({ "environments/a.yaml": wrong, "environments/b.yaml": wrong });
    const { stdout } = await infra(cwd, "validate a b --format json");
    for (const command of ["plan --all", "drift"])
      expect(await infra(cwd, `--sandbox ${command} --format json`)).toMatchObject({ code: 1, stdout });
    const right = folder({ "environments/a.yaml": network(1), "environments/b.yaml": network(1) });
    for (const command of ["plan --all --format sarif", "drift --format junit", "plan a --format markdown", "apply a --yes --format junit"])
      expect(
        await infra(right, `${command} --profile nosuch`, {
          env: {},
        }),
      ).toMatchObject({ code: 1, stdout: "" });
  });

  test.each(["plan dev", "status dev", "drift dev", "output dev", "apply dev --yes", "apply dev", "plan"])(
    "%s as JSON reports on stdout why there is nothing else to report",
    async (command) => {
      const cwd = folder({ "environments/dev.yaml": network(1) });
      const ran = await infra(cwd, `${command} --format json --profile nosuch`, { env: {} });
      expect(ran.code).toBe(1);
      const { valid, environments } = JSON.parse(ran.stdout) as {
        valid: boolean;
        environments: { name: string; diagnostics: { summary: string }[] }[];
      };
      expect([valid, environments.map(({ name }) => name)]).toEqual([false, [command.split(" ")[1] ?? "plan"]]);
      expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(environments[0]!.diagnostics[0]!.summary);
    },
  );

  test("a failure after the report is told on stderr alone, so that stdout stays one document", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1), "taken/file": "" });
    const ran = await infra(cwd, "--sandbox plan dev --format json --out taken");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ format_version: "1.0", resource_changes: expect.any(Array) as unknown });
  });

  test("all environments side by side; one that fails does not hide the others", async () => {
    const cwd = folder({ "environments/a.yaml": network(0), "environments/b.yaml": network(0).replace("10.0.0.0/16", "10.0.0.0/99") });
    const ran = await infra(cwd, "--sandbox plan --all --detailed-exitcode");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("lab/a");
    expect(ran.stderr).toContain("environments/b.yaml");
  });

  test("freeze refuses every apply with who and why, until thawed", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    expect(await infra(cwd, "--sandbox freeze dev --reason audit")).toMatchObject({
      code: 0,
      stdout: "Frozen: applies are blocked until `infra --sandbox freeze dev --thaw`.\n",
    });
    const refused = await infra(cwd, "--sandbox apply dev --yes");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/frozen[\s\S]*audit/) as string });
    expect(await infra(cwd, "--sandbox freeze dev --thaw")).toMatchObject({ code: 0, stdout: expect.stringContaining("audit") as string });
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });
    expect(await infra(cwd, "--sandbox unlock dev")).toMatchObject({ code: 0, stdout: "The lock is free.\n" });
    const json = await infra(cwd, "--sandbox unlock dev --format json");
    expect(JSON.parse(json.stdout)).toMatchObject({ project: "lab", environment: "dev", freed: false });
  });

  test("two files that are the same environment are named, before and in a plan of one", async () => {
    const text = network(0, "environment: prod\n");
    const cwd = folder({ "environments/prod.yaml": text, "environments/staging.yaml": text, "environments/other.yaml": network(0) });
    const checked = await infra(cwd, "validate --format json");
    expect(checked.stderr).toMatch(/warning {2}same-environment\n {2}prod and staging are the same environment: lab\/prod in \S+\./);
    expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true });
    expect((await infra(cwd, "validate prod environments/prod.yaml")).stderr).not.toContain("same-environment");
    const planned = await infra(cwd, "--sandbox plan staging");
    expect(planned.stderr).toContain(
      "warning  same-environment\n  environments/staging.yaml and environments/prod.yaml are the same environment",
    );
    for (const command of ["apply", "destroy"]) {
      const refused = await infra(cwd, `--sandbox ${command} staging --yes`);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("error  same-environment\n")]);
    }
    expect((await infra(cwd, "--sandbox plan other")).stderr).not.toContain("same-environment");
  });

  test("two files for different accounts may give their environments one name", async () => {
    const of = (account: string) => network(0, `environment: prod\naccount: "${account}"\n`);
    const cwd = folder({ "environments/a.yaml": of("123456789012"), "environments/b.yaml": of("210987654321") });
    expect((await infra(cwd, "validate")).stderr).not.toContain("same-environment");
    expect((await infra(cwd, "--sandbox apply a --yes")).code).toBe(0);
    expect(
      (
        await infra(
          folder({ "environments/a.yaml": of("123456789012"), "environments/b.yaml": network(0, "environment: prod\n") }),
          "validate",
        )
      ).stderr,
    ).toContain("same-environment");
  });

  test("a plan of many environments makes no noise about listeners", async () => {
    const warned: Error[] = [];
    const note = (warning: Error) => void warned.push(warning);
    process.on("warning", note);
    const cwd = folder(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`environments/e${i}.yaml`, network(0)])));
    expect((await infra(cwd, "--sandbox plan --all")).code).toBe(0);
    process.off("warning", note);
    expect(warned.map(({ message }) => message)).toEqual([]);
  });
});

describe("signals", () => {
  test("before the plan is agreed to, the first ends it: nothing was changed", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    let sent = false;
    const ran = await infra(cwd, "--sandbox plan dev", {
      watch: (stderr, signal) => void (!sent && stderr.includes("account") && ((sent = true), signal("SIGINT"))),
    });
    expect(ran).toMatchObject({ code: 130, stdout: "", stderr: expect.stringContaining("Nothing was changed") as string });
  });

  test("during an apply, the first signal lets running steps finish, and the next run continues", async () => {
    const cwd = folder({ "environments/dev.yaml": network(3) });
    let sent = false;
    const ran = await infra(cwd, "--sandbox apply dev --yes", {
      watch: (stderr, signal) => void (!sent && stderr.includes("creating vpc/main") && ((sent = true), signal("SIGTERM"))),
    });
    expect(ran.code).toBe(143);
    expect(ran.stdout).toMatch(/Stopped: \d+ of \d+ resources done/);
    expect(await infra(cwd, "--sandbox apply dev --yes")).toMatchObject({ code: 0 });
    expect(await infra(cwd, "--sandbox drift dev")).toMatchObject({ code: 0 });
  });

  test("while an apply waits for AWS: the next one continues to wait, and may be stopped as well", async () => {
    const yaml = `${network(1)}natGateways: { main: { subnet: s0, connectivityType: private } }\n`;
    const cwd = folder({ "environments/dev.yaml": yaml });
    const stopAt = (text: string) => {
      let sent = false;
      return {
        watch: (stderr: string, signal: (name: "SIGINT") => void) =>
          void (!sent && stderr.includes(text) && ((sent = true), signal("SIGINT"))),
      };
    };
    const first = await infra(cwd, "--sandbox apply dev --yes", stopAt("creating natGateway/main"));
    expect(first).toMatchObject({
      code: 130,
      stdout: expect.stringContaining("natGateway/main: the run was stopped while it waited") as string,
    });
    expect(await infra(cwd, "--sandbox plan dev --detailed-exitcode")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/natGateway\/main: AWS is still working on it; `infra apply` waits[^]*No changes\./) as string,
    });
    expect((await infra(cwd, "--sandbox drift dev")).code).toBe(0);
    // Without a terminal and without --yes nothing is written.
    const second = await infra(cwd, "--sandbox apply dev", stopAt("waiting for natGateway/main"));
    expect(second.code).toBe(130);
    expect(second.stdout).toMatch(
      /^Not finished \(1\)\n {2}natGateway\/main: the run was stopped while it waited[^]*\n\nStopped: 0 of 1 resource done, 1 not finished, in [\d.]+ s\.\nRun /,
    );
    expect(second.stderr).toMatch(/\d+ calls to AWS \(\d+ reads, 0 writes\)[^]*$/);
    expect(second.stderr).not.toMatch(/\[\d{3,}:|lock/);
    const third = await infra(cwd, "--sandbox apply dev");
    expect(third.code).toBe(0);
    expect(third.stdout).toMatch(/^Apply complete: 0 created, 0 changed, 0 destroyed, 1 waited for in /);
    expect(third.stderr).toMatch(/No changes\.[^]*waited for natGateway\/main {2}nat-[^]*, 0 writes/);
    const fourth = await infra(cwd, "--sandbox apply dev");
    expect(fourth).toMatchObject({ code: 0, stdout: "Apply complete: 0 created, 0 changed, 0 destroyed.\n" });
    expect(fourth.stderr).not.toContain("still at work");
  });

  test("a request to Cloud Control is waited for until its end, and nothing is left to the next run", async () => {
    const cwd = folder({ "environments/dev.yaml": `${network(0)}AWS::SQS::Queue: { jobs: {} }\n` });
    let sent = false;
    const ran = await infra(cwd, "--sandbox apply dev --target AWS::SQS::Queue/jobs --yes", {
      watch: (stderr, signal) => void (!sent && stderr.includes("creating AWS::SQS::Queue/jobs") && ((sent = true), signal("SIGINT"))),
    });
    expect(ran).toMatchObject({ code: 130, stderr: expect.stringContaining("created AWS::SQS::Queue/jobs") as string });
    expect(ran.stdout).toMatch(/^Apply complete: 1 created, 0 changed, 0 destroyed in /); // the stop came too late to prevent anything
    expect((await infra(cwd, "--sandbox plan dev --target AWS::SQS::Queue/jobs")).stdout).toMatch(
      /^No changes\. The 1 resource asked about matches/,
    );
  });

  test("the second, while an apply only waits for AWS, says that nothing was changed, and how to go on", async () => {
    const yaml = `${network(1)}natGateways: { main: { subnet: s0, connectivityType: private } }\n`;
    const cwd = folder({ "environments/dev.yaml": yaml });
    const stopAt = (text: string, times: number) => {
      let sent = false;
      const watch = (stderr: string, signal: (name: "SIGINT") => void) => {
        if (sent || !stderr.includes(text)) return;
        sent = true;
        for (let nth = 0; nth < times; nth++) signal("SIGINT");
      };
      return { watch };
    };
    const first = await infra(cwd, "--sandbox apply dev --yes", stopAt("creating natGateway/main", 2));
    expect(first.stderr).toContain(
      "\nStopped immediately; steps may be half done, and the lock is still held. Run `infra --sandbox apply dev` again to continue: it may wait a minute first.\n",
    );
    const second = await infra(cwd, "--sandbox apply dev", stopAt("waiting for natGateway/main", 2));
    expect(second.stderr).toContain(
      "\nStopped immediately; this run changed nothing. Run `infra --sandbox apply dev` again to continue.\n",
    );
  });

  test("the second ends the process at once", async () => {
    const cwd = folder({ "environments/dev.yaml": network(3) });
    let sent = false;
    const ran = await infra(cwd, "--sandbox apply dev --yes", {
      watch: (stderr, signal) => {
        if (sent || !stderr.includes("creating vpc/main")) return;
        sent = true;
        signal("SIGINT");
        signal("SIGINT");
      },
    });
    expect(ran.code).toBe(130);
  });
});

describe("in GitHub Actions", () => {
  const github = (cwd: string) => ({
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: join(cwd, "output"),
    GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
  });

  test("problems are marked on their lines, on stderr", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1).replace("vpc: main,", "vpc: mian,") });
    const ran = await infra(cwd, "validate dev", { env: github(cwd) });
    expect(ran.stderr).toMatch(/::error file=environments\/dev\.yaml,line=7,col=\d+,.*title=unknown-ref::/);
    expect(ran.stdout).not.toContain("::error");
    expect(readFileSync(join(cwd, "output"), "utf8")).toBe("exitcode=1\n");
    expect(readFileSync(join(cwd, "summary.md"), "utf8")).toContain("1 of 1 environment in error");
  });

  test("a plan sets outputs and writes the summary; --no-github does neither", async () => {
    const cwd = folder({ "environments/dev.yaml": network(1) });
    expect(await infra(cwd, "--sandbox plan dev --detailed-exitcode", { env: github(cwd) })).toMatchObject({ code: 2 });
    expect(readFileSync(join(cwd, "output"), "utf8")).toBe("exitcode=2\nchanges=2\ncreates=2\nupdates=0\nreplaces=0\ndestroys=0\n");
    expect(readFileSync(join(cwd, "summary.md"), "utf8")).toContain("### `lab/dev`: 2 to create");
    const other = folder({ "environments/dev.yaml": network(1) });
    await infra(other, "--sandbox plan dev --no-github", { env: github(other) });
    expect(existsSync(join(other, "output"))).toBe(false);
    expect(existsSync(join(other, "summary.md"))).toBe(false);
  });
});

/** A zsh in a terminal, in which a line is typed and Tab pressed. `compadd` reports the choices. */
const askZsh = `zmodload zsh/zpty
fpath=($PWD/completions $fpath)
zpty ask zsh -f -i
zpty -w ask "PS1= ; fpath=($PWD/completions \\$fpath); autoload -Uz compinit && compinit -u -d $PWD/dump"
zpty -w ask 'compadd() { local -a said; builtin compadd -O said "$@"; (( \${#said} )) && print -rl -- $said >> said.txt; builtin compadd "$@"; }'
zpty -w ask 'bindkey "^I" complete-word; zle-line-init() { : > ready.txt }; zle -N zle-line-init'
for i in {1..200}; do [[ -e ready.txt ]] && break; sleep 0.02; done
zpty -w -n ask "$1"$'\\t'
zpty -w ask $'\\x15print -r done > done.txt'
for i in {1..200}; do [[ -e done.txt ]] && break; sleep 0.02; done
cat said.txt 2>/dev/null
rm -f said.txt ready.txt done.txt
zpty -d ask
`;

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ["-c", "exit 0"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

describe("a target that is nothing", () => {
  test.each([
    ["vpc/mian", "did you mean vpc/main?"],
    ["s0", "did you mean subnet/s0?"],
    ["vpc/main,subnet/s0", "repeat the option: --target vpc/main --target subnet/s0"],
    ["bucket/logs-of-others", "`infra status dev` lists the addresses"],
  ])("%s", async (target, hint) => {
    const ran = await infra(folder({ "environments/dev.yaml": network(1) }), `plan dev --sandbox --target ${target}`);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`--target ${target} matches no resource in the YAML or in AWS.\n  hint: ${hint}`);
  });
});
