import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["asg", "scaling_group", "AutoScalingGroup", "aws_autoscaling_group"],
  fields: {
    min_size: "minSize min",
    max_size: "maxSize max",
    desired_capacity: "desiredCapacity desired",
    min: "minSize",
    max: "maxSize",
    desired: "desiredCapacity",
    vpc_zone_identifier: "subnets",
    VPCZoneIdentifier: "subnets",
    target_group_arns: "targetGroups",
    launch_configuration: "launchTemplate",
  },
};
