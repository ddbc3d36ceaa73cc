/**
 * Terraform with its AWS provider against `infra sandbox serve`: apply, empty plan, change, empty plan, destroy. The provider sleeps for
 * more than a minute before it reads a load balancer or a database, whatever the sandbox's clock says.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { typeSchema } from "@plumbline/aws-types";
import { afterAll, beforeAll, expect, test } from "vitest";
import { curated } from "../../src/kinds/types/curated.ts";
import { Workshop } from "../e2e/support/infra.ts";
import { complete, startMoto, type Moto } from "../e2e/support/moto.ts";
import { awsCli } from "./support/aws-cli.ts";
import { isNight, sampleOf } from "../support/night.ts";
import { describeWithPrograms, run, type Ran } from "./support/programs.ts";
import { region, serveSandbox, type Served } from "./support/served.ts";

const suite = "Terraform with its AWS provider";
const provider = "registry.terraform.io/hashicorp/aws/5.100.0";
const plugins = folderWithProvider();

const withoutPlugins = plugins === undefined ? `no folder holds ${provider}; PLUMBLINE_TERRAFORM_PLUGINS can name one` : undefined;

describeWithPrograms(
  suite,
  [
    ["terraform", "-version"],
    ["aws", "--version"],
  ],
  withoutPlugins,
  () => {
    let sandbox: Served;
    beforeAll(async () => {
      sandbox = await serveSandbox();
      cpSync(fileURLToPath(new URL("terraform", import.meta.url)), join(sandbox.folder, "terraform"), { recursive: true });
      await terraform(`init -plugin-dir=${plugins}`);
    });
    afterAll(() => sandbox.stop());

    const terraform = (words: string, expected?: number, folder?: string) => runTerraform(sandbox, words, expected, folder);
    const planIsEmpty = async (variables: string) =>
      expect((await terraform(`plan -detailed-exitcode ${variables}`)).stdout).toContain("No changes.");

    const network = "network, machine, balancer, group, database: applied, changed, destroyed, and planned empty in between";
    const whole = async () => {
      const { aws } = awsCli(sandbox.env);
      const before = await inventory(aws);
      const first = "-var changed=false";
      const second = "-var changed=true";
      expect((await terraform(`apply -auto-approve ${first}`)).stdout).toMatch(
        /Apply complete! Resources: \d\d added, 0 changed, 0 destroyed/,
      );
      await planIsEmpty(first);
      if (isNight) await takeOver(sandbox, first);
      expect((await terraform(`apply -auto-approve ${second}`)).stdout).toMatch(
        /Apply complete! Resources: 0 added, \d\d changed, 0 destroyed/,
      );
      if (isNight) await planIsEmpty(second); // by day the first plan covers this
      expect((await terraform(`destroy -auto-approve ${second}`)).stdout).toContain("Destroy complete!");
      expect(await inventory(aws)).toEqual(before);
    };

    /**
     * The provider makes any type with Cloud Control (`aws_cloudcontrolapi_resource`) and checks it against the schema that it is given.
     */
    const typed = async () => {
      cpSync(fileURLToPath(new URL("terraform-types", import.meta.url)), join(sandbox.folder, "types"), { recursive: true });
      for (const type of ["AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Events::Rule"]) {
        const { ties: _ours, ...schema } = typeSchema(type)!;
        const told = { typeName: type, description: type, additionalProperties: false, ...schema };
        writeFileSync(join(sandbox.folder, "types", `${type.split("::").join("-").toLowerCase()}.json`), JSON.stringify(told));
      }
      const inTypes = (words: string, expected = 0) => terraform(words, expected, "types");
      await inTypes(`init -plugin-dir=${plugins}`);
      expect((await inTypes("apply -auto-approve -var changed=false")).stdout).toContain("Resources: 3 added, 0 changed, 0 destroyed");
      expect((await inTypes("plan -detailed-exitcode -var changed=false")).stdout).toContain("No changes.");
      expect((await inTypes("apply -auto-approve -var changed=true")).stdout).toContain("Resources: 0 added, 3 changed, 0 destroyed");
      expect((await inTypes("plan -detailed-exitcode -var changed=true")).stdout).toContain("No changes.");
      expect((await inTypes("destroy -auto-approve -var changed=true")).stdout).toContain("Destroy complete! Resources: 3 destroyed.");
    };

    /** Services that hold data, and things that instances and networks share. */
    const newer = async () => {
      cpSync(fileURLToPath(new URL("terraform-newer", import.meta.url)), join(sandbox.folder, "newer"), { recursive: true });
      const { aws } = awsCli(sandbox.env);
      const before = [await inventory(aws), await inventoryOfNewer(aws)];
      const inNewer = (words: string) => terraform(words, 0, "newer");
      await inNewer(`init -plugin-dir=${plugins}`);
      expect((await inNewer("apply -auto-approve -var changed=false")).stdout).toContain("Resources: 36 added, 0 changed, 0 destroyed");
      expect((await inNewer("plan -detailed-exitcode -var changed=false")).stdout).toContain("No changes.");
      expect((await inNewer("apply -auto-approve -var changed=true")).stdout).toContain("Resources: 0 added, 31 changed, 0 destroyed");
      expect((await inNewer("plan -detailed-exitcode -var changed=true")).stdout).toContain("No changes.");
      expect((await inNewer("destroy -auto-approve -var changed=true")).stdout).toContain("Destroy complete! Resources: 36 destroyed.");
      expect([await inventory(aws), await inventoryOfNewer(aws)]).toEqual(before);
    };

    /** The source's options change while its copies hold the option group; the snapshot is deleted before its group. */
    const copies = async () => {
      cpSync(fileURLToPath(new URL("terraform-copies", import.meta.url)), join(sandbox.folder, "copies"), { recursive: true });
      const { aws } = awsCli(sandbox.env);
      const before = [await inventory(aws), await inventoryOfCopies(aws)];
      const inCopies = (words: string) => terraform(words, 0, "copies");
      await inCopies(`init -plugin-dir=${plugins}`);
      expect((await inCopies("apply -auto-approve -var changed=false")).stdout).toContain("Resources: 22 added, 0 changed, 0 destroyed");
      expect((await inCopies("plan -detailed-exitcode -var changed=false")).stdout).toContain("No changes.");
      expect((await inCopies("apply -auto-approve -var changed=true")).stdout).toContain("Resources: 0 added, 22 changed, 0 destroyed");
      expect((await inCopies("plan -detailed-exitcode -var changed=true")).stdout).toContain("No changes.");
      expect((await inCopies("destroy -auto-approve -var changed=true")).stdout).toContain("Destroy complete! Resources: 22 destroyed.");
      expect([await inventory(aws), await inventoryOfCopies(aws)]).toEqual(before);
    };

    /** infra ignores the order of a list where the provider does, and the provider has done so against AWS for years. */
    const ordered = async () => {
      const { provider_schemas: providers } = JSON.parse((await terraform("providers schema -json")).stdout) as Schemas;
      const resources = providers[provider.slice(0, provider.lastIndexOf("/"))]!.resource_schemas;
      const claims = Object.entries(curated).flatMap(([type, { unordered = {} }]) =>
        Object.entries(unordered).map(([path, source]) => [`${type} ${path}`, source] as const),
      );
      expect(claims.length).toBeGreaterThan(50);
      expect(claims.filter(([, source]) => !isSet(resources, source)).map((claim) => claim.join(": "))).toEqual([]);
    };

    const all = [
      [network, whole],
      ["types by Cloud Control: applied, changed, destroyed, and planned empty in between", typed],
      ["file systems, caches, clusters, proxies, reservations, hubs: applied, changed, destroyed, and planned empty in between", newer],
      [
        "option groups, events, copies of databases, topics, NAT addresses, IPv6 alone: applied, changed, destroyed, and planned empty in between",
        copies,
      ],
      ["lists whose order means nothing are sets of the provider", ordered],
    ] as const;
    for (const [name, play] of sampleOf(all, [network], ([one]) => one)) test(name, play);
  },
);

