/** Logs of requests and connections, and the bucket policy that they need. */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import type { Problem, ResourceIndex } from "../kind.ts";
import type { LoadBalancer } from "./schema.ts";

/**
 * The writers of the logs, as the policy of their bucket must name them (Elastic Load Balancing, "Enable access logs for your Application
 * Load Balancer" and "… Network Load Balancer"). The older form for application load balancers is an AWS account, one for each region.
 */
const writers = {
  application: { service: "logdelivery.elasticloadbalancing.amazonaws.com", more: /arn:aws[a-z-]*:iam::\d{12}:root/ },
  network: { service: "delivery.logs.amazonaws.com", more: undefined },
} as const;

/**
 * Checks the bucket policy of a log: AWS refuses a log whose bucket does not let it write. The policy is known only for a bucket of this
 * file.
 */
export function checkLogs(spec: LoadBalancer, index: ResourceIndex): Problem[] {
  const { service, more } = writers[spec.type === "network" ? "network" : "application"];
  return (["accessLogs", "connectionLogs"] as const).flatMap((field): Problem[] => {
    const log = spec[field];
    const bucket = log?.enabled === false || typeof log?.bucket !== "string" ? undefined : index.get(log.bucket);
    if (bucket === undefined) return [];
    const { policy } = bucket.spec as { readonly policy?: unknown };
    const text = typeof policy === "string" ? policy : JSON.stringify(policy ?? {});
    if (text.includes(service) || more?.test(text)) return [];
    const prefix = log!.prefix ? `${log!.prefix}/` : "";
    return [
      {
        code: "log-bucket",
        path: `${field}.bucket`,
        summary: `the policy of ${bucket.address} does not let Elastic Load Balancing write the log`,
        hint: `give the bucket a \`policy\` with the statement { Effect: Allow, Principal: { Service: ${service} }, Action: "s3:PutObject", Resource: "arn:\${partition}:s3:::${bucket.awsName ?? "BUCKET"}/${prefix}AWSLogs/*" }`,
      },
    ];
  });
}

/**
 * Repeats the call while the bucket refuses: ELB writes a test file into the bucket, and a bucket policy takes effect some seconds after it
 * was put.
 */
export async function whenBucketLets(aws: Aws, send: () => Promise<unknown>): Promise<void> {
  const began = aws.clock.now();
  for (;;)
    try {
      await send();
      return;
    } catch (error) {
      const isDenied = hasCode(error, "InvalidConfigurationRequest") && /Access Denied for bucket/i.test(error.message);
      if (!isDenied || aws.clock.now() - began > 120_000) throw error;
      await aws.clock.sleep(10_000);
    }
}
