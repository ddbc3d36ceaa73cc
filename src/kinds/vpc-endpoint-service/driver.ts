import type { ServiceConfiguration } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { addressOfTag, environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Blocker, Change, Driver, Live, Scope } from "../kind.ts";
import { byEach, idFilters, isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import { isGateway, type VpcEndpointService } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type LiveService = Live<VpcEndpointService, null>;

export function driver(ec2: Sdk): Driver<VpcEndpointService, null> {
  async function* described(aws: Aws, Filters: Filter[]) {
    for await (const page of aws.ec2.pages(ec2.DescribeVpcEndpointServiceConfigurationsCommand, { Filters, MaxResults: 1000 }))
      yield* page.ServiceConfigurations ?? [];
  }

  /**
   * Returns a service with the principals that may use it, which are read only for our services. Undefined when it was deleted between the
   * two calls.
   */
  async function read(aws: Aws, found: ServiceConfiguration, scope: Scope): Promise<LiveService | undefined> {
    const tags = tagsOf(found.Tags);
    const address = tags[ownership.resource] === undefined ? undefined : addressOfTag(tags[ownership.resource]!);
    const isOurs = address === undefined || tags[ownership.project] === scope.project;
    const state = stateOf(found);
    if (scope.existence || !isOurs || (state !== "ready" && state !== "pending")) return live(found);
    const principals: string[] = [];
    const ask = async () => {
      const input = { ServiceId: found.ServiceId!, MaxResults: 1000 };
      for await (const page of aws.ec2.pages(ec2.DescribeVpcEndpointServicePermissionsCommand, input))
        principals.push(...(page.AllowedPrincipals ?? []).flatMap(({ Principal }) => Principal ?? []));
      return true;
    };
    if (!(await unlessGone(ask()))) return undefined;
    const one = live(found);
    return { ...one, spec: { ...one.spec, allowedPrincipals: principals } };
  }

  return {
    async *list(aws, scope) {
      for await (const found of described(aws, environmentFilter(scope))) {
        const one = await read(aws, found, scope);
        if (one) yield one;
      }
    },

    async get(aws, ids, scope) {
      const lives = new Map<AwsId, LiveService>();
      for (const Filters of idFilters("service-id", ids))
        for await (const found of described(aws, Filters)) {
          const one = await read(aws, found, scope);
          if (one) lives.set(one.id, one);
        }
      return lives;
    },

    async create(aws, request, identity) {
      const gateways = request.loadBalancers.filter(isGateway);
      const networks = request.loadBalancers.filter((one) => !isGateway(one));
      const { ServiceConfiguration: made } = await aws.ec2(
        new ec2.CreateVpcEndpointServiceConfigurationCommand({
          ...(networks.length > 0 ? { NetworkLoadBalancerArns: networks } : {}),
          ...(gateways.length > 0 ? { GatewayLoadBalancerArns: gateways } : {}),
          AcceptanceRequired: request.acceptanceRequired ?? true,
          ...(request.privateDnsName === undefined ? {} : { PrivateDnsName: request.privateDnsName }),
          ...(request.supportedIpAddressTypes ? { SupportedIpAddressTypes: [...request.supportedIpAddressTypes] } : {}),
          ClientToken: identity.token,
          TagSpecifications: tagSpecifications("vpc-endpoint-service", identity.tags),
        }),
      );
      return made!.ServiceId!;
    },

    async update(aws, stage, one, request, changes, run) {
      const ServiceId = one.id;
      if (stage === "principals") {
        const { added, removed } = difference(changes.allowedPrincipals);
        await aws.ec2(
          new ec2.ModifyVpcEndpointServicePermissionsCommand({
            ServiceId,
            ...(added.length > 0 ? { AddAllowedPrincipals: added } : {}),
            ...(removed.length > 0 ? { RemoveAllowedPrincipals: removed } : {}),
          }),
        );
        return;
      }
      const { loadBalancers, acceptanceRequired, privateDnsName, supportedIpAddressTypes } = changes;
      const kind = request.loadBalancers.some(isGateway) ? "GatewayLoadBalancerArns" : "NetworkLoadBalancerArns";
      await aws.ec2(
        new ec2.ModifyVpcEndpointServiceConfigurationCommand({
          ServiceId,
          ...listed(loadBalancers, kind),
          ...(acceptanceRequired ? { AcceptanceRequired: acceptanceRequired.after ?? true } : {}),
          ...(privateDnsName
            ? privateDnsName.after === undefined
              ? { RemovePrivateDnsName: true }
              : { PrivateDnsName: privateDnsName.after }
            : {}),
          ...listed(supportedIpAddressTypes, "SupportedIpAddressTypes"),
        }),
      );
      await run.wait("the service to be available again", 600, (now) => now === undefined || now.state === "ready");
    },

    /** A successful answer may hold a failure (EC2 API, DeleteVpcEndpointServiceConfigurations). */
    async delete(aws, { id, state }) {
      if (state === "dead" || state === "deleting") return;
      const { Unsuccessful: [refused] = [] } = await aws.ec2(new ec2.DeleteVpcEndpointServiceConfigurationsCommand({ ServiceIds: [id] }));
      const { Code = "", Message = "" } = refused?.Error ?? {};
      if (!refused?.Error || Code.endsWith(".NotFound")) return;
      const using = (await connectionsOf(aws, id)).map(({ endpoint, owner }) => `${endpoint} of account ${owner}`);
      throw new Refusal(
        `AWS refused to delete ${id}: ${Code}: ${Message}`,
        using.length === 0
          ? {}
          : { hint: `these endpoints use the service: ${using.join(", ")}; reject them, or have their owners delete them, and run again` },
      );
    },

    tag: ec2Tagging,

    blockers: (aws, lives) =>
      byEach(lives, async ({ id }) =>
        (await connectionsOf(aws, id)).map(({ endpoint, owner }): Blocker => ({
          id: endpoint,
          what: `endpoint of account ${owner}, which uses the service`,
          holder: endpoint,
        })),
      ),

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      if (owner !== aws.account) return ids; // EC2 lists the account's own services only
      for await (const found of described(aws, tagFilters(tags)))
        if (isMeant(found, tags, owner) && stateOf(found) === "ready") ids.push(found.ServiceId!);
      return ids;
    },
  };

  async function connectionsOf(aws: Aws, id: AwsId) {
    const all: { endpoint: AwsId; owner: string }[] = [];
    const Filters = [{ Name: "service-id", Values: [id] }];
    for await (const page of aws.ec2.pages(ec2.DescribeVpcEndpointConnectionsCommand, { Filters, MaxResults: 1000 }))
      for (const { VpcEndpointId, VpcEndpointOwner, VpcEndpointState } of page.VpcEndpointConnections ?? [])
        if (!["deleting", "deleted", "rejected", "failed"].includes(String(VpcEndpointState ?? "").toLowerCase()))
          all.push({ endpoint: VpcEndpointId!, owner: VpcEndpointOwner ?? "unknown" });
    return all;
  }
}

