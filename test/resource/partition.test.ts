import { partition as ofSdk } from "@aws-sdk/core/client";
import { expect, test } from "vitest";
import { dnsSuffixOf, homeOf, isHostOfAws, partitionOf } from "../../src/resource/partition.ts";

test.each([
  "eu-west-1",
  "us-west-2",
  "cn-north-1",
  "us-gov-east-1",
  "us-iso-west-1",
  "us-isob-east-1",
  "us-isof-south-1",
  "eu-isoe-west-1",
  "eusc-de-east-1",
])("%s is where the SDK has it", (region) => {
  const { name, dnsSuffix, dualStackDnsSuffix, implicitGlobalRegion } = ofSdk(region) as ReturnType<typeof ofSdk> &
    Record<"implicitGlobalRegion", string>;
  expect([partitionOf(region), dnsSuffixOf(name), homeOf(region)]).toEqual([name, dnsSuffix, implicitGlobalRegion]);
  expect([isHostOfAws(`rds.${region}.${dnsSuffix}`), isHostOfAws(`rds.${region}.${dualStackDnsSuffix}`)]).toEqual([true, true]);
});

test("hosts of others are none of AWS's", () => {
  for (const name of ["localhost", "amazonaws.com", "amazonaws.com.example.org", "notamazonaws.com"]) expect(isHostOfAws(name)).toBe(false);
});
