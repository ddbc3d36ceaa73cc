import { canonicalCidr } from "../../resource/ranges.ts";
import type { Kind, Problem, ResourceIndex, Slot, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { refKey } from "../shared/network/network-index.ts";
import { textOf } from "../shared/told.ts";
import { vpnConnectionCodes } from "./codes.ts";
import { foreign } from "./foreign.ts";
import { type Handle, schema, type VpnConnection } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const everywhere = "0.0.0.0/0";

const interrupts = "the tunnels are down for a short time";

const options = {
  change: "update",
  as: "cidr",
  default: { value: everywhere, class: "enforced" },
  because: interrupts,
  urgency: "traffic",
} as const;

export const vpnConnection: Kind<VpnConnection, Handle> = {
  name: "vpnConnection",
  section: "vpnConnections",
  idPrefix: "vpn-",
  doc: "Two encrypted tunnels between a VPC and another network. AWS makes their keys, which infra never reads: the owner of the device downloads its configuration from AWS.",
  outputs: {
    tunnel1Address: "The public address of the first tunnel on AWS's side.",
    tunnel2Address: "The public address of the second tunnel on AWS's side.",
  },
  foreign,
  codes: vpnConnectionCodes,
  schema,
  fields: {
    customerGateway: { change: "update", because: interrupts, urgency: "traffic" },
    vpnGateway: { change: "update", because: interrupts, urgency: "traffic" },
    staticRoutesOnly: {
      change: "replace",
      default: { value: false, class: "enforced" },
      because: "routing cannot change between static and BGP; a new VPN connection has new keys, and the device must be configured again",
    },
    routes: { change: "update", as: "set", default: { value: [], class: "enforced" }, urgency: "traffic" },
    localIpv4NetworkCidr: options,
    remoteIpv4NetworkCidr: options,
  },
  summary: ({ customerGateway, vpnGateway }) => ({
    line: `${textOf(vpnGateway)} ↔ ${textOf(customerGateway)}`,
    tells: ["customerGateway", "vpnGateway"],
  }),
  stages: [{ name: "create" }, { name: "routes", fields: ["routes"] }],
  create: "tag-lookup",
  slots,
  waits: { create: { typical: 300, limit: 2400 }, delete: { typical: 180, limit: 1800 }, poll: 10 },
  tagIndex: ec2Index("vpn-connection"),
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribeVpnConnections"],
    write: [
      "ec2:CreateVpnConnection",
      "ec2:DeleteVpnConnection",
      "ec2:ModifyVpnConnection",
      "ec2:ModifyVpnConnectionOptions",
      "ec2:CreateVpnConnectionRoute",
      "ec2:DeleteVpnConnectionRoute",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVpnConnection"],
    access: {
      "ec2:CreateVpnConnection": { made: ["vpn-connection/*"], free: ["customer-gateway/*", "vpn-gateway/*"] },
      "ec2:ModifyVpnConnection": { ours: ["vpn-connection/*"], free: ["customer-gateway/*", "vpn-gateway/*"] },
    },
  },
  normalise: (spec) => (spec.routes ? { ...spec, routes: spec.routes.map(canonicalCidr) } : spec),
  check,
  authored: (spec) => ({
    spec: omit(spec, [
      ...(spec.localIpv4NetworkCidr === everywhere ? (["localIpv4NetworkCidr"] as const) : []),
      ...(spec.remoteIpv4NetworkCidr === everywhere ? (["remoteIpv4NetworkCidr"] as const) : []),
    ]),
  }),
  wanted: ["tunnel1Address", "tunnel2Address"],
  drawn: ({ name, spec }, index) => {
    const gateway = typeof spec.vpnGateway === "string" ? index.get(spec.vpnGateway) : undefined;
    const vpc = gateway?.spec.vpc as unknown;
    return vpc === undefined
      ? { as: "beside", glyph: "endpoint", sub: "VPN connection" }
      : {
          as: "fact",
          on: [refKey(vpc)],
          text: `VPN connection ${name} to ${refKey(spec.customerGateway).replace(/^customerGateway\//, "customer gateway ")}`,
        };
  },
  withoutNetwork: "infra cannot know the network behind its gateway",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/**
 * Returns the slot of a pair. A second connection of the same two ends would be the first one (EC2 API, CreateVpnConnection: "This is an
 * idempotent operation").
 */
function slots({ spec }: Subject<Partial<VpnConnection>>): readonly Slot[] {
  const { customerGateway, vpnGateway } = spec;
  if (customerGateway === undefined || vpnGateway === undefined) return [];
  const pair = `${refKey(vpnGateway)} and ${refKey(customerGateway)}`;
  const what = `the single VPN connection that AWS allows between ${pair}`;
  return [{ space: "VPN connections", value: pair, path: "customerGateway", what, of: [customerGateway, vpnGateway] }];
}

function check(self: Subject<VpnConnection>, index: ResourceIndex): readonly Problem[] {
  const { customerGateway, vpnGateway, staticRoutesOnly = false, routes = [] } = self.spec;
  const problems: Problem[] = [];
  if (routes.length > 0 && !staticRoutesOnly)
    problems.push({
      code: "conflict",
      path: "routes",
      summary: "With BGP the customer gateway announces its networks itself, and AWS accepts no static routes.",
      hint: "write `staticRoutesOnly: true`, or remove `routes`",
    });
  if (routes.length === 0 && staticRoutesOnly)
    problems.push({
      code: "no-routes",
      severity: "warning",
      path: "staticRoutesOnly",
      summary: `${self.address} has only static routes, but \`routes\` is empty, so AWS sends no traffic into it.`,
      hint: "write the networks behind the customer gateway, for example `routes: [192.168.0.0/16]`",
    });
  const first = index
    .of(self.kind)
    .find(({ spec }) => refKey(spec.customerGateway) === refKey(customerGateway) && refKey(spec.vpnGateway) === refKey(vpnGateway));
  if (first && first.address !== self.address)
    problems.push({
      code: "conflict",
      path: "customerGateway",
      summary: `${first.address} already connects these two gateways, and AWS allows only one connection between them.`,
    });
  const numbers = [asnOf(index, customerGateway, "bgpAsn", 65_000), asnOf(index, vpnGateway, "amazonSideAsn", 64_512)];
  if (numbers[0] !== undefined && numbers[0] === numbers[1])
    problems.push({
      code: "conflict",
      path: "customerGateway",
      summary: `Both gateways have the autonomous system number ${numbers[0]}, and AWS refuses that.`,
      hint: `give ${refKey(vpnGateway)} another \`amazonSideAsn\`, or ${refKey(customerGateway)} another \`bgpAsn\``,
    });
  return problems;
}

function asnOf(index: ResourceIndex, of: unknown, field: string, usual: number): number | undefined {
  const found = typeof of === "string" ? index.get(of) : undefined;
  return found && ((found.spec[field] as number | undefined) ?? usual);
}
