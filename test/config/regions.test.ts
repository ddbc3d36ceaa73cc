import { expect, test } from "vitest";
import { loadEnvironment } from "../../src/config/load.ts";
import { whyNotZone } from "../../src/config/zones.ts";
import { kinds } from "../../src/kinds/index.ts";
import { folder } from "../cli/infra.ts";

test.each([
  "eu-west-1",
  "cn-north-1",
  "us-gov-west-1",
  "us-iso-east-1",
  "us-isob-east-1",
  "us-isof-south-1",
  "eu-isoe-west-1",
  "eusc-de-east-1",
])("an environment can be in %s, and its zones", (region) => {
  const text = `project: lab\nregion: ${region}\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nsubnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: ${region}a } }\n`;
  const cwd = folder({ "environments/a.yaml": text });
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "a", cwd, kinds });
  expect(diagnostics).toEqual([]);
  expect(environment?.region).toBe(region);
  expect(whyNotZone(`${region}b`, region)).toBeUndefined();
});
