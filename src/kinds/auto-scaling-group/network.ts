import type { EndpointPart, NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { AutoScalingGroup } from "./schema.ts";

/** Its instances are alike: each lies in one of the subnets and is launched as the template says. */
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
    ...(agreed(launched.map(({ further }) => further)) ?? []).map((groups, i): NetworkPart => ({
      is: "endpoint",
      id: `${address}.networkInterfaces[${i}]`,
      isMany: true,
      subnets: subnets.map(refKey),
      firewalls: groups,
      public: "no",
      ipv6: "as-subnet",
    })),
    ...targetGroups.map((group): NetworkPart => ({ is: "member", of: refKey(group), endpoint: address })),
  ];
}

interface Launched extends Pick<EndpointPart, "firewalls" | "public"> {
  /** The security groups of each interface after the first. */
  readonly further: readonly EndpointPart["firewalls"][];
}

function launchedBy(template: unknown, index: ResourceIndex): Launched {
  const spec = typeof template === "string" ? index.get(template)?.spec : undefined;
  if (!spec) return { firewalls: "unread", public: "unread", further: [] };
  const further = (spec.networkInterfaces as readonly { readonly securityGroups?: readonly unknown[] }[] | undefined) ?? [];
  // An instance that starts with several interfaces gets no automatic public address.
  const isPublic: boolean | undefined = further.length > 0 ? false : spec.associatePublicIpAddress;
  return {
    firewalls: (spec.securityGroups as readonly unknown[] | undefined)?.map(refKey) ?? "default",
    public: isPublic === undefined ? "as-subnet" : isPublic ? "yes" : "no",
    further: further.map(({ securityGroups }) => securityGroups?.map(refKey) ?? "default"),
  };
}

function agreed<T>(values: readonly T[]): T | undefined {
  return new Set(values.map((value) => JSON.stringify(value))).size === 1 ? values[0] : undefined;
}