/** At night the same workload runs on moto too. moto's own answers make Terraform change a little from the start. */
for (const when of isNight ? ["at night"] : [])
  describeWithPrograms(
    `${suite} on moto, ${when}`,
    [
      ["terraform", "-version"],
      ["moto_server", "--help"],
    ],
    withoutPlugins,
    () => {
      let moto: Moto | undefined;
      afterAll(() => moto?.stop());

      test("network, machine, balancer, group, database: applied, and taken over", async () => {
        moto = await startMoto(complete);
        const { env } = await moto.newAccount();
        const { folder } = new Workshop({});
        const place = { folder, env: { ...env, AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_EC2_METADATA_DISABLED: "true" } };
        cpSync(fileURLToPath(new URL("terraform", import.meta.url)), join(folder, "terraform"), { recursive: true });
        await runTerraform(place, `init -plugin-dir=${plugins}`);
        await runTerraform(place, "apply -auto-approve -var changed=false");
        // moto 5.2 has no filter for the ids of network ACLs.
        await takeOver(place, "-var changed=false", "--exclude networkAcl");
      });
    },
  );

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly type?: unknown }>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface Schemas {
  readonly provider_schemas: Readonly<Record<string, { readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>> }>>;
}

/** Whether `aws_ecs_service.load_balancer` is a set, as an attribute or as blocks. */
function isSet(resources: Readonly<Record<string, { readonly block: Block }>>, source: string): boolean {
  const [resource = "", ...parts] = source.split(".");
  const last = parts.pop()!;
  const holder = parts.reduce<Block | undefined>((block, part) => block?.block_types?.[part]?.block, resources[resource]?.block);
  const type = holder?.attributes?.[last]?.type;
  return (Array.isArray(type) && type[0] === "set") || holder?.block_types?.[last]?.nesting_mode === "set";
}

