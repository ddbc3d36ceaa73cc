import type { Clock } from "@plumbline/clock";

/** What of an SDK command the gate needs; every generated command fits. */
export interface Command<I extends object, O> {
  readonly input: I;
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own generics; only the output type is read
  resolveMiddleware(stack: any, configuration: any, options: any): (args: any) => Promise<{ output: O; response: unknown }>;
}

export interface CallOptions {
  /**
   * A create that AWS cannot recognise when it is repeated (no token, no natural name): it is sent once, and
   * an answer that is lost or ambiguous is thrown as an AwsError of class "ambiguous" instead of retried.
   * Throttled calls were not carried out and are retried all the same.
   */
  readonly once?: boolean;
  /** false: sent whatever the fence says (the lease's own writes). */
  readonly fenced?: boolean;
  /** Sent to the region in which AWS keeps what has none: CloudFront's tags are in us-east-1. */
  readonly atHome?: boolean;
}

/** What holds for all calls of one way to AWS. */
export interface CallScope {
  /** Milliseconds for one call, where it needs less than calls usually may take. */
  readonly deadline?: number;
  /** Gives up every call at once, with its reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds for which an outage is waited out once AWS has answered: failures of the network and of the server. A minute when absent. */
  readonly outageTimeout?: number;
  /**
   * "look": a create whose answer was lost is thrown as "ambiguous" though it has a token, because some endpoints ignore
   * tokens: who made it looks for its tags before it is sent again.
   */
  readonly lostToken?: "look";
}

/** One service behind the gate: counted, traced, limited, retried. */
export interface Service {
  <I extends object, O>(command: Command<I, O>, options?: CallOptions): Promise<O>;
  /** All pages of a listing, following NextToken, NextMarker or Marker, whichever the service uses. */
  pages<I extends object, O>(command: new (input: I) => Command<I, O>, input: I, options?: CallOptions): AsyncIterable<O>;
}

/** The way to AWS that is handed to every driver. It knows no kind. */
export interface Aws {
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly clock: Clock;
  readonly ec2: Service;
  readonly elbv2: Service;
  readonly autoscaling: Service;
  readonly rds: Service;
  readonly elasticache: Service;
  readonly ssm: Service;
  readonly sts: Service;
  readonly cloudwatch: Service;
  readonly sns: Service;
  readonly logs: Service;
  readonly secretsmanager: Service;
  readonly efs: Service;
  readonly kms: Service;
  readonly s3: Service;
  /** The Resource Groups Tagging API: which objects of a type have which tags. */
  readonly tagging: Service;
  readonly iam: Service;
  readonly route53: Service;
  readonly acm: Service;
  readonly cloudcontrol: Service;
  readonly cloudformation: Service;
  /** Whether another program stands in for AWS: it makes in moments what takes AWS minutes. */
  readonly isEmulated: boolean;
  /** The same way, with these settings besides its own. */
  within(scope: CallScope): Aws;
  /** The same account in another region, to look at what is there. It writes nothing: no lease covers it. */
  elsewhere(region: string): Aws;
}

export type ServiceName =
  | "ec2"
  | "elbv2"
  | "autoscaling"
  | "rds"
  | "elasticache"
  | "ssm"
  | "sts"
  | "cloudwatch"
  | "sns"
  | "iam"
  | "logs"
  | "secretsmanager"
  | "efs"
  | "kms"
  | "s3"
  | "tagging"
  | "route53"
  | "acm"
  | "cloudcontrol"
  | "cloudformation";
