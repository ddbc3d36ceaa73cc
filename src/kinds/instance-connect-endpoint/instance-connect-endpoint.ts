import { serviceRole } from "../../resource/iam.ts";
import type { Kind, NetworkPart, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { refKey, vpcOfSubnet } from "../shared/network/network-index.ts";
import { atLeast } from "../shared/slots.ts";
import { groupsOfItsVpc, needsIpv6 } from "../shared/network/subnet-checks.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { schema, type InstanceConnectEndpoint } from "./schema.ts";
import { opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const instanceConnectEndpoint: Kind<InstanceConnectEndpoint, null> = {
  name: "instanceConnectEndpoint",
  section: "instanceConnectEndpoints",
  file: "network",
  idPrefix: "eice-",
  doc: "An endpoint for SSH and RDP connections through AWS to instances without a public address, with permissions in IAM (`aws ec2-instance-connect ssh`).",
  outputs: { dnsName: "The DNS name of the endpoint.", vpc: "The id of the VPC." },
  foreign,
  schema,
  fields: {
    subnet: { change: "replace", because: "an Instance Connect endpoint cannot move to another subnet" },
    securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
    preserveClientIp: { change: "update", default: { value: false, class: "create-only" }, urgency: "traffic" },
    ipAddressType: { change: "update" },
  },
  summary: ({ subnet }) => ({ line: `in ${textOf(subnet)}`, tells: ["subnet"] }),
  stages: [{ name: "create" }],
  create: "token",
  slots,
  replace: "delete-first",
  waits: { create: { typical: 240, limit: 900 }, delete: { typical: 300, limit: 900 }, poll: 10 },
  tagIndex: ec2Index("instance-connect-endpoint"),
  // A page has 50 (EC2 API, DescribeInstanceConnectEndpoints).
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 50)),
  iam: {
    read: ["ec2:DescribeInstanceConnectEndpoints"],
    write: [
      "ec2:CreateInstanceConnectEndpoint",
      "ec2:ModifyInstanceConnectEndpoint",
      "ec2:DeleteInstanceConnectEndpoint",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteInstanceConnectEndpoint"],
    onlyFor: { "ec2:ModifyInstanceConnectEndpoint": ["securityGroups", "preserveClientIp", "ipAddressType"] },
    access: {
      "ec2:CreateInstanceConnectEndpoint": { made: ["instance-connect-endpoint/*"], free: ["subnet/*", "security-group/*"] },
      "ec2:ModifyInstanceConnectEndpoint": { ours: ["instance-connect-endpoint/*"], free: ["security-group/*"] },
    },
    // Its interface is created in the caller's name, and the account's first endpoint creates AWSServiceRoleForEC2InstanceConnect (EC2 User
    // Guide, "Grant IAM permissions for EC2 Instance Connect Endpoint").
    implied: () => [
      {
        sid: "InterfacesOfConnectEndpoints",
        actions: ["ec2:CreateNetworkInterface"],
        resources: ["network-interface/*", "security-group/*", "subnet/*"],
      },
      serviceRole("ec2-instance-connect.amazonaws.com"),
    ],
  },
  check,
  network,
  authored: (spec) => ({ spec: without(spec, { preserveClientIp: false, ipAddressType: "ipv4" }) }),
  drawn: ({ spec }) => ({
    as: "card",
    at: [refKey(spec.subnet)],
    glyph: "endpoint",
    sub: "EC2 Instance Connect",
    chips: (spec.securityGroups ?? []).map(refKey),
  }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** A VPC can have one (EC2 User Guide, "Quotas for EC2 Instance Connect Endpoint"). */
function slots({ spec }: Subject<Partial<InstanceConnectEndpoint>>, index: ResourceIndex): readonly Slot[] {
  const vpc = vpcOfSubnet(index, spec.subnet);
  if (vpc === undefined) return [];
  const what = `the only Instance Connect endpoint that ${vpc} can have`;
  return [{ space: `Instance Connect endpoint of ${vpc}`, value: vpc, path: "subnet", what, of: [vpc] }];
}

function check({ spec }: Subject<InstanceConnectEndpoint>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.preserveClientIp === true && spec.ipAddressType !== undefined && spec.ipAddressType !== "ipv4")
    problems.push({
      code: "conflict",
      path: "preserveClientIp",
      summary: `An endpoint with \`ipAddressType: ${spec.ipAddressType}\` cannot preserve client IP addresses.`,
      hint: "write `ipAddressType: ipv4`, or remove `preserveClientIp`",
    });
  if ((spec.ipAddressType ?? "ipv4") !== "ipv4")
    problems.push(...needsIpv6(index, "ipAddressType", [spec.subnet], "`ipAddressType: ipv4`"));
  return [...problems, ...groupsOfItsVpc(index, "an endpoint", [spec.subnet], spec.securityGroups)];
}

/** An address that opens connections, but accepts none from inside the VPC. */
function network({ address, spec }: Subject<Partial<InstanceConnectEndpoint>>): readonly NetworkPart[] {
  return [
    {
      is: "endpoint",
      id: address,
      subnets: spec.subnet === undefined ? [] : [refKey(spec.subnet)],
      firewalls: spec.securityGroups?.map(refKey) ?? "default",
      public: "no",
      listens: [],
      ...(spec.ipAddressType === "dualstack" || spec.ipAddressType === "ipv6" ? { ipv6: "yes" as const } : {}),
      isInternal: true,
    },
  ];
}
