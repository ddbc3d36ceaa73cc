import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["alb", "nlb", "elb", "lb", "balancer", "aws_alb", "aws_elb", "aws_lb_listener", "listener", "listener_rule"],
  fields: {
    load_balancer_type: "type",
    listener: "listeners",
    internal: "scheme",
    subnet_mapping: "subnetMappings",
    default_action: "forward",
    DefaultActions: "forward",
    target_group: "forward",
    target_group_arn: "forward",
    TargetGroupArn: "forward",
    certificate_arn: "certificate",
    certificates: "certificate",
    certificate: "certificate",
  },
};
