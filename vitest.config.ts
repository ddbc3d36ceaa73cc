import { defineConfig } from "vitest/config";

/** Tests that mostly wait, for an emulator or for another program: each file in a process of its own, several at once. */
const waiting = ["test/{conformance,e2e}/**/*.test.ts", "test/github/gitops.test.ts", "test/**/*moto*.test.ts"];

/** Tests that start other programs, or change what a process shares (its environment, its timers): each file in a process of its own. */
const outside = [
  "test/{bench,docs,environments,github,package,simulation}/**/*.test.ts",
  "test/cli/**/*.test.ts",
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
  maxWorkers: 2,
  // The SDK says at every start that Node 20 will not be enough in 2027.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "waiting",
          include: waiting,
          maxWorkers: 6,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: "outside", include: outside, exclude: waiting, sequence: { groupOrder: 2 } } },
      // Everything else shares its modules within a worker: loading the SDK for every file would cost more than the tests.
      {
        test: {
          ...shared,
          name: "inside",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [...waiting, ...outside],
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
