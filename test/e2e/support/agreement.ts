/** Compares AWS's descriptions with the YAML, field by field, without our own reader. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeInstanceAttributeCommand,
  DescribeVolumesCommand,
  type Address,
  type Instance,
  type InternetGateway,
  type KeyPairInfo,
  type NatGateway,
  type RouteTable,
  type SecurityGroup,
  type SecurityGroupRule,
  type Subnet,
  type Vpc,
} from "@aws-sdk/client-ec2";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { expect } from "vitest";
import { parse } from "yaml";
import type { Clients } from "./clients.ts";
import { ours, type Inventory } from "./inventory.ts";
import { region } from "./moto.ts";
import { expectTiers, type Found, type TiersYaml } from "./tiers.ts";

type Section<T> = Readonly<Record<string, T>> | undefined;

/** An environment file as this test reads it: references are names, and variables are replaced in the text. */
interface Yaml extends TiersYaml {
  readonly vpcs: Section<{ cidrBlock: string; enableDnsHostnames?: boolean }>;
  readonly internetGateways: Section<{ vpc: string }>;
  readonly subnets: Section<{ vpc: string; cidrBlock: string; availabilityZone: string; mapPublicIpOnLaunch?: boolean }>;
  readonly routeTables: Section<{ vpc: string; routes: readonly { destination: string; target: string }[]; subnets: readonly string[] }>;
  readonly securityGroups: Section<{
    vpc: string;
    description: string;
    ingress: readonly { port: number; source: string; description?: string }[];
    egress?: readonly [];
  }>;
  readonly keyPairs: Section<{ publicKeyFile: string }>;
  readonly elasticIps: Section<{ instance?: string }>;
  readonly natGateways: Section<{ subnet: string; elasticIp: string }>;
  readonly instances: Section<{
    subnet: string;
    image: { ssm: string };
    instanceType: string;
    keyPair?: string;
    securityGroups: readonly string[];
    rootVolume?: { size: number; type: string; encrypted: boolean };
    userDataFile?: string;
  }>;
}

export function readYaml(text: string): Yaml {
  const { variables = {} } = parse(text, { merge: true }) as { variables?: Record<string, string> };
  return parse(
    text.replace(/\$\{var\.(\w+)\}/g, (_all, name: string) => String(variables[name])),
    { merge: true },
  ) as Yaml;
}

/** Checks that everything in the YAML exists once, as written, and that nothing else has the environment's tags. */
export async function expectAgreement(clients: Clients, inventory: Inventory, yaml: Yaml, environmentsFolder: string): Promise<void> {
  const found = finder(inventory, yaml);
  expect(
    ours(inventory, yaml.environment, yaml.project)
      .map(({ tags }) => tags["infra:resource"])
      .sort(),
  ).toEqual(declaredIn(yaml));
  const id = (address: string) => found.id(address);

  for (const [name, { cidrBlock, enableDnsHostnames = false }] of entries(yaml.vpcs))
    expect(found.at<Vpc>(`vpc/${name}`)).toMatchObject({
      CidrBlock: cidrBlock,
      EnableDnsHostnames: enableDnsHostnames,
      EnableDnsSupport: true,
      InstanceTenancy: "default",
    });

  for (const [name, { vpc }] of entries(yaml.internetGateways))
    expect(found.at<InternetGateway>(`internetGateway/${name}`).Attachments?.map(({ VpcId }) => VpcId)).toEqual([id(`vpc/${vpc}`)]);

  for (const [name, { vpc, cidrBlock, availabilityZone, mapPublicIpOnLaunch = false }] of entries(yaml.subnets))
    expect(found.at<Subnet>(`subnet/${name}`)).toMatchObject({
      VpcId: id(`vpc/${vpc}`),
      CidrBlock: cidrBlock,
      AvailabilityZone: `${region}${availabilityZone}`,
      MapPublicIpOnLaunch: mapPublicIpOnLaunch,
    });

  for (const [name, { vpc, routes, subnets }] of entries(yaml.routeTables)) {
    const table = found.at<RouteTable>(`routeTable/${name}`);
    expect(table.VpcId).toBe(id(`vpc/${vpc}`));
    const others = table.Routes!.filter(({ GatewayId }) => GatewayId !== "local");
    expect(
      others.map(({ DestinationCidrBlock, GatewayId, NatGatewayId }) => ({
        destination: DestinationCidrBlock,
        target: NatGatewayId ?? GatewayId,
      })),
    ).toEqual(routes.map(({ destination, target }) => ({ destination, target: id(target) })));
    expect(table.Associations!.map(({ SubnetId }) => SubnetId).sort()).toEqual(subnets.map((subnet) => id(`subnet/${subnet}`)).sort());
  }

  for (const [name, { vpc, description, ingress, egress }] of entries(yaml.securityGroups)) {
    expect(found.at<SecurityGroup>(`securityGroup/${name}`)).toMatchObject({ VpcId: id(`vpc/${vpc}`), Description: description });
    const rules = found.all<SecurityGroupRule>("securityGroupRule").filter(({ GroupId }) => GroupId === id(`securityGroup/${name}`));
    expect(
      rules
        .filter(({ IsEgress }) => !IsEgress)
        .map(ruleText)
        .sort(),
    ).toEqual(
      ingress
        .map(({ port, source, description: why = "" }) =>
          `tcp ${port}-${port} ${source.includes("/") && !/^\d/.test(source) ? id(source) : source} ${why}`.trim(),
        )
        .sort(),
    );
    expect(rules.filter(({ IsEgress }) => IsEgress).map(ruleText)).toEqual(egress?.length === 0 ? [] : ["-1 -1--1 0.0.0.0/0"]);
  }

  for (const [name, { publicKeyFile }] of entries(yaml.keyPairs)) {
    const key = found.at<KeyPairInfo>(`keyPair/${name}`);
    expect(key.KeyName).toBe(`${yaml.environment}-${name}`);
    expect(material(key.PublicKey!)).toBe(material(readFileSync(join(environmentsFolder, publicKeyFile), "utf8")));
  }

  for (const [name, { instance }] of entries(yaml.elasticIps))
    if (instance !== undefined) expect(found.at<Address>(`elasticIp/${name}`).InstanceId).toBe(id(`instance/${instance}`));

  for (const [name, { subnet, elasticIp }] of entries(yaml.natGateways)) {
    const gateway = found.at<NatGateway>(`natGateway/${name}`);
    expect(gateway).toMatchObject({ SubnetId: id(`subnet/${subnet}`), State: "available", ConnectivityType: "public" });
    expect(gateway.NatGatewayAddresses?.map(({ AllocationId }) => AllocationId)).toEqual([id(`elasticIp/${elasticIp}`)]);
  }

  for (const [name, written] of entries(yaml.instances)) {
    const instance = found.at<Instance>(`instance/${name}`);
    const { Parameter: image } = await clients.ssm.send(new GetParameterCommand({ Name: written.image.ssm }));
    expect(instance).toMatchObject({
      SubnetId: id(`subnet/${written.subnet}`),
      InstanceType: written.instanceType,
      ImageId: image!.Value,
      State: { Name: "running" },
      MetadataOptions: { HttpTokens: "required" },
    });
    expect(instance.KeyName).toBe(written.keyPair === undefined ? undefined : `${yaml.environment}-${written.keyPair}`);
    expect(instance.NetworkInterfaces![0]!.Groups!.map(({ GroupId }) => GroupId).sort()).toEqual(
      written.securityGroups.map((group) => id(`securityGroup/${group}`)).sort(),
    );
    if (written.rootVolume) await expectRoot(clients, instance, written.rootVolume);
    if (written.userDataFile !== undefined) {
      const { UserData } = await clients.ec2.send(
        new DescribeInstanceAttributeCommand({ InstanceId: instance.InstanceId!, Attribute: "userData" }),
      );
      expect(Buffer.from(UserData!.Value!, "base64").toString("utf8")).toBe(
        readFileSync(join(environmentsFolder, written.userDataFile), "utf8"),
      );
    }
  }

  await expectTiers(clients, found, yaml, environmentsFolder);
}

