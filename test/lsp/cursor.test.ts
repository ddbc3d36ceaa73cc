import { describe, expect, test } from "vitest";
import { cursorAt } from "../../src/lsp/cursor.ts";

/** Returns the text and the position of the cursor, `|`. */
function at(text: string) {
  const offset = text.indexOf("|");
  const { path, key, typed, isItem } = cursorAt(text.replace("|", ""), offset);
  return [path.join("."), key, typed, isItem];
}

describe("the place of a cursor", () => {
  test.each([
    ["vp|", ["", undefined, "vp", false]],
    ["vpcs:\n  main:\n    cidr|", ["vpcs.main", undefined, "cidr", false]],
    ["vpcs:\n  main:\n    cidrBlock: 10|", ["vpcs.main", "cidrBlock", "10", false]],
    ["subnets:\n  a: { vpc: ma|", ["subnets.a", "vpc", "ma", false]],
    ["subnets:\n  a: { vpc: main, ci|", ["subnets.a", undefined, "ci", false]],
    ["subnets:\n  a: { vpc: main, | }", ["subnets.a", undefined, "", false]],
    ["routeTables:\n  a: { subnets: [x, y|", ["routeTables.a", "subnets", "y", true]],
    ["securityGroups:\n  web:\n    ingress:\n      - { port: 80, so|", ["securityGroups.web.ingress", undefined, "so", false]],
    ["securityGroups:\n  web:\n    ingress:\n      - port: 80\n        sou|", ["securityGroups.web.ingress", undefined, "sou", false]],
    ["securityGroups:\n  web:\n    ingress:\n    - po|", ["securityGroups.web.ingress", undefined, "po", true]],
    ["loadBalancers:\n  web:\n    listeners:\n      80: { forward: w|", ["loadBalancers.web.listeners.80", "forward", "w", false]],
    ["vpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\nsub|", ["", undefined, "sub", false]],
    ["a: { b: { c: 1 }, d|", ["a", undefined, "d", false]],
    ["a: '{' # {\nb|", ["", undefined, "b", false]],
    ["instances:\n  web:\n    image: { ssm: x }\n    sub|", ["instances.web", undefined, "sub", false]],
    ["subnetGroup:\n  main:\n    subnets:\n      - a\n      - b|", ["subnetGroup.main.subnets", undefined, "b", true]],
  ])("%j", (text, expected) => expect(at(text)).toEqual(expected));
});
