import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";

export interface InitFlags {
  readonly project?: string;
  readonly region: string;
  readonly force?: boolean;
}

const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

/** `infra init [NAME]`: a first environment that can be planned at once. */
export async function init(context: Context, name: string, flags: InitFlags): Promise<ExitCode> {
  const project = flags.project ?? projectOf(context.cwd);
  for (const [what, value] of [["environment", name], ["project", project]] as const)
    if (!namePattern.test(value)) throw usage(`"${value}" cannot be the name of ${what === "project" ? "a project" : "an environment"}.`, "lower-case letters, digits and -, at most 40, beginning with a letter");
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(flags.region)) throw usage(`"${flags.region}" is not a region.`, "a region is written like eu-west-1");
  const path = join(context.cwd, "environments", `${name}.yaml`);
  const shown = relative(context.cwd, path);
  if (existsSync(path) && flags.force !== true) throw usage(`${shown} is there already.`, "--force overwrites it; `infra init OTHER-NAME` writes another");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, firstEnvironment(project, name, flags.region));
  const next = table([
    [`  infra validate ${name}`, ""],
    [`  infra --sandbox plan ${name}`, "in an AWS inside the process: no account, no network"],
    [`  infra plan ${name}`, "in the account of your AWS credentials"],
  ]);
  context.io.stdout.write(`Wrote ${shown}. Next:\n${next.join("\n")}\n`);
  return exit.ok;
}

/** The folder's name as far as it fits, so that a first run asks nothing. */
function projectOf(cwd: string): string {
  const words = basename(cwd).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 40);
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
