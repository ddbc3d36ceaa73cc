/** The workloads of the benchmark: the same environment as YAML for `infra` and as HCL for Terraform, made from a few numbers. */
import { groupYaml, header, instanceYaml, tableYaml, type Group, type Instance, type Table } from "./workload-yaml.ts";
import { groupHcl, hclHeader, instanceHcl, tableHcl } from "./workload-hcl.ts";

export interface Workload {
  readonly name: string;
  readonly yaml: string;
  /** The YAML with one rule of one security group opened to another network. */
  readonly changedYaml: string;
  readonly hcl: string;
  readonly changedHcl: string;
  readonly region: string;
  /** The files that both programs read by path: keys and user data. */
  readonly files: Readonly<Record<string, string>>;
  /** Addresses that a destroy deletes only when they are allowed by name. */
  readonly allowDestroy: readonly string[];
  /** The number of resources in the YAML. */
  readonly resources: number;
}

export const region = "eu-west-1";
const zones = ["a", "b", "c"];

/** An image that the sandbox has from the start; other endpoints have other images. */
const sandboxImage = "ami-0a1b2c3d4e5f60001";

/**
 * N × (1 VPC, 6 subnets, internet gateway, 3 route tables, 20 security groups with 5 rules and default egress, 10 instances): 41 resources
 * each.
 */
export function estates(count: number, image = sandboxImage): Workload {
  const name = `estate-${count}`;
  const before = each(count, (n) => estate(n, image, false));
  const after = each(count, (n) => estate(n, image, n === 0));
  return {
    name,
    yaml: estatesYaml(name, before),
    changedYaml: estatesYaml(name, after),
    hcl: estatesHcl(before),
    changedHcl: estatesHcl(after),
    region,
    files: {},
    allowDestroy: [],
    resources: 41 * count,
  };
}

/** One VPC with this many security groups, each with five rules. */
export function groups(count: number): Workload {
  const name = `groups-${count}`;
  const vpc = { name: "main", cidrBlock: "10.0.0.0/16" };
  const of = (isChanged: boolean): Estate => ({ ...bare(vpc), groups: each(count, (g) => group("main", g, isChanged && g === 0)) });
  const [before, after] = [[of(false)], [of(true)]];
  return {
    name,
    yaml: estatesYaml(name, before),
    changedYaml: estatesYaml(name, after),
    hcl: estatesHcl(before),
    changedHcl: estatesHcl(after),
    region,
    files: {},
    allowDestroy: [],
    resources: count + 1,
  };
}

interface Estate {
  readonly vpc: { readonly name: string; readonly cidrBlock: string };
  readonly gateway: boolean;
  readonly subnets: readonly { readonly name: string; readonly cidrBlock: string; readonly zone: string; readonly isPublic: boolean }[];
  readonly tables: readonly Table[];
  readonly groups: readonly Group[];
  readonly instances: readonly Instance[];
}

function bare(vpc: Estate["vpc"]): Estate {
  return { vpc, gateway: false, subnets: [], tables: [], groups: [], instances: [] };
}

function estate(n: number, image: string, isChanged: boolean): Estate {
  const vpc = `e${n}`;
  const second = n % 256; // the ranges of VPCs that are not connected may overlap
  const subnets = each(6, (s) => ({
    name: `${vpc}-${s < 3 ? "public" : "private"}-${zones[s % 3]}`,
    cidrBlock: `10.${second}.${s}.0/24`,
    zone: zones[s % 3]!,
    isPublic: s < 3,
  }));
  const names = subnets.map(({ name }) => name);
  return {
    vpc: { name: vpc, cidrBlock: `10.${second}.0.0/16` },
    gateway: true,
    subnets,
    tables: [
      { name: `${vpc}-public`, vpc, gateway: vpc, subnets: names.slice(0, 3) },
      { name: `${vpc}-private-a`, vpc, subnets: names.slice(3, 4) },
      { name: `${vpc}-private-b`, vpc, subnets: names.slice(4) },
    ],
    groups: each(20, (g) => group(vpc, g, isChanged && g === 0)),
    instances: each(10, (i) => ({ name: `${vpc}-i${i}`, subnet: names[i % 6]!, group: `${vpc}-g${i}`, image })),
  };
}

/** A security group with four rules for networks and one for the group before it. */
function group(vpc: string, g: number, isChanged: boolean): Group {
  const networks = each(g === 0 ? 5 : 4, (r) => ({ port: 8000 + r, source: `10.${isChanged && r === 0 ? 200 : r + 1}.0.0/16` }));
  return { name: `${vpc}-g${g}`, vpc, rules: g === 0 ? networks : [...networks, { port: 9000, group: `${vpc}-g${g - 1}` }] };
}

function estatesYaml(name: string, all: readonly Estate[]): string {
  const section = (title: string, entries: readonly string[]) => (entries.length === 0 ? "" : `${title}:\n${entries.join("")}`);
  return [
    header(name, region),
    section(
      "vpcs",
      all.map(({ vpc }) => `  ${vpc.name}: { cidrBlock: ${vpc.cidrBlock} }\n`),
    ),
    section(
      "internetGateways",
      all.filter(({ gateway }) => gateway).map(({ vpc }) => `  ${vpc.name}: { vpc: ${vpc.name} }\n`),
    ),
    section(
      "subnets",
      all.flatMap(({ vpc, subnets }) =>
        subnets.map(
          (one) =>
            `  ${one.name}: { vpc: ${vpc.name}, cidrBlock: ${one.cidrBlock}, availabilityZone: ${one.zone}${one.isPublic ? ", mapPublicIpOnLaunch: true" : ""} }\n`,
        ),
      ),
    ),
    section(
      "routeTables",
      all.flatMap(({ tables }) => tables.map(tableYaml)),
    ),
    section(
      "securityGroups",
      all.flatMap((one) => one.groups.map(groupYaml)),
    ),
    section(
      "instances",
      all.flatMap(({ instances }) => instances.map(instanceYaml)),
    ),
  ].join("");
}

function estatesHcl(all: readonly Estate[]): string {
  const parts = all.flatMap(({ vpc, gateway, subnets, tables, groups: own, instances }) => [
    `resource "aws_vpc" "${vpc.name}" {\n  cidr_block = "${vpc.cidrBlock}"\n  tags = { Name = "${vpc.name}" }\n}\n`,
    ...(gateway
      ? [`resource "aws_internet_gateway" "${vpc.name}" {\n  vpc_id = aws_vpc.${vpc.name}.id\n  tags = { Name = "${vpc.name}" }\n}\n`]
      : []),
    ...subnets.map(
      (one) =>
        `resource "aws_subnet" "${one.name}" {\n  vpc_id = aws_vpc.${vpc.name}.id\n  cidr_block = "${one.cidrBlock}"\n  availability_zone = "${region}${one.zone}"\n  map_public_ip_on_launch = ${one.isPublic}\n  tags = { Name = "${one.name}" }\n}\n`,
    ),
    ...tables.map(tableHcl),
    ...own.map(groupHcl),
    ...instances.map(instanceHcl),
  ]);
  return [hclHeader(region), ...parts].join("\n");
}

function each<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
