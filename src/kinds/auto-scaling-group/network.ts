import type { EndpointPart, NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { AutoScalingGroup } from "./schema.ts";

/** Its machines are alike: in one of the subnets each, and launched as the template says. */
export function network({ address, spec }: Subject<Partial<AutoScalingGroup>>, index: ResourceIndex): readonly NetworkPart[] {
  const { launchTemplate, mixedInstances, subnets = [], targetGroups = [] } = spec;
  const others = (mixedInstances?.overrides ?? []).flatMap((override) => override.launchTemplate ?? []);
  const launched = [launchTemplate, ...others].map((template) => launchedBy(template, index));
  return [
    {
      is: "endpoint",
      id: address,
      isMany: true,
      subnets: subnets.map(refKey),
      firewalls: agreed(launched.map(({ firewalls }) => firewalls)) ?? "unread",
      public: agreed(launched.map((one) => one.public)) ?? "unread",
      ipv6: "as-subnet",
    },
    ...targetGroups.map((group): NetworkPart => ({ is: "member", of: refKey(group), endpoint: address })),
  ];
}

function launchedBy(template: unknown, index: ResourceIndex): Pick<EndpointPart, "firewalls" | "public"> {
  const spec = typeof template === "string" ? index.get(template)?.spec : undefined;
  if (!spec) return { firewalls: "unread", public: "unread" };
  const isPublic: boolean | undefined = spec.associatePublicIpAddress;
  return {
    firewalls: (spec.securityGroups as readonly unknown[] | undefined)?.map(refKey) ?? "default",
    public: isPublic === undefined ? "as-subnet" : isPublic ? "yes" : "no",
  };
}

function agreed<T>(values: readonly T[]): T | undefined {
  return new Set(values.map((value) => JSON.stringify(value))).size === 1 ? values[0] : undefined;
}