function difference(change: Change<readonly string[] | undefined> | undefined): { added: string[]; removed: string[] } {
  const { before = [], after = [] } = change ?? {};
  return { added: after.filter((one) => !before.includes(one)), removed: before.filter((one) => !after.includes(one)) };
}

/** Returns, for example, `AddNetworkLoadBalancerArns` and `RemoveNetworkLoadBalancerArns`. EC2 does not accept empty lists. */
function listed(change: Change<readonly string[] | undefined> | undefined, name: string): Readonly<Record<string, string[]>> {
  const { added, removed } = difference(change);
  return { ...(added.length > 0 ? { [`Add${name}`]: added } : {}), ...(removed.length > 0 ? { [`Remove${name}`]: removed } : {}) };
}

function live(found: ServiceConfiguration): LiveService {
  const proof = found.PrivateDnsNameConfiguration;
  const isWaiting = proof?.State !== undefined && proof.State !== "verified";
  return {
    id: found.ServiceId!,
    aliases: found.ServiceName ? [found.ServiceName] : [],
    tags: tagsOf(found.Tags),
    state: stateOf(found),
    spec: {
      loadBalancers: [...(found.NetworkLoadBalancerArns ?? []), ...(found.GatewayLoadBalancerArns ?? [])],
      acceptanceRequired: found.AcceptanceRequired ?? true,
      privateDnsName: found.PrivateDnsName || undefined,
      supportedIpAddressTypes: found.SupportedIpAddressTypes ?? ["ipv4"],
    } as Partial<VpcEndpointService>,
    handle: null,
    outputs: {
      serviceName: found.ServiceName ?? "",
      ...(isWaiting && proof?.Name ? { dnsProofName: proof.Name, dnsProofValue: proof.Value ?? "" } : {}),
    },
    ...(isWaiting && found.PrivateDnsName
      ? {
          notes: [
            `AWS has not verified ${found.PrivateDnsName} (${proof!.State}): publish the TXT record that \`infra output\` shows, and verify it in the console`,
          ],
        }
      : {}),
  };
}

function stateOf({ ServiceState }: ServiceConfiguration): Live["state"] {
  switch (String(ServiceState ?? "Available").toLowerCase()) {
    case "pending":
      return "pending";
    case "deleting":
      return "deleting";
    case "deleted":
      return "dead";
    case "failed":
      return { failed: "AWS could not make it" };
    default:
      return "ready";
  }
}
