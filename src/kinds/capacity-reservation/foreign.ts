import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["ec2_capacity_reservation", "odcr"],
  fields: {
    instance_type: "instanceType",
    instance_platform: "instancePlatform",
    platform: "instancePlatform",
    availability_zone: "availabilityZone",
    instance_count: "instanceCount",
    count: "instanceCount",
    ebs_optimized: "ebsOptimized",
    end_date: "endDate",
    end_date_type: "endDate",
    instance_match_criteria: "instanceMatchCriteria",
    placement_group_arn: "placementGroup",
  },
};
