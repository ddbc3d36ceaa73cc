import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listEnvironments } from "../../config/load.ts";
import { listed, table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { githubFiles } from "../github-files.ts";
import { usage } from "../outputs.ts";

export interface InitFlags {
  readonly project?: string;
  readonly region: string;
  readonly force?: boolean;
  readonly github?: boolean;
}

const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

/** `infra init [NAME]`: a first environment that can be planned at once; with `--github`, the workflows too. */
export async function init(context: Context, name: string, flags: InitFlags): Promise<ExitCode> {
  const project = flags.project ?? projectOf(context.cwd);
  for (const [what, value] of [
    ["environment", name],
    ["project", project],
  ] as const)
    if (!namePattern.test(value))
      throw usage(
        `"${value}" cannot be the name of ${what === "project" ? "a project" : "an environment"}.`,
        "lower-case letters, digits and -, at most 40, beginning with a letter",
      );
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(flags.region))
    throw usage(`"${flags.region}" is not a region.`, "a region is written like eu-west-1");
  const workflows = flags.github === true ? githubFiles() : [];
  const files = [...workflows, ...firstFile(context.cwd, project, name, flags)];
  if (flags.force !== true) refuseToOverwrite(context.cwd, files, flags);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(context.cwd, path)), { recursive: true });
    writeFileSync(join(context.cwd, path), text);
  }
  context.io.stdout.write(
    `Wrote ${listed([...new Set(files.map(({ path }) => (path.includes("actions") ? dirname(path) : path)))])}. Next:\n${nextSteps(name, workflows.length > 0).join("\n")}\n`,
  );
  return exit.ok;
}

interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Nothing where only workflows are asked for and an environment is there. */
function firstFile(cwd: string, project: string, name: string, { region, github, force }: InitFlags): readonly NewFile[] {
  const path = join("environments", `${name}.yaml`);
  if (github === true && force !== true && listEnvironments(cwd).length > 0) return [];
  return [{ path, text: firstEnvironment(project, name, region) }];
}

function refuseToOverwrite(cwd: string, files: readonly NewFile[], { github }: InitFlags): void {
  const different = files.filter(
    ({ path, text }) => existsSync(join(cwd, path)) && readFileSync(join(cwd, path), "utf8") !== (github === true ? text : undefined),
  );
  if (different.length === 0) return;
  const names = listed(different.map(({ path }) => path));
  throw usage(
    `${names} ${different.length === 1 ? "is" : "are"} there already.`,
    github === true ? "--force overwrites; Git shows what that changes" : "--force overwrites it; `infra init OTHER-NAME` writes another",
  );
}

function nextSteps(name: string, withWorkflows: boolean): readonly string[] {
  return table([
    [`  infra validate ${name}`, ""],
    [`  infra --sandbox plan ${name}`, "in the built-in AWS emulator: no account, no network"],
    [`  infra plan ${name}`, "in the account of your AWS credentials"],
    ...(withWorkflows
      ? [[`  infra iam-policy ${name} --for plan`, "what the role of the variable INFRA_PLAN_ROLE needs; docs/gitops.md tells the rest"]]
      : []),
  ]);
}

/** The folder's name as far as it fits, so that a first run asks nothing. */
function projectOf(cwd: string): string {
  const words = basename(cwd)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return words === "" ? "project" : words;
}

function firstEnvironment(project: string, name: string, region: string): string {
  return `# A small network: two subnets in two zones that reach the internet, and a group that lets in HTTPS.
# Every field is explained by \`infra explain KIND.FIELD\`.
format: 1
project: ${project}
environment: ${name}
region: ${region}
# account: "123456789012"       # refuses any other account

vpcs:
  main:
    cidrBlock: 10.0.0.0/16
    enableDnsHostnames: true

internetGateways:
  main: { vpc: main }

subnets:
  public-a: { vpc: main, cidrBlock: 10.0.0.0/24, availabilityZone: a, mapPublicIpOnLaunch: true }
  public-b: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: b, mapPublicIpOnLaunch: true }

routeTables:
  public:
    vpc: main
    routes:
      - { destination: 0.0.0.0/0, target: internetGateway/main }
    subnets: [public-a, public-b]

securityGroups:
  web:
    vpc: main
    description: Web servers
    ingress:
      - { port: 443, source: 0.0.0.0/0, description: HTTPS from anywhere }
`;
}
