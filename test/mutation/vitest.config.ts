import { defineConfig } from "vitest/config";

/** The tests of the pure core and the gate. None of them starts a process or waits for an emulator. */
export default defineConfig({
  test: {
    include: ["test/{plan,apply,aws,graph,observe,resource}/**/*.test.ts"],
    exclude: ["test/aws/role.test.ts", "test/**/*moto*.test.ts", "test/plan/*{random,property}.test.ts"],
    testTimeout: 60_000,
    setupFiles: ["test/support/leave-clean.ts", "test/support/types.ts"],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
