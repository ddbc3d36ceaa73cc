import type { EndpointPart, ForwardPart, Live, NetworkPart, ResourceIndex, Subject, Traffic } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isCertificate, isRule } from "./normal.ts";
import type { Handle } from "./observe.ts";
import type { ActionFields, Listener, LoadBalancer, Rule } from "./schema.ts";

/** A node in each of its subnets. Application load balancers answer requests, network load balancers pass connections on. */
export function network(
  { address, spec }: Subject<Partial<LoadBalancer>>,
  _index: ResourceIndex,
  live?: Live<LoadBalancer, Handle>,
): readonly NetworkPart[] {
  const { type = "application", scheme, securityGroups, crossZone = false, ipAddressType } = spec;
  const isDual = ipAddressType !== undefined && ipAddressType !== "ipv4";
  const subnets = spec.subnets ?? spec.subnetMappings?.map(({ subnet }) => subnet) ?? [];
  const listeners = listenersOf(spec.listeners ?? {});
  return [
    {
      is: "endpoint",
      id: address,
      subnets: subnets.map(refKey),
      firewalls: securityGroups === undefined ? "unread" : securityGroups.length === 0 ? "none" : securityGroups.map(refKey),
      public: publicityOf(spec),
      publicPath: "scheme",
      ...(isDual ? { ipv6: "yes" } : {}),
      // AWS sets it for internal load balancers (ELB API, LoadBalancerAttribute, ipv6.deny_all_igw_traffic: true).
      ...(scheme === "internal" ? { isInternal: true } : {}),
      ...(live?.handle?.isOpenToClients ? { isOpenToClients: true } : {}),
      listens: listeners.flatMap(({ port, protocols }) => protocols.map((protocol): Traffic => ({ protocol, from: port, to: port }))),
    },
    ...listeners.flatMap(({ port, protocols, pools, path }) =>
      protocols.map((protocol): ForwardPart => ({
        is: "forward",
        from: address,
        protocol,
        port,
        pools,
        passes: type === "network" ? "connections" : "requests",
        keepsClient: type === "network",
        crossZone: type === "application" || crossZone,
        path,
      })),
    ),
  ];
}

function publicityOf({ scheme, ipAddressType }: Partial<LoadBalancer>): EndpointPart["public"] {
  if (ipAddressType === "dualstack-without-public-ipv4") return "no";
  return scheme === undefined ? "unread" : scheme === "internet-facing" ? "yes" : "no";
}

interface Listening {
  readonly port: number;
  readonly protocols: readonly ("tcp" | "udp")[];
  readonly pools: readonly string[];
  readonly path: string;
}

/** Reads listeners as authors write them, and as they are compared: with rules as separate entries (normal.ts). */
function listenersOf(entries: Readonly<Record<string, Listener>>): readonly Listening[] {
  return Object.entries(entries)
    .filter(([key]) => !isCertificate(key) && !isRule(key))
    .map(([key, listener]) => {
      const apart = Object.entries(entries).flatMap(([other, entry]) => (isRule(other) && other.startsWith(`${key}.`) ? [entry] : []));
      const actions: readonly (ActionFields | Rule)[] = [listener, ...Object.values(listener.rules ?? {}), ...apart];
      return {
        port: Number(key),
        protocols: listener.protocol === "UDP" ? ["udp"] : listener.protocol === "TCP_UDP" ? ["tcp", "udp"] : ["tcp"],
        pools: [...new Set(actions.flatMap(poolsOf))],
        path: `listeners.${key}`,
      };
    });
}

function poolsOf({ forward }: ActionFields): readonly string[] {
  if (forward === undefined) return [];
  return Array.isArray(forward) ? forward.map(({ targetGroup }) => refKey(targetGroup)) : [refKey(forward)];
}
