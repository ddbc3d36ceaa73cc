import { expect, test } from "vitest";
import type { Naming } from "../../src/kinds/kind.ts";
import { deriveName, whyNotName } from "../../src/resource/naming.ts";

const balancer: Naming = { max: 32, forbidden: /[^A-Za-z0-9-]/ };
const database: Naming = { max: 63, forbidden: /[^a-z0-9-]/, lower: true };

/** Frozen: a name that changes would orphan objects of an earlier release. Add vectors, never change one. */
test.each<[string, string, Naming, string]>([
  ["web-lab", "web", balancer, "web-lab-web"],
  ["web-lab", "web[0]", balancer, "web-lab-web-0"],
  ["web-lab", "web[12]", balancer, "web-lab-web-12"],
  ["web-lab", "web_a", balancer, "web-lab-web-a"],
  ["web-lab", "Web_a", database, "web-lab-web-a"],
  ["prod", "a--b", balancer, "prod-a-b"],
  ["prod", "a_-_b", balancer, "prod-a-b"],
  ["prod", "exactly-thirty-two-chars-hereab", { max: 36, forbidden: /[^a-z-]/ }, "prod-exactly-thirty-two-chars-hereab"],
  ["prod", "a-name-of-more-than-thirty-two-characters", balancer, "prod-a-name-of-more-tha-e1fdc6fb"],
  ["prod", "a-name-of-more-than-thirty-two-characters[0]", balancer, "prod-a-name-of-more-tha-9cebf153"],
  ["prod", "the-cut-falls-on-a-hyphen-in-this", { max: 18, forbidden: /[^a-z0-9-]/ }, "prod-the-97facd43"],
])("%s + %s → %#", (environment, name, naming, expected) => {
  expect(deriveName(environment, name, naming)).toBe(expected);
  expect(expected.length).toBeLessThanOrEqual(naming.max);
  expect(whyNotName(expected, naming)).toBeUndefined();
});

test("names that authors write are not changed, only judged", () => {
  expect(whyNotName("a".repeat(33), balancer)).toBe("it has 33 characters, but AWS allows only 32");
  expect(whyNotName("a_b", balancer)).toBe('AWS does not allow "_" in it');
  expect(whyNotName("a🚀", balancer)).toBe('AWS does not allow "🚀" in it');
  expect(whyNotName("Abc", { max: 63, forbidden: /_/, lower: true })).toBe("AWS allows no upper-case letters in it");
});
