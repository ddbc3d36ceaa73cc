/** The example that fixes the format and has resources of many kinds, with the same in HCL. */
import { readFileSync } from "node:fs";
import { hclHeader } from "./workload-hcl.ts";
import type { Workload } from "./workloads.ts";

const fixture = "test/fixtures/web-lab";

/**
 * Returns the workload. Its database may be deleted without a final snapshot, because both programs destroy what they make. Throws when a
 * file is missing.
 */
export function webLab(): Workload {
  const yaml = replaced(
    readFileSync(`${fixture}/web-lab.yaml`, "utf8"),
    "deletionProtection: true",
    "deletionProtection: false\n    finalSnapshot: false",
  );
  const region = "ap-northeast-2";
  const hcl = hclHeader(region) + readFileSync("bench/web-lab.tf", "utf8");
  return {
    name: "web-lab",
    yaml,
    changedYaml: replaced(yaml, "port: 22, source: 10.0.2.0/24", "port: 22, source: 10.0.3.0/24"),
    hcl,
    changedHcl: replaced(hcl, 'cidr_ipv4         = "10.0.2.0/24"', 'cidr_ipv4         = "10.0.3.0/24"'),
    region,
    files: Object.fromEntries(["keys/web.pub", "user-data/httpd.sh"].map((name) => [name, readFileSync(`${fixture}/${name}`, "utf8")])),
    allowDestroy: ["dbInstance/main"],
    resources: 22,
  };
}

function replaced(text: string, before: string, after: string): string {
  if (text.split(before).length !== 2) throw new Error(`web-lab: ${before} does not stand there once`);
  return text.replace(before, after);
}
