/** The identifiers of traffic sources: for load balancers and VPC Lattice, the ARNs of the target groups. */
import type { TrafficSourceIdentifier } from "@aws-sdk/client-auto-scaling";
import { AwsFault } from "../../model.ts";
import { invalid } from "./faults.ts";
import type { GroupRecord } from "./state.ts";

export function trafficSourcesOf(group: GroupRecord): TrafficSourceIdentifier[] {
  return [
    ...group.targetGroups.map((Identifier) => ({ Identifier, Type: "elbv2" })),
    ...(group.lattice ?? []).map((Identifier) => ({ Identifier, Type: "vpc-lattice" })),
  ];
}

/** The sources of one type. Without a type, the ARN tells it. */
export function sourcesOf(given: readonly TrafficSourceIdentifier[] | undefined, type: "elbv2" | "vpc-lattice"): string[] {
  return (given ?? []).flatMap(({ Identifier = "", Type }) => {
    const says = Type ?? (Identifier.includes(":vpc-lattice:") ? "vpc-lattice" : Identifier.startsWith("arn:") ? "elbv2" : "elb");
    if (says === "elb") throw new AwsFault("NotImplemented", "The sandbox does not model classic load balancers.");
    if (says === "vpc-lattice" && !/^arn:[^:]+:vpc-lattice:[^:]+:[0-9]{12}:targetgroup\/tg-[0-9a-f]{17}$/.test(Identifier))
      throw invalid(`Provided Traffic Source is not valid: ${Identifier}`);
    return says === type ? [Identifier] : [];
  });
}
