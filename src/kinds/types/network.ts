/** Where objects of AWS's types stand in networks: what names subnets and security groups in one place has interfaces there. */
import { lateIn } from "../../resource/late.ts";
import type { EndpointPart, NetworkPart, PartId, Spec, Subject } from "../kind.ts";

const subnetsKey = /^(client|vpc)?subnet(s|ids?)$/i;
const groupsKey = /^(vpc)?securitygroup(s|ids?)$/i;

/** Nobody opens a connection to a function in a VPC (Lambda Developer Guide, "Giving Lambda functions access to resources in a VPC"). */
const calledByNobody = new Set(["AWS::Lambda::Function"]);

export function networkOfType(name: string): (self: Subject<Partial<Spec>>) => readonly NetworkPart[] {
  const isCalled = !calledByNobody.has(name);
  return ({ address, spec }) =>
    [...placesIn(spec)].map(({ subnets, firewalls }, i): EndpointPart => ({
      is: "endpoint",
      id: i === 0 ? address : `${address} (${i + 1})`,
      subnets,
      firewalls,
      public: isCalled ? "unread" : "no",
      ipv6: "unread",
      isMany: true,
      isOfType: true,
      ...(isCalled ? {} : { listens: [] }),
    }));
}

function* placesIn(value: unknown): Iterable<{ readonly subnets: readonly PartId[]; readonly firewalls: readonly PartId[] | "unread" }> {
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  const subnets = entries.find(([key]) => subnetsKey.test(key))?.[1] as unknown;
  const groups = entries.find(([key]) => groupsKey.test(key))?.[1] as unknown;
  if (subnets !== undefined && groups !== undefined) {
    const ids = idsIn(groups);
    yield { subnets: idsIn(subnets), firewalls: ids.length === 0 ? "unread" : ids };
  } else for (const [, member] of entries) yield* placesIn(member);
}

/** Outputs of resources are known by these; ids stay as they are. */
function idsIn(value: unknown): readonly PartId[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => lateIn(one)[0]?.address ?? String(one));
}