/** Returns the addresses that an environment declares, for the kinds whose descriptions include tags. */
function declaredIn(yaml: Yaml): string[] {
  const sections = {
    vpcs: "vpc",
    internetGateways: "internetGateway",
    subnets: "subnet",
    routeTables: "routeTable",
    securityGroups: "securityGroup",
    keyPairs: "keyPair",
    elasticIps: "elasticIp",
    natGateways: "natGateway",
    instances: "instance",
    launchTemplates: "launchTemplate",
    autoScalingGroups: "autoScalingGroup",
    dbInstances: "dbInstance",
  } as const;
  return Object.entries(sections)
    .flatMap(([section, kind]) => Object.keys(yaml[section as keyof typeof sections] ?? {}).map((name) => `${kind}/${name}`))
    .sort();
}

interface Finder extends Found {
  all<T>(kind: string): T[];
}

function finder(inventory: Inventory, { environment, project }: Yaml): Finder {
  const one = (address: string) => {
    const matching = ours(inventory, environment, project).filter(({ tags }) => tags["infra:resource"] === address);
    expect(
      matching.map(({ id }) => id),
      address,
    ).toHaveLength(1);
    return matching[0]!;
  };
  const all = <T>(kind: string) => [...inventory.values()].filter((thing) => thing.kind === kind).map(({ described }) => described as T);
  return {
    id: (address) => one(address).id,
    at: <T>(address: string) => one(address).described as T,
    all,
    only<T>(kind: string, is: (candidate: T) => boolean) {
      const matching = all<T>(kind).filter(is);
      expect(matching, kind).toHaveLength(1);
      return matching[0]!;
    },
  };
}

async function expectRoot(
  { ec2 }: Clients,
  instance: Instance,
  { size, type, encrypted }: { size: number; type: string; encrypted: boolean },
): Promise<void> {
  const root = instance.BlockDeviceMappings!.find(({ DeviceName }) => DeviceName === instance.RootDeviceName);
  expect(instance.BlockDeviceMappings, "one volume, the root").toHaveLength(1);
  expect(root?.Ebs?.DeleteOnTermination).toBe(true);
  const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [root!.Ebs!.VolumeId!] }));
  expect(Volumes![0]).toMatchObject({ Size: size, VolumeType: type, Encrypted: encrypted });
}

function ruleText({ IpProtocol, FromPort, ToPort, CidrIpv4, ReferencedGroupInfo, Description }: SecurityGroupRule): string {
  return `${IpProtocol} ${FromPort}-${ToPort} ${CidrIpv4 ?? ReferencedGroupInfo?.GroupId} ${Description ?? ""}`.trim();
}

/** Returns the type and key of an OpenSSH public key, without the comment. */
function material(text: string): string {
  return text.trim().split(/\s+/).slice(0, 2).join(" ");
}

function entries<T>(section: Section<T>): [string, T][] {
  return Object.entries(section ?? {});
}
