/** The characters that tags may hold, by the service of a kind. */
import { expect, test } from "vitest";
import { header, loadText } from "../support/testbed.ts";

const vpc = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16, tags: { odd: "a*b" } } }\n`;

test("EC2 takes all of them, a bucket does not", () => {
  expect(() => loadText(vpc)).not.toThrow();
  expect(() => loadText(`${header}buckets: { files: { name: lab-test-files, tags: { odd: "a*b" } } }\n`)).toThrow('contains "*"');
});
