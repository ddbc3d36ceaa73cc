/** The permissions of a role for types are those that the registry lists for their handlers, and no others. */
import { typeSchema } from "@plumbline/aws-types";
import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { types } from "../../src/kinds/types/types.ts";
import { iamPolicy } from "../../src/iam/policy.ts";

const cwd = new URL("../..", import.meta.url).pathname;

/** Services that only the types of the environment call, by what their entries leave out. */
test.each([
  ["static-site", ["cloudfront"]],
  ["notify", ["sqs", "lambda"]],
  ["serverless-api", ["apigateway", "dynamodb", "lambda"]],
  ["containers", ["ecr", "ecs"]],
])("%s: actions of %j are exactly those of the handlers", (name, services) => {
  const environment = loadEnvironment({ nameOrPath: name, cwd, kinds, types }).environment!;
  const { Statement } = iamPolicy(kinds, environment, "apply");
  const granted = new Set(Statement.flatMap(({ Action }) => Action));
  const used = [...new Set(environment.nodes.map(({ kind }) => kind))].filter((kind) => kind.startsWith("AWS::"));
  const wanted = new Set(
    used.flatMap((type) => {
      const { without, onlyFor = {}, part, mark, name: named } = curated[type]!;
      const isListed = part !== undefined || mark !== undefined || named?.id === undefined;
      const written = environment.nodes
        .filter(({ kind }) => kind === type)
        .map(({ spec }) => spec as Record<string, Record<string, unknown>>);
      const isWritten = (path: string) => {
        const [property = "", member] = path.split(".");
        return written.some((spec) => (member === undefined ? spec[property] : spec[property]?.[member]) !== undefined);
      };
      return Object.entries(typeSchema(type)!.handlers ?? {}).flatMap(([handler, { permissions = [] }]) =>
        permissions
          .filter((action) => handler !== "list" || (isListed && /:(Describe|List|Get|GET$)/.test(action)))
          .filter((action) => !without?.test(action) && (onlyFor[action]?.some(isWritten) ?? true)),
      );
    }),
  );
  const of = (actions: ReadonlySet<string>) => [...actions].filter((action) => services.includes(action.split(":")[0]!)).sort();
  expect(of(wanted).length).toBeGreaterThan(0);
  expect(of(granted)).toEqual(of(wanted));
});

test("an environment may do nothing for types that it does not name", () => {
  const environment = loadEnvironment({ nameOrPath: "basic-vpc", cwd, kinds, types }).environment!;
  const actions = iamPolicy(kinds, environment, "apply").Statement.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => action.startsWith("cloudformation:"))).toEqual([]);
});
