/** The existing security policies (Elastic Load Balancing, "Security policies for your Application Load Balancer"). */
import type { DescribeSSLPoliciesInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";

const old = [
  "2015-05",
  "2016-08",
  "FS-1-1-2019-08",
  "FS-1-2-2019-08",
  "FS-1-2-Res-2019-08",
  "FS-1-2-Res-2020-10",
  "FS-2018-06",
  "TLS-1-0-2015-04",
  "TLS-1-0-2015-05",
  "TLS-1-1-2017-01",
  "TLS-1-2-2017-01",
  "TLS-1-2-Ext-2018-06",
];
const tls13 = ["1-0", "1-1", "1-2", "1-2-Ext1", "1-2-Ext2", "1-2-Res", "1-3"].map((versions) => `TLS13-${versions}-2021-06`);
const fips = ["1-0", "1-1", "1-2", "1-2-Ext0", "1-2-Ext1", "1-2-Ext2", "1-2-Res", "1-3"].map(
  (versions) => `TLS13-${versions}-FIPS-2023-04`,
);
const postQuantum = ["1-0", "1-2", "1-2-Ext1", "1-2-Ext2", "1-2-Res", "1-3"].map((versions) => `TLS13-${versions}-PQ-2025-09`);
const postQuantumFips = ["1-0", "1-2", "1-2-Ext0", "1-2-Ext1", "1-2-Ext2", "1-2-Res", "1-3"].map(
  (versions) => `TLS13-${versions}-FIPS-PQ-2025-09`,
);

const names = [old, tls13, fips, postQuantum, postQuantumFips].flat().map((name) => `ELBSecurityPolicy-${name}`);

/** Throws AWS's error unless the policy exists. */
export function needSslPolicy(name: string): void {
  if (!names.includes(name)) throw new AwsFault("SSLPolicyNotFound", `SSL policy '${name}' not found`);
}

const describeAll: Handler<DescribeSSLPoliciesInput, object> = (input, call) => {
  refuseUnknown(call, input, ["Names", "Marker", "PageSize"]);
  for (const name of input.Names ?? []) needSslPolicy(name);
  const { items, next } = page(call, input.Names?.length ? input.Names : names, input, {
    key: (name) => name,
    max: 400,
    size: 400,
    names: "elbv2",
  });
  return { SslPolicies: items.map((Name) => ({ Name })), ...next };
};

export const sslPolicyOperations: Record<string, Handler> = { DescribeSSLPolicies: describeAll };
