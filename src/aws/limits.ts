/** A token bucket as AWS publishes it: `burst` tokens, refilled at `refill` tokens a second. */
export interface Limit {
  readonly burst: number;
  readonly refill: number;
  /** AWS gives no account more. */
  readonly isHard?: true;
}

/**
 * Returns the bucket that a call draws from, per account and region: its key and its published size (EC2 API reference, "Request
 * throttling"). ELBv2, RDS, ElastiCache, CloudWatch, SNS and IAM publish nothing; their figures are the ones that users report.
 */
export function publishedLimit(service: string, operation: string): Limit & { readonly key: string } {
  if (service === "ec2")
    return { key: `ec2:${operation}`, ...(ec2[operation] ?? (isRead(operation) ? { burst: 100, refill: 20 } : { burst: 50, refill: 5 })) };
  if (service === "autoscaling") return { key: "autoscaling", burst: 30, refill: 6 }; // one bucket for all operations of the account
  if (service === "sns" && /^(TagResource|UntagResource|ListTagsForResource)$/.test(operation))
    return { key: "sns:tagging", ...snsTagging };
  if (service === "route53") return { key: "route53", ...allOfRoute53 };
  if (service === "kms" && isRead(operation)) return { key: `kms:${operation}`, ...kmsReads };
  if (service === "ssm" && operation === "PutParameter") return { key: "ssm:PutParameter", ...putParameter };
  if (service === "cloudcontrol")
    return isRead(operation) ? { key: "cloudcontrol:read", ...cloudControl.read } : { key: "cloudcontrol:write", ...cloudControl.write };
  const other = others[service] ?? { burst: 20, refill: 5 };
  return { key: `${service}:${operation}`, ...other };
}

/** "Tagging actions are limited to 10 TPS per AWS account, per AWS Region" (SNS API reference, TagResource); one bucket for the three. */
const snsTagging: Limit = { burst: 10, refill: 10, isHard: true };

/** "Five requests per second per AWS account", all operations together (Route 53 Developer Guide, "Quotas"). */
const allOfRoute53: Limit = { burst: 5, refill: 5, isHard: true };
/** Hundreds a second (KMS Developer Guide, "Request quotas"): ListKeys 500, DescribeKey and ListResourceTags 2,000. */
const kmsReads: Limit = { burst: 100, refill: 100 };

/** Three a second by default (AWS General Reference, "AWS Systems Manager endpoints and quotas": transactions per second for PutParameter). */
const putParameter: Limit = { burst: 3, refill: 3 };

/** AWS publishes no limit. Users of other tools report throttles at about 25 calls a second, over all types together. */
const cloudControl: Readonly<Record<"read" | "write", Limit>> = { read: { burst: 20, refill: 10 }, write: { burst: 4, refill: 2 } };

/** Whether an operation changes nothing, judged by AWS's naming. */
export function isRead(operation: string): boolean {
  return /^(Describe|Get|Head|List|Search)/.test(operation);
}

const ec2: Readonly<Record<string, Limit>> = {
  CreateTags: { burst: 100, refill: 10 },
  DeleteTags: { burst: 100, refill: 10 },
  CreateNetworkInterface: { burst: 100, refill: 5 },
  DeleteNetworkInterface: { burst: 100, refill: 5 },
  ModifyNetworkInterfaceAttribute: { burst: 100, refill: 5 },
  DescribeSecurityGroupReferences: { burst: 20, refill: 5 },
  DescribeStaleSecurityGroups: { burst: 20, refill: 5 },
  CreateNatGateway: { burst: 10, refill: 1 },
  DeleteNatGateway: { burst: 10, refill: 1 },
  AssociateNatGatewayAddress: { burst: 10, refill: 1 },
  DisassociateNatGatewayAddress: { burst: 10, refill: 1 },
  AssignPrivateNatGatewayAddress: { burst: 10, refill: 1 },
  UnassignPrivateNatGatewayAddress: { burst: 10, refill: 1 },
  RunInstances: { burst: 5, refill: 2 },
  TerminateInstances: { burst: 100, refill: 5 },
  StartInstances: { burst: 5, refill: 2 },
  StopInstances: { burst: 5, refill: 2 },
};

const others: Readonly<Record<string, Limit>> = {
  elbv2: { burst: 40, refill: 10 },
  rds: { burst: 20, refill: 4 },
  elasticache: { burst: 20, refill: 4 },
  // For EFS, AWS publishes only "ThrottlingException".
  efs: { burst: 10, refill: 5 },
  cloudwatch: { burst: 20, refill: 4 },
  sns: { burst: 30, refill: 10 },
  logs: { burst: 10, refill: 10 },
  secretsmanager: { burst: 40, refill: 40 },
  // KMS Developer Guide, "Request quotas": five a second for most calls that change a key.
  kms: { burst: 5, refill: 5 },
  tagging: { burst: 15, refill: 15 },
  iam: { burst: 30, refill: 10 },
  acm: { burst: 10, refill: 5 },
  // AWS publishes no limit ("Rate exceeded" is a ThrottlingException there).
  cloudformation: { burst: 10, refill: 5 },
  ssm: { burst: 40, refill: 10 },
  sts: { burst: 100, refill: 50 },
  // S3 takes thousands of object requests a second. For settings of buckets AWS publishes no limit.
  s3: { burst: 50, refill: 50 },
};
