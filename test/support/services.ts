import type { ServiceName } from "../../src/aws/aws.ts";

/** All of AWS's services that infra calls. */
export const services = [
  "ec2",
  "elbv2",
  "autoscaling",
  "rds",
  "ssm",
  "sts",
  "cloudwatch",
  "sns",
  "iam",
  "logs",
  "secretsmanager",
  "efs",
  "elasticache",
  "kms",
  "s3",
  "tagging",
  "route53",
  "acm",
  "cloudcontrol",
  "cloudformation",
] as const satisfies readonly ServiceName[];
