/** The slots of a load balancer and its rules: values that only one of them may hold. */
import type { Slot, Subject } from "../kind.ts";
import { elasticIpSlot, privateAddressSlot } from "../shared/slots.ts";
import { isNameless, normalConditions, normalise } from "./normal.ts";
import type { ActionFields, LoadBalancer, Rule } from "./schema.ts";

export function slots({ address, spec }: Pick<Subject<Partial<LoadBalancer>>, "address" | "spec">): readonly Slot[] {
  const listeners = Object.entries(normalise(spec).listeners ?? {}) as unknown as readonly (readonly [
    string,
    ActionFields & Partial<Rule>,
  ])[];
  const groups = new Set(listeners.flatMap(([, action]) => groupsOf(action)));
  return [
    ...[...groups].map(targetGroupSlot),
    ...listeners.flatMap(([key, rule]) => (rule.priority === undefined ? [] : [prioritySlot(address, key, rule as Rule)])),
    ...(spec.subnetMappings ?? []).flatMap(({ subnet, elasticIp, privateIpv4Address }, i) => [
      ...(elasticIp === undefined ? [] : [elasticIpSlot(elasticIp, `subnetMappings[${i}].elasticIp`)]),
      ...(privateIpv4Address === undefined
        ? []
        : [privateAddressSlot(subnet, privateIpv4Address, `subnetMappings[${i}].privateIpv4Address`)]),
    ]),
  ];
}

function groupsOf({ forward }: ActionFields): readonly string[] {
  if (forward === undefined) return [];
  return typeof forward === "string" ? [forward] : forward.map(({ targetGroup }) => targetGroup);
}

/** A target group serves one load balancer: TargetGroupAssociationLimit (ELB API, CreateListener). */
function targetGroupSlot(group: string): Slot {
  return {
    space: "balancers of target groups",
    value: group,
    path: "listeners",
    what: `the use of ${group} by a load balancer`,
    of: [group],
  };
}

/** Two rules of a listener cannot have the same priority: PriorityInUse (ELB API, CreateRule). */
function prioritySlot(address: string, key: string, { priority, conditions }: Rule): Slot {
  const [port, name = ""] = key.split(".rules.");
  const likeness = normalConditions(conditions).join("\n");
  return {
    space: `priorities of listener ${port} of ${address}`,
    value: String(priority),
    path: `listeners.${port}.rules.${name}.priority`,
    what: `priority ${priority} of listener ${port}`,
    of: [address],
    likeness,
    ...(isNameless(key) ? { foreign: { key, what: `a rule with priority ${priority} that somebody else made` } } : {}),
  };
}
