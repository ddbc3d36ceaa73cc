import type { Kind, Problem, ResourceIndex, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { refKey } from "../shared/network/network-index.ts";
import { atLeast } from "../shared/slots.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { isGateway, schema, type VpcEndpointService } from "./schema.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const vpcEndpointService: Kind<VpcEndpointService, null> = {
  name: "vpcEndpointService",
  section: "vpcEndpointServices",
  file: "network",
  idPrefix: "vpce-svc-",
  doc: "A service behind a Network Load Balancer, which others reach from their own VPCs through an endpoint.",
  outputs: {
    serviceName: "The name for `service` of an endpoint.",
    dnsProofName: "The name of the TXT record that proves the private DNS name.",
    dnsProofValue: "The value of that TXT record.",
  },
  wanted: ["serviceName"],
  foreign,
  schema,
  fields: {
    loadBalancers: {
      change: balancersImpact,
      as: "set",
      whileGone: (left) => atLeast(1, left, "load balancer"),
      because: "the type of the load balancers of a service cannot be changed",
      urgency: "traffic",
    },
    acceptanceRequired: { change: "update", default: { value: true, class: "create-only" }, urgency: opensWhen(false) },
    allowedPrincipals: {
      change: "update",
      as: { key: (principal: string) => principal, unlisted: "remove" },
      default: { value: [], class: "enforced" },
      exposes: ({ added }) => (added.some(({ key }) => key === "*") ? "allows everybody to create endpoints to it" : undefined),
      urgency: opensWithMore,
    },
    privateDnsName: { change: "update", urgency: "traffic" },
    supportedIpAddressTypes: { change: "update", as: "set" },
  },
  stages: [{ name: "create" }, { name: "principals", fields: ["allowedPrincipals"] }],
  create: "token",
  replace: "create-first",
  waits: { create: { typical: 30, limit: 600 }, delete: { typical: 30, limit: 600 }, poll: 5 },
  tagIndex: ec2Index("vpc-endpoint-service"),
  // The principals of each service need a call of their own.
  readCost: (n) => Math.max(1, Math.ceil(n.ours / 1000)) + n.ours,
  iam: {
    read: ["ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions"],
    write: [
      "ec2:CreateVpcEndpointServiceConfiguration",
      "ec2:ModifyVpcEndpointServiceConfiguration",
      "ec2:ModifyVpcEndpointServicePermissions",
      "ec2:DeleteVpcEndpointServiceConfigurations",
      "ec2:DescribeVpcEndpointConnections",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointConnections"],
    onlyFor: { "ec2:ModifyVpcEndpointServicePermissions": ["allowedPrincipals"] },
    access: { "ec2:CreateVpcEndpointServiceConfiguration": { made: ["vpc-endpoint-service/*"] } },
  },
  check,
  network,
  authored: (spec) => ({ spec: without(spec, { acceptanceRequired: true, allowedPrincipals: [], supportedIpAddressTypes: ["ipv4"] }) }),
  drawn: () => ({ as: "beside", glyph: "endpoint", sub: "endpoint service" }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function balancersImpact(was: readonly string[] | undefined, now: readonly string[] | undefined) {
  return (was ?? []).some(isGateway) === (now ?? []).some(isGateway) ? "update" : "replace";
}

function check({ spec }: Subject<VpcEndpointService>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [i, one] of spec.loadBalancers.entries()) {
    const found = index.get(one);
    if (found && found.spec.type !== "network")
      problems.push({
        code: "conflict",
        path: `loadBalancers[${i}]`,
        summary: `${refKey(one)} is an Application Load Balancer, and a service needs a Network Load Balancer.`,
        hint: "put a Network Load Balancer in front of it, with a target group of `targetType: alb`",
      });
  }
  if (new Set(spec.loadBalancers.map(isGateway)).size > 1)
    problems.push({
      code: "conflict",
      path: "loadBalancers",
      summary: "A service has Network Load Balancers or Gateway Load Balancers, not both.",
    });
  return problems;
}
