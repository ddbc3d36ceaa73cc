/** The network interfaces that a machine lists: those that outlive it, by reference, and those that are made with it. */
import type { Impact, Live } from "../kind.ts";
import { differing, type FurtherInterface } from "../shared/further-interfaces.ts";
import type { Instance } from "./schema.ts";
import type { Handle } from "./live.ts";

type Listed = NonNullable<Instance["networkInterfaces"]>;

export function outliving(listed: Listed = []): string[] {
  return listed.filter((one) => typeof one === "string");
}

/** Made with the machine, in their order, which is that of their device indices. */
export function madeWith(listed: Listed = []): FurtherInterface[] {
  return listed.filter((one) => typeof one !== "string");
}

/** What can be changed on an interface of a machine that exists; for the rest there is a new machine. */
const inPlace: readonly string[] = ["securityGroups", "description", "secondaryPrivateIpAddressCount", "ipv6AddressCount"];

/** A machine keeps its first interface for good, and those that were made with it; others come and go. */
export function interfacesImpact(
  was: Listed | undefined,
  now: Listed | undefined,
  { now: spec, live }: { readonly now: Instance; readonly live?: Live },
): Impact {
  const isOwn = spec.subnet !== undefined;
  if (!live) return isOwn && madeWith(now).length === 0 ? "update" : "replace"; // one of them is replaced; which, nobody says
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
 * The first one of a machine is no interface of the list where the file gives it one of its own: it may be set to stay. What was made
 * with it and is not written any more stays with it.
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
