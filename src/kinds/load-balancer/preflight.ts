/** Finds what AWS would refuse in load balancers that a plan would create. */
import type { Aws } from "../../aws/aws.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { foreignAddresses } from "../shared/network/foreign-addresses.ts";
import { elbv2Limits } from "../shared/elbv2/objects.ts";
import { beyondLimit, ifAllowed } from "../shared/instances/preflight.ts";
import type { Around, PlannedObject, PreflightFindings } from "../kind.ts";
import type { LoadBalancer } from "./schema.ts";
import { slots } from "./slots.ts";

export async function preflight(
  aws: Aws,
  elbv2: typeof import("../../aws/sdk/elbv2.ts"),
  planned: readonly PlannedObject<LoadBalancer>[],
  around: Around,
): Promise<PreflightFindings> {
  const { thorough } = around;
  const held = await foreignAddresses(aws, planned, around, (spec, address) => slots({ address, spec }));
  const unchecked = [...held.unchecked];
  const problems: PreflightFindings["problems"][number][] = planned.flatMap(({ address, request }) =>
    certificatesOf(request).flatMap(({ path, arn }) => misplaced(aws, arn).map((text) => ({ address, path, text }))),
  );
  problems.push(...held.problems, ...(await unknownPolicies(aws, elbv2, planned, unchecked)));
  if (!thorough) return { problems, unchecked };
  if (planned.some(({ request }) => certificatesOf(request).length > 0))
    unchecked.push("whether certificates exist: AWS checks that when it creates the listener");
  const limits = await elbv2Limits(aws, unchecked);
  const types: string[] = [];
  for await (const page of aws.elbv2.pages(elbv2.DescribeLoadBalancersCommand, { PageSize: 400 }))
    types.push(...(page.LoadBalancers ?? []).map(({ Type }) => Type ?? "application"));
  for (const type of ["application", "network"] as const) {
    const these = planned.filter(({ request }) => (request.type ?? "application") === type);
    const used = types.filter((one) => one === type).length;
    if (these.length > 0)
      problems.push(...beyondLimit(these, { used, most: limits.get(`${type}-load-balancers`) }, `${type} load balancers`));
  }
  return { problems, unchecked };
}

/** Finds security policies that Elastic Load Balancing does not list. It gets new ones every other year. */
async function unknownPolicies(
  aws: Aws,
  elbv2: typeof import("../../aws/sdk/elbv2.ts"),
  planned: readonly PlannedObject<LoadBalancer>[],
  unchecked: string[],
): Promise<PreflightFindings["problems"]> {
  const named = planned.flatMap(({ address, request }) =>
    Object.entries(request.listeners ?? {}).flatMap(([port, { sslPolicy }]) =>
      sslPolicy === undefined ? [] : [{ address, path: `listeners.${port}.sslPolicy`, sslPolicy }],
    ),
  );
  if (named.length === 0) return [];
  const listed = await ifAllowed(
    aws.elbv2(new elbv2.DescribeSSLPoliciesCommand({ PageSize: 400 })),
    "whether security policies exist",
    unchecked,
  );
  if (!listed) return [];
  const known = (listed.SslPolicies ?? []).map(({ Name }) => Name!);
  return named.flatMap(({ address, path, sslPolicy }) => {
    if (known.includes(sslPolicy)) return [];
    const near = didYouMean(sslPolicy, known);
    return [
      { address, path, text: `${aws.region} has no security policy ${sslPolicy}${near === undefined ? "" : `; did you mean ${near}?`}` },
    ];
  });
}

function certificatesOf({ listeners = {} }: LoadBalancer): { readonly path: string; readonly arn: string }[] {
  return Object.entries(listeners)
    .flatMap(([port, { certificate, certificates = [] }]) => [
      ...(certificate === undefined ? [] : [{ path: `listeners.${port}.certificate`, arn: certificate }]),
      ...certificates.map((arn, i) => ({ path: `listeners.${port}.certificates[${i}]`, arn })),
    ])
    .filter(({ arn }) => arn.startsWith("arn:"));
}

/**
 * Finds certificates that a load balancer cannot use: they must be in its own region and account (Elastic Load Balancing, "Certificates").
 */
function misplaced(aws: Aws, arn: string): string[] {
  const [, , service, region, account] = arn.split(":");
  if (service === "acm" && region !== aws.region)
    return [`the certificate is in ${region}, but a load balancer can use only certificates of its own region, ${aws.region}`];
  if (account !== aws.account)
    return [
      `the certificate belongs to account ${account}, but a load balancer can use only certificates of its own account, ${aws.account}`,
    ];
  return [];
}
