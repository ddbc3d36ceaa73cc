import { expect, test } from "vitest";
import { didYouMean, distance } from "../../src/diag/did-you-mean.ts";

test.each([
  ["mian", ["main", "other"], "main"],
  ["cidrblock", ["cidrBlock", "vpc"], "cidrBlock"],
  ["avaliabilityZone", ["availabilityZone", "zone"], "availabilityZone"],
  ["subnet", ["subnets", "subnetGroups"], "subnets"],
  ["Web", ["wed", "web"], "web"],
  ["red", ["green", "blue"], undefined],
  ["a", ["b", "ab"], "ab"],
  ["AWS::Lambda::Func", ["AWS::Lambda::Url", "AWS::Lambda::Function"], "AWS::Lambda::Function"],
  ["x", [], undefined],
  ["completely", ["different", "words"], undefined],
])("%s of %j is %s", (word, candidates, expected) => expect(didYouMean(word, candidates)).toBe(expected));

test.each([
  ["", "", 0],
  ["abc", "", 3],
  ["abc", "acb", 1],
  ["kitten", "sitting", 3],
  ["ca", "abc", 3],
])("from %s to %s it takes %i", (a, b, expected) => {
  expect(distance(a, b)).toBe(expected);
  expect(distance(b, a)).toBe(expected);
});
