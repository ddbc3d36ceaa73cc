import { defineConfig } from "vitest/config";

/** Tests that mostly wait, for an emulator or for another program: several files at once. */
const waiting = ["test/{conformance,e2e}/**/*.test.ts", "test/github/gitops.test.ts", "test/**/*moto*.test.ts"];

/** Tests that need a process of their own: they count its clients, measure its memory or start a browser. */
const alone = ["test/aws/role.test.ts", "test/simulation/**/*.test.ts", "test/picture/browser.test.ts"];

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: "forks" as const,
  setupFiles: ["test/support/restore-mocks.ts", "test/support/types.ts"],
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
          isolate: false,
          globalSetup: ["test/support/built.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: "alone", include: alone, sequence: { groupOrder: 2 } } },
      // Everything else shares its modules within a worker: loading the SDK for every file would cost more than the tests.
      {
        test: {
          ...shared,
          name: "inside",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [...waiting, ...alone],
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
