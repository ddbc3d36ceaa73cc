import { expect, test } from "vitest";
import { Throttling } from "../../src/cli/terminal/throttling.ts";

function watched() {
  let now = 1_000_000;
  const said: string[] = [];
  const throttling = new Throttling(
    () => now,
    (text) => said.push(text),
  );
  const take = (operation: string, ms: number) => throttling.take({ service: "ec2", operation, ms });
  return { said, take, pass: (ms: number) => (now += ms) };
}

test("the first throttle is reported at once, a lasting one every ten seconds, with everything that it delays", () => {
  const { said, take, pass } = watched();
  take("DescribeVpcs", 200);
  take("DescribeSubnets", 250);
  for (let second = 0; second < 25; second++) {
    pass(1_000);
    take("DescribeVpcs", 200 + 1_000 * (second + 1));
  }
  expect(said).toEqual([
    "AWS throttles ec2 DescribeVpcs; going slower",
    "AWS still throttles ec2 DescribeVpcs and 1 other call; going slower, for 10 s so far",
    "AWS still throttles ec2 DescribeVpcs and 1 other call; going slower, for 20 s so far",
  ]);
});

test("after a minute of peace it begins again", () => {
  const { said, take, pass } = watched();
  take("DescribeVpcs", 0);
  pass(61_000);
  take("CreateTags", 0);
  expect(said).toEqual(["AWS throttles ec2 DescribeVpcs; going slower", "AWS throttles ec2 CreateTags; going slower"]);
});
