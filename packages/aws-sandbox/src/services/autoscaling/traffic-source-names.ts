/** How traffic sources are called: those of load balancers by the ARNs of their target groups, those of VPC Lattice likewise. */
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

/** Those of one type, which the ARN says where nothing else does. */
export function sourcesOf(given: readonly TrafficSourceIdentifier[] | undefined, type: "elbv2" | "vpc-lattice"): string[] {
  return (given ?? []).flatMap(({ Identifier = "", Type }) => {
    const says = Type ?? (Identifier.includes(":vpc-lattice:") ? "vpc-lattice" : Identifier.startsWith("arn:") ? "elbv2" : "elb");
    if (says === "elb") throw new AwsFault("NotImplemented", "The sandbox does not model classic load balancers.");
    if (says === "vpc-lattice" && !/^arn:[^:]+:vpc-lattice:[^:]+:[0-9]{12}:targetgroup\/tg-[0-9a-f]{17}$/.test(Identifier))
      throw invalid(`Provided Traffic Source is not valid: ${Identifier}`);
    return says === type ? [Identifier] : [];
  });
}
