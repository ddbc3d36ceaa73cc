/**
 * Traffic sources: another form of load balancer target groups, and target groups of VPC Lattice, of which the sandbox knows only the ARNs.
 * Classic Load Balancers are not modelled.
 */
import type { AttachTrafficSourcesType, DescribeTrafficSourcesRequest, DetachTrafficSourcesType } from "@aws-sdk/client-auto-scaling";
import type { Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { attachTargets, checkedSources, detachTargets } from "./attachments.ts";
import { invalid, needGroup, needLiving } from "./faults.ts";
import { sourcesOf, trafficSourcesOf } from "./traffic-source-names.ts";

export const trafficSourceOperations: Record<string, Handler> = {
  AttachTrafficSources(input: AttachTrafficSourcesType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    checkedSources(group, input.TrafficSources);
    const targets = sourcesOf(input.TrafficSources, "elbv2");
    if (targets.length > 0) attachTargets(call, group, targets);
    group.lattice = [...new Set([...(group.lattice ?? []), ...sourcesOf(input.TrafficSources, "vpc-lattice")])];
    return {};
  },

  DetachTrafficSources(input: DetachTrafficSourcesType, call) {
    const group = needLiving(call, input.AutoScalingGroupName);
    checkedSources(group, input.TrafficSources);
    const targets = sourcesOf(input.TrafficSources, "elbv2");
    const going = sourcesOf(input.TrafficSources, "vpc-lattice");
    const unknown = going.find((arn) => !group.lattice?.includes(arn));
    if (unknown !== undefined) throw invalid(`Trying to remove Traffic Sources that are not part of the group: ${unknown}`);
    if (targets.length > 0) detachTargets(call, group, targets);
    group.lattice = group.lattice?.filter((arn) => !going.includes(arn));
    return {};
  },

  DescribeTrafficSources(input: DescribeTrafficSourcesRequest, call) {
    const all = trafficSourcesOf(needGroup(call, input.AutoScalingGroupName)).filter(
      ({ Type }) => (input.TrafficSourceType ?? Type) === Type,
    );
    const { items, next } = page(call, all, input, { key: (one) => one.Identifier!, max: 50, size: 50, names: "autoscaling" });
    return { TrafficSources: items.map(({ Identifier, Type }) => ({ Identifier, Type, State: "InService" })), ...next };
  },
};
