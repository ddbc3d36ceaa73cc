/**
 * Mutations that once survived every unit test. Each is made again, and the nearest test must fail. `npm run mutants:named` takes a minute
 * or two.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const owners = ["src/resource/ownership-check.ts", "test/resource/ownership-check.test.ts"];

/** The file, the test, the text that is removed from the file, and its replacement. */
const mutants = [
  ["src/apply/retry-policy.ts", "test/apply/retry-policy.test.ts", "Math.min(300, retryPolicy.limit)", "Math.min(3, retryPolicy.limit)"],
  ["src/apply/retry-policy.ts", "test/apply/retry-policy.test.ts", "mayAppear(error) ? 300 : 0", "mayAppear(error) ? 3 : 0"],
  ["src/apply/read-after-write.ts", "test/apply/read-after-write.test.ts", "[1, 2, 4, 8, 15, 30, 60]", "[1]"],
  ["src/aws/errors.ts", "test/aws/errors.test.ts", '["dependency", /./, /previous storage change is being optimized/],', ""],
  ["src/plan/compare.ts", "test/plan/compare.test.ts", "canonicalJson(networkOf(item))", "canonicalJson(item)"],
  [
    "src/plan/compare.ts",
    "test/plan/compare.test.ts",
    "[...new Set(items.map((item) => canonicalJson(networkOf(item))))]",
    "items.map((item) => canonicalJson(networkOf(item)))",
  ],
  ["src/kinds/subnet/subnet.ts", "test/kinds/quotas.test.ts", 'self.spec.vpc), 200, "subnets', 'self.spec.vpc), 201, "subnets'],
  [
    "packages/aws-sandbox/src/services/ec2/network-acls.ts",
    "packages/aws-sandbox/test/ec2/routes.test.ts",
    "if (to.vpcId !== from.vpcId)",
    "if (false)",
  ],
  ["src/reach/matrix.ts", "test/reach/properties.test.ts", "if (isTarget || isMeant(source))", "if (isTarget)"],
  ["src/reach/change.ts", "test/reach/properties.test.ts", 'was.some(({ is }) => is === "forward")', "false"],
  [...owners, "live.tags[ownership.token] !== live.token)", "false)"],
  [...owners, 'greenTag = "aws:rds:bluegreen"', 'greenTag = "nobody"'],
  ...[
    "aws:backup:",
    "aws:ecs:",
    "aws:eks:cluster-name",
    "elasticbeanstalk:",
    "aws:elasticmapreduce:",
    "aws:imagebuilder:",
    "aws:ec2:fleet-id",
    "karpenter.sh/nodepool",
  ].map((tag) => [...owners, `tag: "${tag}"`, 'tag: "nobody"']),
];

let restore = () => {};
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    restore();
    process.exit(1);
  });

let survived = 0;
for (const [file, test, from, to] of mutants) {
  const text = readFileSync(root + file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} no longer has: ${from}`);
  restore = () => writeFileSync(root + file, text);
  try {
    writeFileSync(
      root + file,
      text.replace(from, () => to),
    );
    const [status] = await once(
      spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", test], { cwd: root, stdio: "ignore" }),
      "close",
    );
    if (status === 0) survived++;
    console.log(`${status === 0 ? "SURVIVED" : "found"}  ${file}: ${from}`);
  } finally {
    restore();
  }
}
console.log(`${mutants.length - survived} found, ${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;
