import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["tg", "aws_alb_target_group", "aws_lb_target_group", "aws_lb_target_group_attachment"],
  fields: {
    health_check_path: "healthCheck",
    HealthCheckPath: "healthCheck",
    HealthCheckPort: "healthCheck",
    HealthCheckProtocol: "healthCheck",
    HealthCheckIntervalSeconds: "healthCheck",
    deregistration_delay: "deregistrationDelay",
    unhealthy_threshold: "unhealthyThreshold",
    healthy_threshold: "healthyThreshold",
  },
};