type Place = Pick<Served, "folder" | "env">;

async function runTerraform({ folder, env }: Place, words: string, expected = 0, inside = "terraform"): Promise<Ran> {
  const asks = !/^(state|show|providers) /.test(words);
  const ran = await run("terraform", [...words.split(" "), "-no-color", ...(asks ? ["-input=false"] : [])], {
    env: { ...env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
    cwd: join(folder, inside),
  });
  expect(ran.code, `terraform ${words}\n${ran.stdout.slice(-5_000)}\n${ran.stderr}`).toBe(expected);
  return ran;
}

async function infra({ folder, env }: Place, words: string): Promise<Ran> {
  const program = fileURLToPath(new URL("../../bin/infra.mjs", import.meta.url));
  const ran = await run(process.execPath, [program, ...words.split(" ").filter(Boolean)], { env, cwd: folder });
  expect(ran.code, `infra ${words}\n${ran.stdout.slice(-5_000)}\n${ran.stderr}`).toBe(0);
  return ran;
}

/** Imports Terraform's resources from its state and adopts them. Afterwards neither program sees changes other than tags. */
async function takeOver(place: Place, variables: string, flags = ""): Promise<void> {
  const before = await fieldsOfPlan(place, variables);
  const imported = await infra(
    place,
    `import --from terraform/terraform.tfstate --name taken --project shop --output environments/taken.yaml ${flags}`,
  );
  expect(imported.stderr).toContain("objects, 0 differences; only tags would be written.");
  expect(imported.stderr).not.toContain("not looked at");
  const file = readFileSync(join(place.folder, "environments/taken.yaml"), "utf8");
  expect(file).toContain("  public-a:\n");
  const states = (await runTerraform(place, "state list")).stdout.trim().split("\n");
  expect([...file.matchAll(/^# terraform state rm '(.*)'$/gm)].map(([, address]) => address!).sort()).toEqual(
    states.filter((address) => !address.startsWith("data.")).sort(),
  );
  await infra(place, "adopt taken --yes");
  await infra(place, "plan taken --detailed-exitcode");
  const fields = await fieldsOfPlan(place, variables);
  expect(fields.some((one) => one.endsWith(".tags"))).toBe(true);
  expect(fields.filter((one) => !/\.(tags|tags_all|tag)$/.test(one) && !before.includes(one))).toEqual([]);
}

/** "aws_vpc.tags" for each field that Terraform would change. */
async function fieldsOfPlan(place: Place, variables: string): Promise<string[]> {
  await runTerraform(place, `plan -out=taken.plan ${variables}`);
  const plan = JSON.parse((await runTerraform(place, "show -json taken.plan")).stdout) as { resource_changes: readonly TerraformChange[] };
  return [...new Set(plan.resource_changes.flatMap(changedFields))];
}

interface TerraformChange {
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    /** Values that are known only after the apply, such as the version of a launch template that gets other tags. */
    readonly after_unknown: Readonly<Record<string, unknown>>;
  };
}

/** Returns "aws_vpc.tags" for each field that would change. A resource that is created or deleted gives its actions instead. */
function changedFields({ type, change: { actions, before, after, after_unknown: unknown } }: TerraformChange): string[] {
  if (actions.join() === "no-op" || actions.join() === "read") return [];
  if (!before || !after) return [`${type} ${actions.join()}`];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  // The provider reads null, and writes "" for the same value when an object is updated for another field.
  const said = (value: unknown) => JSON.stringify(value, (_key, one: unknown) => one ?? "");
  return fields
    .filter((field) => unknown[field] !== true)
    .filter((field) => said(before[field]) !== said(after[field]))
    .map((field) => `${type}.${field}`);
}

/** Returns what is left at the end, read with another client. */
async function inventory(aws: <T>(words: string) => Promise<T>): Promise<unknown> {
  return Promise.all([
    aws("ec2 describe-vpcs --query Vpcs[].CidrBlock"),
    aws("ec2 describe-subnets --query length(Subnets)"),
    aws("ec2 describe-security-groups --query SecurityGroups[].GroupName"),
    aws("ec2 describe-addresses --query Addresses"),
    aws("ec2 describe-network-interfaces --query NetworkInterfaces[].Description"),
    aws("ec2 describe-instances --filters Name=instance-state-name,Values=pending,running,stopping,stopped --query Reservations"),
    aws("ec2 describe-volumes --query Volumes"),
    aws("rds describe-db-instances --query DBInstances"),
    aws("elbv2 describe-load-balancers --query LoadBalancers"),
    aws("autoscaling describe-auto-scaling-groups --query AutoScalingGroups"),
  ]);
}

/**
 * The same for the newer kinds. Objects that AWS shows for an hour after their deletion, such as transit gateways, count only while they
 * exist.
 */
async function inventoryOfNewer(aws: <T>(words: string) => Promise<T>): Promise<unknown> {
  return Promise.all([
    aws("efs describe-file-systems --query FileSystems"),
    aws("elasticache describe-cache-clusters --query CacheClusters"),
    aws("rds describe-db-clusters --query DBClusters"),
    aws("rds describe-db-proxies --query DBProxies"),
    aws("ec2 describe-placement-groups --query PlacementGroups"),
    aws("ec2 describe-capacity-reservations --filters Name=state,Values=active --query CapacityReservations"),
    aws("ec2 describe-instance-connect-endpoints --query InstanceConnectEndpoints"),
    aws("ec2 describe-vpc-endpoint-service-configurations --query ServiceConfigurations"),
    aws("ec2 describe-transit-gateways --filters Name=state,Values=available --query TransitGateways"),
    aws("ec2 describe-transit-gateway-attachments --filters Name=state,Values=available --query TransitGatewayAttachments"),
  ]);
}

/** Returns whatever else a deleted database has left. */
async function inventoryOfCopies(aws: <T>(words: string) => Promise<T>): Promise<unknown> {
  return Promise.all([
    aws("rds describe-option-groups --query OptionGroupsList[].OptionGroupName"),
    aws("rds describe-event-subscriptions --query EventSubscriptionsList"),
    aws("rds describe-db-snapshots --query DBSnapshots"),
    aws("sns list-topics --query Topics"),
    aws("ec2 describe-nat-gateways --filter Name=state,Values=available --query NatGateways"),
    aws("iam list-roles --query Roles[].RoleName"),
  ]);
}

/**
 * Returns a folder for `terraform init -plugin-dir`: the one that PLUMBLINE_TERRAFORM_PLUGINS names, a mirror in Terraform's configuration,
 * or one of the usual places of mirrors.
 */
function folderWithProvider(): string | undefined {
  const configuration = process.env["TF_CLI_CONFIG_FILE"] ?? join(homedir(), ".terraformrc");
  const mirrors = existsSync(configuration)
    ? [...readFileSync(configuration, "utf8").matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)].map(([, path]) => path!)
    : [];
  const shared = [
    "/usr/share",
    "/usr/local/share",
    "/opt",
    join(homedir(), ".terraform.d"),
    join(homedir(), ".local/share/terraform"),
    "/usr/share/terraform",
    "/usr/local/share/terraform",
  ];
  const within = shared.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const named = [process.env["PLUMBLINE_TERRAFORM_PLUGINS"], process.env["TF_PLUGIN_CACHE_DIR"]].filter(
    (folder) => folder !== undefined && folder !== "",
  ) as string[];
  return [...named, ...mirrors, ...within].find((folder) => existsSync(join(folder, provider)));
}
