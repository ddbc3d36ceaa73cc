/** Values of other objects, put into texts just before they are sent. */
import { expect, test } from "vitest";
import { withLateValues } from "../../src/apply/late-values.ts";
import type { Spec } from "../../src/kinds/kind.ts";
import { nameOfLate } from "../../src/resource/late.ts";
import { sceneOf } from "./scene.ts";

const topics = "topics: { t: {}, u: {} }\n";
const arns: Readonly<Record<string, string>> = { "topic/t.arn": "arn:aws:sns:eu-west-1:1:t", "topic/u.arn": "arn:aws:sns:eu-west-1:1:u" };

/** Returns the request that is sent for an address of a new environment, and the values that it asked for. */
async function sent(yaml: string, address: string, known = arns) {
  const asked: string[] = [];
  const decision = sceneOf("", yaml).planned.decisions.get(address)!;
  const final = await withLateValues(decision, async (of) => {
    asked.push(nameOfLate(of));
    return known[nameOfLate(of)];
  });
  return { decision, final, asked, spec: final.declared!.resolved as Spec };
}

test("a text gets each value that it holds; each is asked for once", async () => {
  const { spec, asked } = await sent(
    `${topics}parameters: { p: { value: "\${topic.t.arn} \${topic.u.arn} \${topic.t.arn}", description: "\${topic.t.arn}" } }\n`,
    "parameter/p",
  );
  expect(spec).toMatchObject({
    value: "arn:aws:sns:eu-west-1:1:t arn:aws:sns:eu-west-1:1:u arn:aws:sns:eu-west-1:1:t",
    description: "arn:aws:sns:eu-west-1:1:t",
  });
  expect(asked).toEqual(["topic/t.arn", "topic/u.arn"]);
});

test("an expression with a value is evaluated now", async () => {
  const { spec } = await sent(`${topics}parameters: { p: { value: "\${split(topic.t.arn, ':')[5] + '!'}" } }\n`, "parameter/p");
  expect(spec["value"]).toBe("t!");
});

test("a text that waits for nothing is sent as it is", async () => {
  const { decision, final, asked } = await sent(`${topics}parameters: { p: { value: x } }\n`, "parameter/p");
  expect(final).toBe(decision);
  expect(asked).toEqual([]);
});

test("a value that is not there yet leaves its mark, for a later stage", async () => {
  const { spec } = await sent(`${topics}parameters: { p: { value: "\${topic.t.arn} \${topic.u.arn}" } }\n`, "parameter/p", {
    "topic/t.arn": "known",
  });
  expect(spec["value"]).toMatch(/^known \uE000topic\/u\uE001arn\uE002$/);
});

test("an expression that has no value with the late values ends the step, and names its field", async () => {
  await expect(sent(`${topics}parameters: { p: { value: "\${split(topic.t.arn, ':')[9]}" } }\n`, "parameter/p")).rejects.toMatchObject({
    code: "expression-without-value",
    message: "an expression in value has no value with the values that AWS returned: the list has no item number 9; the first is 0.",
    hint: "correct the expression, and run again",
  });
});
