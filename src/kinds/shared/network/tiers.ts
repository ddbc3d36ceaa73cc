/** How the traffic of a subnet leaves its VPC, by its route table. */
import type { Address, ResourceIndex, Subject, Tier } from "../../kind.ts";
import { isEverywhere } from "../../../resource/ranges.ts";
import { refKey, tableFor, vpcOfSubnet } from "./network-index.ts";

export interface Way {
  readonly tier: Tier;
  /** A text for people: "to the internet". */
  readonly text: string;
  /** The route table. */
  readonly by?: Address;
}

/** Returns the way out of a subnet. A subnet without its own table uses the VPC's main table, which AWS creates without a way out. */
export function wayOf(index: ResourceIndex, subnet: Address): Way {
  const table = tableFor(index, subnet);
  if (!table) {
    const isOurs = index.get(vpcOfSubnet(index, subnet) ?? "") !== undefined;
    return { tier: "isolated", text: isOurs ? "no way out" : "routes not known" };
  }
  const routes = (table.spec.routes as readonly { destination: unknown; target: unknown }[] | undefined) ?? [];
  const defaults = routes
    .filter(({ destination }) => typeof destination === "string" && isEverywhere(destination))
    .map(({ target }) => target);
  if (defaults.length === 0)
    return { ...wayOfSome([...routes.map(({ target }) => target), ...propagatedIn(table)].map(refKey)), by: table.address };
  return { ...wayThrough(defaults.map(refKey)), by: table.address };
}

/** Returns the VPN gateways that write routes into a table by themselves. */
function propagatedIn({ spec }: Subject): readonly unknown[] {
  return (spec.propagatingVpnGateways as readonly unknown[] | undefined) ?? [];
}

/** Returns the way out of a table without a default route, which may have routes to some networks. */
function wayOfSome(targets: readonly string[]): Way {
  const isPeered = targets.some((target) => /^(vpcPeering\/|pcx-)/.test(target));
  const isHub = targets.some((target) => /^(transitGateway\/|tgw-)/.test(target));
  const isVpn = targets.some((target) => /^(vpnGateway\/|vgw-)/.test(target));
  const places = [...(isPeered ? ["peered VPCs"] : []), ...(isHub ? ["a transit gateway"] : []), ...(isVpn ? ["a VPN"] : [])];
  return { tier: "isolated", text: places.length === 0 ? "no way out" : `only to ${places.join(", ")}` };
}

function wayThrough(targets: readonly string[]): Way {
  const through = (pattern: RegExp) => targets.find((target) => pattern.test(target));
  if (through(/^(internetGateway\/|igw-)/) !== undefined) return { tier: "public", text: "to the internet" };
  if (through(/^(natGateway\/|nat-)/) !== undefined) return { tier: "private", text: "out through NAT" };
  if (through(/^(egressOnlyInternetGateway\/|eigw-)/) !== undefined) return { tier: "private", text: "out, IPv6 only" };
  if (through(/^(vpnGateway\/|vgw-)/) !== undefined) return { tier: "private", text: "out through a VPN" };
  const [other] = targets as [string];
  return { tier: "private", text: `out through ${other.startsWith("{") ? "a foreign resource" : other}` };
}

/** Whether an instance in this subnet gets a public address and the internet has a route to it. */
export function isReachedFromInternet(index: ResourceIndex, subnet: unknown, hasAddress: boolean | undefined): boolean {
  const found = typeof subnet === "string" ? index.get(subnet) : undefined;
  if (!found) return false;
  return (hasAddress ?? found.spec.mapPublicIpOnLaunch === true) && wayOf(index, found.address).tier === "public";
}
