import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that mostly wait for an emulator or another program: several files run at once. */
const waiting = ["test/{conformance,e2e}/**/*.test.ts", "test/github/gitops.test.ts", "test/**/*moto*.test.ts"];

/** The longest files, the longest first. If one of them began last, everything would wait for it alone. */
const longest = [
  "simulation/simulation",
  "conformance/terraform",
  "e2e/web-lab",
  "e2e/reading",
  "e2e/environments",
  "github/gitops",
  "contract/contract",
  "conformance/aws-cli",
  "e2e/ownership",
  "e2e/iam-policy",
  "kinds/elbv2-moto",
  "kinds/dns-moto",
];

/** Runs the longest files first, then those that wait, so that tests that only compute fill the remaining time. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification): number => {
      const place = longest.findIndex((name) => file.moduleId.endsWith(`/test/${name}.test.ts`));
      if (place !== -1) return place;
      return longest.length + (file.project.name === "waiting" ? 0 : 1);
    };
    return [...(await super.sort(files))].sort((one, other) => rank(one) - rank(other));
  }
}

/** Tests that need a separate process: they count its clients, measure its memory, start a browser, or replace modules. */
const alone = ["test/aws/role.test.ts", "test/plan/immutable.test.ts", "test/simulation/**/*.test.ts", "test/picture/browser.test.ts"];

const shared = {
  // Some tests take long on a slow host. This limit is for a test that hangs.
  testTimeout: 480_000,
  hookTimeout: 480_000,
  pool: "forks" as const,
  setupFiles: ["test/support/leave-clean.ts", "test/support/types.ts"],
  // More than there are processors, because tests that wait for an emulator or a clock leave the processors to the others.
  maxWorkers: 7,
  // Tests make many short-lived objects. A larger nursery copies fewer of them.
  execArgv: ["--max-semi-space-size=64"],
  // Otherwise the SDK prints at every start that it needs more than Node 20 in 2027.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: "waiting",
          include: waiting,
          isolate: false,
          globalSetup: ["test/support/built.ts", "test/support/shared-moto.ts"],
        },
      },
      { test: { ...shared, name: "alone", include: alone, execArgv: [] } },
      // All other tests share their modules within a worker: loading the SDK for every file would cost more than the tests.
      {
        test: {
          ...shared,
          name: "inside",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [...waiting, ...alone, "test/mutation/.tmp/**"], // left by a mutation run that was stopped
          isolate: false,
        },
      },
    ],
  },
});
