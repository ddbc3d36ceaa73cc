import type { IamPlace } from "../kinds/kind.ts";
import { dnsSuffixOf, partitionOf } from "../resource/partition.ts";
import type { PolicySubject } from "./subject.ts";

/** ARNs of one environment's account and region. */
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

  /** `end` is what follows the account: `subnet/*`. `*:image/*` is of any account; a whole ARN stays as it is. */
  arn(service: string, end: string): string {
    if (end.startsWith("arn:") || end === "*") return end;
    if (service === "s3") return `arn:${this.partition}:s3:::${this.#named(end)}`;
    const [account, rest] = end.startsWith("*:") ? ["*", end.slice(2)] : [this.#account, end];
    return this.#write(service, account, rest);
  }

  /** `{project}-{environment}-*`: for what has no tags that a policy can ask for, and is known by its name. */
  #named(end: string): string {
    return end.replace("{project}", this.project).replace("{environment}", this.environment);
  }

  via(service: string): string {
    return `${service}.${this.region}.${dnsSuffixOf(this.partition)}`;
  }

  /** AWS's own public parameters are in no account. */
  parameter(name: string): string {
    const path = name.replace(/^\//, "");
    return this.#write("ssm", path.startsWith("aws/") ? "" : this.#account, `parameter/${path}`);
  }

  /** The parameters of the lease; `rest` follows the environment's own path. */
  lease(rest: string): string {
    return this.parameter(`plumbline/${this.project}/${this.environment}${rest}`);
  }

  /** IAM and CloudFront are in no region, API Gateway in no account, and Route 53 in neither (Service Authorization Reference, "Resource types defined by"). */
  #write(service: string, account: string, rest: string): string {
    if (service === "route53") return `arn:${this.partition}:route53:::${rest}`;
    if (service === "cloudfront") return `arn:${this.partition}:cloudfront::${account}:${rest}`;
    if (service === "apigateway") return `arn:${this.partition}:apigateway:${this.region}::${rest}`;
    return `arn:${this.partition}:${service}:${service === "iam" ? "" : this.region}:${account}:${rest}`;
  }
}
