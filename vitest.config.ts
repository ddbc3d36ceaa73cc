import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that mostly wait, for an emulator or for another program: several files at once. */
const waiting = ["test/{conformance,e2e}/**/*.test.ts", "test/github/gitops.test.ts", "test/**/*moto*.test.ts"];

/** What takes longest, longest first: begun at the end, one of them would be waited for alone. */
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

/** The longest files first, then what waits, so that the tests that only compute fill the time that these leave. */
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

/** Tests that need a process of their own: they count its clients, measure its memory, start a browser, or put others in the place of modules. */
const alone = ["test/aws/role.test.ts", "test/plan/immutable.test.ts", "test/simulation/**/*.test.ts", "test/picture/browser.test.ts"];

const shared = {
  // A test may take long on a slow machine; this is for one that hangs.
  testTimeout: 480_000,
  hookTimeout: 480_000,
  pool: "forks" as const,
  setupFiles: ["test/support/leave-clean.ts", "test/support/types.ts"],
  // More than there are processors: those that wait for an emulator or a clock leave them to the others.
  maxWorkers: 7,
  // Tests make much that dies at once; with a larger nursery less of it is copied.
  execArgv: ["--max-semi-space-size=64"],
  // The SDK says at every start that Node 20 will not be enough in 2027.
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
      // Everything else shares its modules within a worker: loading the SDK for every file would cost more than the tests.
      {
        test: {
          ...shared,
          name: "inside",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: [...waiting, ...alone, "test/mutation/.tmp/**"], // what a mutation run that was stopped leaves
          isolate: false,
        },
      },
    ],
  },
});
