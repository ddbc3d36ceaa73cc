import type { IamPlace } from "../kinds/kind.ts";
import { dnsSuffixOf, partitionOf } from "../resource/partition.ts";
import type { PolicySubject } from "./subject.ts";

/** Builds the ARNs of one environment's account and region. */
export class Place implements IamPlace {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly #account: string;

  constructor({ project, name, region, account }: PolicySubject) {
    this.project = project;
    this.environment = name;
    this.region = region;
    this.#account = account ?? "*";
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  /** `end` is the part after the account: `subnet/*`. `*:image/*` is in any account. A whole ARN stays as it is. */
  arn(service: string, end: string): string {
    if (end.startsWith("arn:") || end === "*") return end;
    if (service === "s3") return `arn:${this.partition}:s3:::${this.#named(end)}`;
    const [account, rest] = end.startsWith("*:") ? ["*", end.slice(2)] : [this.#account, end];
    return this.#write(service, account, rest);
  }

  /** Fills in `{project}-{environment}-*`, for objects without tags that a policy can check. Their name identifies them. */
  #named(end: string): string {
    return end.replace("{project}", this.project).replace("{environment}", this.environment);
  }

  via(service: string): string {
    return `${service}.${this.region}.${dnsSuffixOf(this.partition)}`;
  }

  /** AWS's own public parameters belong to no account. */
  parameter(name: string): string {
    const path = name.replace(/^\//, "");
    return this.#write("ssm", path.startsWith("aws/") ? "" : this.#account, `parameter/${path}`);
  }

  /** Returns the ARN of the lease's parameters. `rest` follows the environment's own path. */
  lease(rest: string): string {
    return this.parameter(`plumbline/${this.project}/${this.environment}${rest}`);
  }

  /**
   * ARNs of IAM and CloudFront have no region, those of API Gateway no account, and those of Route 53 neither (Service Authorization
   * Reference, "Resource types defined by").
   */
  #write(service: string, account: string, rest: string): string {
    if (service === "route53") return `arn:${this.partition}:route53:::${rest}`;
    if (service === "cloudfront") return `arn:${this.partition}:cloudfront::${account}:${rest}`;
    if (service === "apigateway") return `arn:${this.partition}:apigateway:${this.region}::${rest}`;
    return `arn:${this.partition}:${service}:${service === "iam" ? "" : this.region}:${account}:${rest}`;
  }
}
