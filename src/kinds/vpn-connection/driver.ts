import type { VpnConnection as AwsConnection } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagSpecifications } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Driver, Live, Member, Run } from "../kind.ts";
import { ec2Kind } from "../shared/ec2-kind.ts";
import { idFilters, type Filter } from "../shared/lookup.ts";
import type { Handle, VpnConnection } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");
type LiveConnection = Live<VpnConnection, Handle>;

export function driver(ec2: Sdk): Driver<VpnConnection, Handle> {
  /**
   * Reads connections; the call has no pages. Every answer holds the keys of the tunnels. Only the fields that `live` takes leave this
   * file.
   */
  const described = async (aws: Aws, Filters: Filter[]) =>
    (await aws.ec2(new ec2.DescribeVpnConnectionsCommand({ Filters }))).VpnConnections ?? [];

  return {
    ...ec2Kind({
      described,
      idFilter: "vpn-connection-id",
      idOf: (one) => one.VpnConnectionId,
      live,
      isGone: (one) => live(one).state === "dead",
    }),

    /** Creates a connection. AWS may answer with an existing one, which is ours only if it has our tags. */
    async create(aws, request, identity) {
      const { VpnConnection: made } = await aws.ec2(
        new ec2.CreateVpnConnectionCommand({
          Type: "ipsec.1",
          CustomerGatewayId: request.customerGateway,
          VpnGatewayId: request.vpnGateway,
          Options: {
            StaticRoutesOnly: request.staticRoutesOnly ?? false,
            ...(request.localIpv4NetworkCidr === undefined ? {} : { LocalIpv4NetworkCidr: request.localIpv4NetworkCidr }),
            ...(request.remoteIpv4NetworkCidr === undefined ? {} : { RemoteIpv4NetworkCidr: request.remoteIpv4NetworkCidr }),
          },
          TagSpecifications: tagSpecifications("vpn-connection", identity.tags),
        }),
        { once: true },
      );
      const tags = tagsOf(made!.Tags);
      if (![ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]))
        throw new Refusal(`${made!.VpnConnectionId} already connects these two gateways, and it is not of this environment`, {
          hint: "take it over with `adopt:`",
        });
      return made!.VpnConnectionId!;
    },

    async update(aws, stage, live, request, changes, run) {
      if (stage === "routes") return setRoutes(ec2, aws, live, request.routes ?? [], run);
      const { id: VpnConnectionId } = live;
      await waitUntilReady(live, run);
      if (changes.customerGateway ?? changes.vpnGateway) {
        await aws.ec2(
          new ec2.ModifyVpnConnectionCommand({
            VpnConnectionId,
            ...(changes.customerGateway ? { CustomerGatewayId: request.customerGateway } : {}),
            ...(changes.vpnGateway ? { VpnGatewayId: request.vpnGateway } : {}),
          }),
        );
        await waitForChange(run);
      }
      const { localIpv4NetworkCidr: local, remoteIpv4NetworkCidr: remote } = changes;
      if (!local && !remote) return;
      await aws.ec2(
        new ec2.ModifyVpnConnectionOptionsCommand({
          VpnConnectionId,
          ...(local ? { LocalIpv4NetworkCidr: local.after ?? "0.0.0.0/0" } : {}),
          ...(remote ? { RemoteIpv4NetworkCidr: remote.after ?? "0.0.0.0/0" } : {}),
        }),
      );
      await waitForChange(run);
    },

    async delete(aws, { id: VpnConnectionId, state }) {
      if (state === "dead" || state === "deleting") return;
      await unlessGone(aws.ec2(new ec2.DeleteVpnConnectionCommand({ VpnConnectionId })));
    },

    async within(aws, around) {
      const members: Member[] = [];
      for (const Filters of idFilters("vpn-gateway-id", [...(around.get("vpnGateway") ?? [])]))
        for (const one of await described(aws, Filters))
          if (live(one).state !== "dead" && live(one).state !== "deleting")
            members.push({ id: one.VpnConnectionId!, what: `VPN connection of ${one.VpnGatewayId} with ${one.CustomerGatewayId}` });
      return members;
    },
  };
}

async function waitForChange(run: Run<VpnConnection, Handle>): Promise<void> {
  await run.wait("the connection to be available", 2400, (now) => now === undefined || (now.state === "ready" && !now.handle.isModifying));
}

/** Waits for an earlier change. A run that was stopped may have left one under way, and AWS accepts no other change then. */
async function waitUntilReady({ state, handle }: LiveConnection, run: Run<VpnConnection, Handle>): Promise<void> {
  if (state === "pending" || handle.isModifying) await waitForChange(run);
}

async function setRoutes(ec2: Sdk, aws: Aws, live: LiveConnection, request: readonly string[], run: Run): Promise<void> {
  const { id, handle } = live;
  await waitUntilReady(live, run);
  const wanted = request.map(canonicalCidr);
  for (const DestinationCidrBlock of wanted)
    if (!handle.routes.includes(DestinationCidrBlock))
      await aws.ec2(new ec2.CreateVpnConnectionRouteCommand({ VpnConnectionId: id, DestinationCidrBlock }));
  for (const DestinationCidrBlock of handle.routes)
    if (!wanted.includes(DestinationCidrBlock))
      await unlessGone(aws.ec2(new ec2.DeleteVpnConnectionRouteCommand({ VpnConnectionId: id, DestinationCidrBlock })));
}

/** Returns a connection with the needed fields only: `CustomerGatewayConfiguration` and `PreSharedKey` are not copied. */
export function live(found: AwsConnection): LiveConnection {
  const state = found.State as string | undefined;
  const routes = (found.Routes ?? []).filter((one) => one.State !== "deleted" && one.State !== "deleting");
  const addresses = (found.VgwTelemetry ?? []).map(({ OutsideIpAddress }) => OutsideIpAddress);
  const down = (found.VgwTelemetry ?? []).filter(({ Status }) => Status === "DOWN").length;
  return {
    id: found.VpnConnectionId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    state: state === "deleted" ? "dead" : state === "deleting" ? "deleting" : state === "pending" ? "pending" : "ready",
    isUnderWay: state === "pending" || state === "modifying",
    spec: {
      customerGateway: found.CustomerGatewayId!,
      ...(found.VpnGatewayId ? { vpnGateway: found.VpnGatewayId } : {}),
      staticRoutesOnly: found.Options?.StaticRoutesOnly ?? false,
      routes: routes.map(({ DestinationCidrBlock }) => canonicalCidr(DestinationCidrBlock!)),
      localIpv4NetworkCidr: found.Options?.LocalIpv4NetworkCidr ?? "0.0.0.0/0",
      remoteIpv4NetworkCidr: found.Options?.RemoteIpv4NetworkCidr ?? "0.0.0.0/0",
    },
    handle: { routes: routes.map(({ DestinationCidrBlock }) => canonicalCidr(DestinationCidrBlock!)), isModifying: state === "modifying" },
    outputs: {
      ...(addresses[0] === undefined ? {} : { tunnel1Address: addresses[0] }),
      ...(addresses[1] === undefined ? {} : { tunnel2Address: addresses[1] }),
      ...(down > 0 ? { tunnelsDown: String(down) } : {}),
    },
  };
}
