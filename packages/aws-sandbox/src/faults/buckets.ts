/**
 * AWS's token buckets, by account and region. EC2 publishes their sizes ("Request throttling for the Amazon EC2 API"). Systems Manager
 * publishes requests a second ("AWS Systems Manager endpoints and quotas"), as do STS and SNS. Elastic Load Balancing, Auto Scaling and RDS
 * publish nothing: their sizes are what users report, rounded down.
 */
import { AwsFault } from "../model.ts";

interface Size {
  readonly burst: number;
  /** Tokens that come back each second. */
  readonly refill: number;
}

export interface ThrottledCall {
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  readonly account: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** All buckets of a sandbox. */
export class Buckets {
  readonly #scale: number;
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  constructor(scale = 1) {
    this.#scale = scale;
  }

  /** Takes the tokens of a call. Throws the service's throttling error, and takes nothing, when a bucket has too few. */
  take(call: ThrottledCall, now: number): void {
    const costs = costsOf(call).map((cost) => ({ ...cost, key: `${call.account}/${call.region}/${call.service}/${cost.bucket}` }));
    if (costs.some((cost) => this.#level(cost.key, cost.size, now) < cost.tokens)) throw throttled(call.service);
    for (const cost of costs) this.#levels.get(cost.key)!.tokens -= cost.tokens;
  }

  #level(key: string, size: Size, now: number): number {
    const burst = Math.max(1, size.burst * this.#scale);
    const level = this.#levels.get(key) ?? { tokens: burst, at: now };
    level.tokens = Math.min(burst, level.tokens + ((now - level.at) / 1000) * size.refill * this.#scale);
    level.at = now;
    this.#levels.set(key, level);
    return level.tokens;
  }
}

interface Cost {
  readonly bucket: string;
  readonly size: Size;
  readonly tokens: number;
}

function costsOf(call: ThrottledCall): Cost[] {
  if (call.service === "ec2") return ec2Costs(call);
  const { shared, size, own } = SERVICES[call.service] ?? { size: { burst: 20, refill: 10 } };
  const group = shared?.(call);
  const bucket = group ?? call.operation;
  return [{ bucket, size: own?.[bucket] ?? size, tokens: 1 }];
}

function ec2Costs(call: ThrottledCall): Cost[] {
  const { operation, input } = call;
  const request: Cost = { bucket: operation, size: EC2_OWN[operation] ?? (call.mutating ? MUTATING : READING), tokens: 1 };
  if (EC2_COSTLY_WHOLE.has(operation) && !isNarrowed(input))
    return [{ bucket: `${operation} unfiltered`, size: { burst: 50, refill: 10 }, tokens: 1 }];
  const resources = EC2_RESOURCES[operation];
  return resources === undefined ? [request] : [request, { bucket: `${operation} resources`, size: resources, tokens: machinesIn(input) }];
}

const READING: Size = { burst: 100, refill: 20 };
const MUTATING: Size = { burst: 50, refill: 5 };

/** Describe calls that use a smaller bucket when they have neither a filter nor MaxResults. */
const EC2_COSTLY_WHOLE = new Set([
  "DescribeInstances",
  "DescribeInstanceStatus",
  "DescribeNetworkInterfaces",
  "DescribeSecurityGroups",
  "DescribeSnapshots",
  "DescribeSpotInstanceRequests",
  "DescribeVolumes",
]);

const EC2_OWN: Readonly<Record<string, Size>> = {
  RunInstances: { burst: 5, refill: 2 },
  StartInstances: { burst: 5, refill: 2 },
  TerminateInstances: { burst: 100, refill: 5 },
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
  CreateVpcEndpoint: { burst: 4, refill: 0.3 },
  ModifyVpcEndpoint: { burst: 4, refill: 0.3 },
  DeleteVpcEndpoints: { burst: 4, refill: 0.3 },
  AcceptVpcEndpointConnections: { burst: 10, refill: 1 },
  RejectVpcEndpointConnections: { burst: 10, refill: 1 },
  CreateDefaultVpc: { burst: 1, refill: 1 },
  CreateDefaultSubnet: { burst: 1, refill: 1 },
};

/** Second buckets, with one token for each instance. */
const EC2_RESOURCES: Readonly<Record<string, Size>> = {
  RunInstances: { burst: 1000, refill: 2 },
  StartInstances: { burst: 1000, refill: 2 },
  StopInstances: { burst: 1000, refill: 20 },
  TerminateInstances: { burst: 1000, refill: 20 },
};

interface ServiceBuckets {
  readonly size: Size;
  /** The bucket that this call shares with others; undefined when its operation has its own bucket. */
  readonly shared?: (call: ThrottledCall) => string | undefined;
  readonly own?: Readonly<Record<string, Size>>;
}

const SERVICES: Readonly<Record<string, ServiceBuckets>> = {
  autoscaling: { size: { burst: 20, refill: 6 }, shared: () => "all" },
  elbv2: { size: { burst: 40, refill: 10 } },
  rds: { size: { burst: 20, refill: 4 } },
  elasticache: { size: { burst: 20, refill: 4 } },
  cloudwatch: {
    size: { burst: 10, refill: 10 },
    own: { PutMetricAlarm: { burst: 3, refill: 3 }, DescribeAlarms: { burst: 9, refill: 9 } },
  },
  sns: { size: { burst: 30, refill: 30 }, own: { Subscribe: { burst: 100, refill: 100 }, Unsubscribe: { burst: 100, refill: 100 } } },
  ssm: {
    size: { burst: 20, refill: 20 },
    shared: ({ operation }) =>
      operation.startsWith("GetParameter") ? "get" : /^(Put|Delete|Label)Parameter/.test(operation) ? "put" : undefined,
    own: { get: { burst: 40, refill: 40 }, put: { burst: 3, refill: 3 } },
  },
  // CloudWatch Logs quotas: ten a second for each call on log groups (CloudWatch Logs User Guide, "CloudWatch Logs quotas").
  logs: { size: { burst: 10, refill: 10 } },
  secretsmanager: { size: { burst: 50, refill: 50 } },
  // "Five requests per second per AWS account" (Route 53 Developer Guide, "Quotas"). ACM: numbers that users report.
  route53: { size: { burst: 5, refill: 5 }, shared: () => "all" },
  acm: { size: { burst: 10, refill: 10 }, own: { RequestCertificate: { burst: 5, refill: 5 }, ListCertificates: { burst: 8, refill: 8 } } },
  // KMS Developer Guide, "Request quotas": many for reads, five to fifteen a second for calls that change a key.
  kms: {
    size: { burst: 100, refill: 100 },
    own: Object.fromEntries(
      [
        "CreateKey",
        "CreateAlias",
        "UpdateAlias",
        "DeleteAlias",
        "EnableKey",
        "DisableKey",
        "UpdateKeyDescription",
        "UntagResource",
        "CancelKeyDeletion",
      ].map((operation) => [operation, { burst: 5, refill: 5 }]),
    ),
  },
  // EFS publishes no numbers.
  efs: { size: { burst: 20, refill: 10 } },
  s3: { size: { burst: 100, refill: 100 } },
  tagging: { size: { burst: 15, refill: 15 } },
  sts: { size: { burst: 600, refill: 600 }, shared: () => "all" },
};

function isNarrowed(input: Readonly<Record<string, unknown>>): boolean {
  return input["MaxResults"] !== undefined || Object.values(input).some((value) => Array.isArray(value) && value.length > 0);
}

function machinesIn(input: Readonly<Record<string, unknown>>): number {
  const ids = input["InstanceIds"];
  return Array.isArray(ids) ? ids.length : Number(input["MaxCount"] ?? 1);
}

function throttled(service: string): AwsFault {
  if (service === "ec2") return new AwsFault("RequestLimitExceeded", "Request limit exceeded.", 503);
  if (service === "s3") return new AwsFault("SlowDown", "Please reduce your request rate.", 503);
  const json = ["acm", "cloudwatch", "efs", "kms", "logs", "secretsmanager", "ssm", "tagging"].includes(service);
  return new AwsFault(json ? "ThrottlingException" : "Throttling", "Rate exceeded");
}
