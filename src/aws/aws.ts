import type { Clock } from "@plumbline/clock";

/** The part of an SDK command that the gate needs. Every generated command fits. */
export interface Command<I extends object, O> {
  readonly input: I;
  // oxlint-disable-next-line typescript/no-explicit-any -- the SDK's own generics; only the output type is read
  resolveMiddleware(stack: any, configuration: any, options: any): (args: any) => Promise<{ output: O; response: unknown }>;
}

export interface CallOptions {
  /**
   * For a create that AWS cannot recognise when it is repeated (no token, no natural name). It is sent once, and a lost or ambiguous answer
   * is thrown as an AwsError of class "ambiguous" instead of a retry. Throttled calls were not carried out, so they are retried.
   */
  readonly once?: boolean;
  /** false: the call is sent without asking the fence (the lease's own writes). */
  readonly fenced?: boolean;
  /** Sends the call to the region in which AWS keeps objects without a region. CloudFront's tags are in us-east-1. */
  readonly atHome?: boolean;
}

/** Settings for all calls of one Aws. */
export interface CallScope {
  /** Milliseconds for one call, when it must be shorter than the usual limit. */
  readonly deadline?: number;
  /** Ends every call at once, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds for which failures of the network and of the server are retried once AWS has answered a call. A minute when absent. */
  readonly outageTimeout?: number;
  /**
   * "look": a create whose answer was lost is thrown as "ambiguous" although it has a token, because some endpoints ignore tokens. The
   * caller looks for its tags before it sends the create again.
   */
  readonly lostToken?: "look";
}

/** One service behind the gate, which counts, traces, limits and retries its calls. */
export interface Service {
  <I extends object, O>(command: Command<I, O>, options?: CallOptions): Promise<O>;
  /** All pages of a listing, by NextToken, NextMarker or Marker, whichever the service uses. */
  pages<I extends object, O>(command: new (input: I) => Command<I, O>, input: I, options?: CallOptions): AsyncIterable<O>;
}

/** The connection to AWS that every driver gets. It knows no kind. */
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
  /** Whether an emulator stands in for AWS. It does in moments what takes AWS minutes. */
  readonly isEmulated: boolean;
  /** Returns the same connection with these settings added to its own. */
  within(scope: CallScope): Aws;
  /** Returns a connection to another region of the same account, for reads. It refuses writes, because no lease covers them. */
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
