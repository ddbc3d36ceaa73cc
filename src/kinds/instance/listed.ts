/** The network interfaces that an instance lists: references to those that outlive it, and definitions of those that are made with it. */
import type { Impact, Live } from "../kind.ts";
import { differing, type FurtherInterface } from "../shared/instances/further-interfaces.ts";
import type { Instance } from "./schema.ts";
import type { Handle } from "./live.ts";

type Listed = NonNullable<Instance["networkInterfaces"]>;

export function outliving(listed: Listed = []): string[] {
  return listed.filter((one) => typeof one === "string");
}

/** The interfaces that are made with the instance, in the order of their device indices. */
export function madeWith(listed: Listed = []): FurtherInterface[] {
  return listed.filter((one) => typeof one !== "string");
}

/** Fields of an interface that can change on an existing instance. Any other change needs a new instance. */
const inPlace: readonly string[] = ["securityGroups", "description", "secondaryPrivateIpAddressCount", "ipv6AddressCount"];

/** The cost of a change. An instance keeps its first interface and those that were made with it. Others can be attached and detached. */
export function interfacesImpact(
  was: Listed | undefined,
  now: Listed | undefined,
  { now: spec, live }: { readonly now: Instance; readonly live?: Live },
): Impact {
  const isOwn = spec.subnet !== undefined;
  if (!live) return isOwn && madeWith(now).length === 0 ? "update" : "replace"; // one of them is replaced, and it is not known which
  const have = madeWith(was);
  const isMade = madeWith(now).every(
    (one, i) => have[i] !== undefined && differing(one, have[i]).every((field) => inPlace.includes(field)),
  );
  if (!isMade || (!isOwn && ownsCard(live))) return "replace";
  const [first = ""] = outliving(was);
  if (isOwn) return !ownsCard(live) && first.includes("/") ? "replace" : "update";
  return first === outliving(now)[0] ? "update" : "replace";
}

function ownsCard({ handle }: Live): boolean {
  return (handle as Handle | undefined)?.ownsCard ?? true;
}

/**
 * Whether the interfaces agree. If the file gives the instance its own first interface, that one does not count as listed, even if it is
 * set to outlive the instance. Interfaces that were made with the instance stay, although the file no longer writes them.
 */
export function sameInterfaces(request: Listed, have: Listed = [], live: Live, _resolved: unknown, spec?: Partial<Instance>): boolean {
  const isOwn = spec?.subnet !== undefined;
  if (!isOwn && ownsCard(live)) return false;
  const made = madeWith(have);
  if (!madeWith(request).every((one, i) => made[i] !== undefined && differing(one, made[i]).length === 0)) return false;
  const wanted = outliving(request);
  const there = outliving(have).filter((one) => !isOwn || one !== (live.handle as Handle | undefined)?.card);
  return wanted.length === there.length && wanted.every((one) => there.includes(one)) && (isOwn || wanted[0] === there[0]);
}
