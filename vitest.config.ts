import { defineConfig } from "vitest/config";

/** Tests that start other programs, or change what a process shares (its environment, its timers): each file in a process of its own. */
const outside = [
  "test/{bench,conformance,docs,e2e,environments,github,package,simulation}/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/**/*moto*.test.ts",
  "test/aws/role.test.ts",
  // A mock of a client changes its class for all that share a process.
  "test/kinds/{compute-traps,elastic-ip,instance,instance-changes,internet-gateway,key-pair,launch-template-warnings,load-balancer-parts,nat-gateway,network-acl,route-table,security-group,subnet,target-group,topic-checks,vpc,vpc-endpoint}.test.ts",
  "packages/aws-sandbox/test/core/{disk,serve}.test.ts",
  // Starts a browser.
  "test/picture/browser.test.ts",
];

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: "forks" as const,
  // The SDK says at every start that Node 20 will not be enough in 2027.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: "outside", include: outside } },
      // Everything else shares its modules within a worker: loading the SDK for every file would cost more than the tests.
      {
        test: {
          ...shared,
          name: "inside",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: outside,
          isolate: false,
        },
      },
    ],
  },
});
