import { defineConfig } from "vitest/config";

/** The tests of the pure core and the gate. None of them starts a process or waits for an emulator. */
export default defineConfig({
  test: {
    include: ["test/{plan,apply,aws,graph,observe,resource}/**/*.test.ts"],
    exclude: ["test/aws/role.test.ts", "test/**/*moto*.test.ts", "test/plan/*{random,property}.test.ts", "test/plan/immutable.test.ts"],
    // A mutant that waits for something that never comes takes this long. The longest test takes less than half of it.
    testTimeout: 10_000,
    // Loading the modules for every file would take longer than the tests, and Stryker adds that time to its own limit.
    isolate: false,
    setupFiles: ["test/support/leave-clean.ts", "test/support/types.ts", "test/mutation/bound-clock.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
