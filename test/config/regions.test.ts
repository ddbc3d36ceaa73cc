import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { whyNotZone } from "../../src/config/values/zones.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folder } from "../cli/infra.ts";
import { regionOfEachPartition } from "../support/regions.ts";

test.each(regionOfEachPartition)("an environment can be in %s, and its zones", (region) => {
  const text = `project: lab\nregion: ${region}\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nsubnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: ${region}a } }\n`;
  const cwd = folder({ "environments/a.yaml": text });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "a", cwd, kinds });
  expect(diagnostics).toEqual([]);
  expect(environment?.region).toBe(region);
  expect(whyNotZone(`${region}b`, region)).toBeUndefined();
});
