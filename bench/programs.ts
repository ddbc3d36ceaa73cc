/** The two programs that do the same work, each in its own folder. */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "./measure.ts";
import { provider } from "./workload-hcl.ts";
import type { Workload } from "./workloads.ts";

export type Phase = "apply from empty" | "plan, nothing to do" | "plan, one rule changed" | "apply, one rule changed" | "drift" | "destroy";

export interface Program {
  readonly name: "infra" | "terraform";
  /** Writes the files of the workload, with or without the change. */
  write(isChanged: boolean): void;
  command(phase: Phase): Command;
  /** Allows a destroy to delete resources with data. Its time is not measured. */
  allowDestroy(): void;
  /** Releases all resources and returns the command that imports their VPCs again; only for infra. */
  released?(): Command;
  /** The resources that the program still manages; empty after a destroy. */
  left(): readonly string[];
}

export function infraIn(folder: string, infra: string, url: string, workload: Workload): Program {
  writeFiles(folder, workload);
  const file = join(folder, "bench.yaml");
  const words: Readonly<Record<Phase, readonly string[]>> = {
    "apply from empty": ["apply", file, "--yes"],
    "plan, nothing to do": ["plan", file, "--detailed-exitcode"],
    "plan, one rule changed": ["plan", file],
    "apply, one rule changed": ["apply", file, "--yes"],
    drift: ["drift", file],
    destroy: ["destroy", file, "--confirm", `123456789012/${workload.region}/${workload.name}`],
  };
  const env = { ...plainEnv(), ...awsEnv(url, workload) };
  const objects = () => {
    const text = execFileSync(process.execPath, [infra, "status", file, "--format", "json"], { cwd: folder, env, stdio: "pipe" });
    return (JSON.parse(text.toString()) as { objects: { address: string; id: string; outputs: Record<string, string> }[] }).objects;
  };
  return {
    name: "infra",
    write: (isChanged) => writeFileSync(file, isChanged ? workload.changedYaml : workload.yaml),
    command: (phase) => ({ program: process.execPath, args: [infra, ...words[phase]], cwd: folder, env }),
    allowDestroy() {
      if (workload.allowDestroy.length === 0) return;
      const named = objects().filter(({ address }) => workload.allowDestroy.includes(address));
      const lines = named.map(({ address, outputs }) => `  ${address}: ${outputs["resourceId"]}\n`);
      if (lines.length > 0) appendFileSync(file, `allowDestroy:\n${lines.join("")}`);
    },
    released() {
      const all = objects();
      const addresses = all.map(({ address }) => address);
      execFileSync(process.execPath, [infra, "release", file, ...addresses, "--yes"], { cwd: folder, env, stdio: "pipe" });
      const vpcs = execFileSync(process.execPath, [infra, "status", file, "--format", "json"], { cwd: folder, env, stdio: "pipe" });
      if ((JSON.parse(vpcs.toString()) as { objects: unknown[] }).objects.length > 0) throw new Error("not all was released");
      const roots = all.filter(({ address }) => address.startsWith("vpc/")).map(({ id }) => id);
      return {
        program: process.execPath,
        args: [infra, "import", ...roots, "--name", "imported", "--region", workload.region],
        cwd: folder,
        env,
      };
    },
    left: () => objects().map(({ address }) => address),
  };
}

export function terraformIn(folder: string, plugins: string, url: string, workload: Workload): Program {
  writeFiles(folder, workload);
  const env = { ...plainEnv(), ...awsEnv(url, workload), CHECKPOINT_DISABLE: "1" };
  const words: Readonly<Record<Phase, readonly string[]>> = {
    "apply from empty": ["apply", "-auto-approve"],
    "plan, nothing to do": ["plan", "-detailed-exitcode"],
    "plan, one rule changed": ["plan"],
    "apply, one rule changed": ["apply", "-auto-approve"],
    drift: ["plan", "-refresh-only", "-detailed-exitcode"],
    destroy: ["destroy", "-auto-approve"],
  };
  const write = (isChanged: boolean) => writeFileSync(join(folder, "main.tf"), isChanged ? workload.changedHcl : workload.hcl);
  write(false);
  execFileSync("terraform", ["init", `-plugin-dir=${plugins}`, "-input=false", "-no-color"], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return {
    name: "terraform",
    write,
    command: (phase) => ({
      program: "terraform",
      args: [...words[phase], "-input=false", "-no-color"],
      cwd: folder,
      env,
      // A refresh reports the rules of a security group as a change, because they were added by resources of their own.
      ok: phase === "drift" ? [0, 2] : [0],
    }),
    allowDestroy: () => undefined, // the HCL already allows it
    left: () =>
      execFileSync("terraform", ["state", "list"], { cwd: folder, env, stdio: "pipe" })
        .toString()
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("data.")),
  };
}

/** Finds Terraform and its AWS provider; undefined when either is missing. */
export function findTerraform(): { readonly version: string; readonly plugins: string } | undefined {
  const asked = spawnSync("terraform", ["version", "-json"], { env: plainEnv() });
  if (asked.status !== 0) return undefined;
  const home = homedir();
  const asideFolders = existsSync("/opt") ? readdirSync("/opt").map((name) => join("/opt", name)) : [];
  const folders = [
    process.env["TF_PLUGIN_CACHE_DIR"],
    join(home, ".terraform.d", "plugins"),
    join(home, ".terraform.d", "plugin-cache"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...asideFolders,
  ];
  const plugins = folders.find(
    (folder) => folder !== undefined && existsSync(join(folder, "registry.terraform.io", "hashicorp", "aws", provider)),
  );
  if (plugins === undefined) return undefined;
  return { version: (JSON.parse(asked.stdout.toString()) as { terraform_version: string }).terraform_version, plugins };
}

function writeFiles(folder: string, { files }: Workload): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** The variables that the SDKs of both programs and of the bare script read. */
export function awsEnv(url: string, { region }: Workload): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** An environment without the user's own settings. */
function plainEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(HOME !== undefined && { HOME }),
    ...(TMPDIR !== undefined && { TMPDIR }),
    CI: "true",
    NO_COLOR: "1",
  };
}
