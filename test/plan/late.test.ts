/**
 * Late values in a plan: a value is inserted where its object exists in AWS and stays; otherwise it is known only after that object is
 * made.
 */
import { describe, expect, test } from "vitest";
import { approvalOf, checkApproval } from "../../src/plan/approval.ts";
import type { Step } from "../../src/plan/plan.ts";
import { planned, printed } from "./pure.ts";

const network = `
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
subnets: { s: { vpc: m, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
topics: { t: {} }
`;
const machine = (userData: string, more = "") => `
instances: { web: { subnet: s, image: ami-0123456789abcdef0, instanceType: t3.micro, userData: "${userData}"${more} } }
`;
const arn = "arn:aws:sns:eu-west-1:123456789012:test-t";
const outputs = { "topic/t": { arn } };

const stepsOf = (plan: { readonly steps: readonly Step[] }) => plan.steps.map(({ action, address }) => `${action} ${address}`);
const changeOf = (steps: readonly Step[], address: string) => {
  const step = steps.find((one) => one.address === address)!;
  return { holds: step.holds, change: "changes" in step ? step.changes[0] : undefined };
};

test("a file with a value of another object, and the same written out by hand, are one plan", () => {
  const late = network + machine("to ${topic.t.arn}");
  const byHand = network + machine(`to ${arn}`);
  expect(planned(byHand, late, { outputs }).plan.steps).toEqual([]);
  expect(planned(late.replace("${topic.t.arn}", arn), late, { outputs }).plan.notes).toEqual([]);
});

test("objects that are made together are known in this order", () => {
  const one = planned("", network + machine("to ${topic.t.arn}") + 'parameters: { p: { value: "${instance.web.id} ${topic.t.arn}" } }\n');
  const { holds, change } = changeOf(one.plan.steps, "parameter/p");
  expect(holds).toEqual({ "instance/web.id": null, "topic/t.arn": null });
  expect(change).toMatchObject({ after: "(known after instance/web) (known after topic/t)", knownAfter: ["instance/web", "topic/t"] });
  const userData = one.plan.steps.find(({ address }) => address === "instance/web")!;
  expect(JSON.stringify(userData)).toContain("userData: 1 line, (known after topic/t)");
  const order = printed(one);
  expect(order.indexOf("create topic/t")).toBeLessThan(order.indexOf("create instance/web"));
  expect(order.indexOf("create instance/web")).toBeLessThan(order.indexOf("create parameter/p"));
});

describe("an expression with a value", () => {
  const computed = (code: string) => `${network}parameters: { p: { value: "\${${code}}" } }\n`;
  const approval = approvalOf(planned("", computed("upper(topic.t.arn)")).plan);

  test("is the same as written out by hand where the value is known", () => {
    const late = computed("split(topic.t.arn, ':')[5] + (topic.t.arn.endsWith('-t') ? '!' : '?')");
    expect(planned(`${network}parameters: { p: { value: test-t! } }\n`, late, { outputs }).plan.steps).toEqual([]);
  });

  test("is known after the objects that it is made of, and hidden where one of them is replaced", () => {
    const { plan } = planned("", computed("upper(topic.t.arn)"));
    expect(changeOf(plan.steps, "parameter/p")).toMatchObject({
      holds: { "topic/t.arn": null },
      change: { after: "(known after topic/t)", knownAfter: ["topic/t"] },
    });
    const renamed = computed("upper(topic.t.arn)").replace("topics: { t: {} }", "topics: { t: { name: other } }");
    const was = `${network}parameters: { p: { value: "${arn.toUpperCase()}" } }\n`;
    expect(planned(was, computed("upper(topic.t.arn)"), { outputs }).plan.steps).toEqual([]);
    expect(stepsOf(planned(was, renamed, { outputs }).plan)).toEqual(["replace topic/t", "update parameter/p"]);
  });

  test("is approved as an expression, with the values that were known", () => {
    const why = (now: ReturnType<typeof planned>) => checkApproval(approval, now.plan).unexpected.map((one) => one.why);
    expect(why(planned(network, computed("upper(topic.t.arn)"), { outputs }))).toEqual([]);
    expect(why(planned(network, computed("lower(topic.t.arn)"), { outputs }))).not.toEqual([]);
    const known = approvalOf(planned(network, computed("upper(topic.t.arn)"), { outputs }).plan);
    const other = planned(network, computed("upper(topic.t.arn)"), { outputs: { "topic/t": { arn: "arn:other" } } });
    expect(checkApproval(known, other.plan).unexpected.map((one) => one.why)).toEqual([
      `parameter/p: topic/t.arn was ${arn} in the approved plan, and is now arn:other`,
    ]);
  });

  test("and has no value then, is an error of its holder, and of no other object", () => {
    const text = `${network}parameters: { p: { value: "\${split(topic.t.arn, ':')[9]}" }, q: { value: x } }\n`;
    const one = planned(network, text, { outputs });
    expect(stepsOf(one.plan)).toEqual(["create parameter/q"]);
    expect(one.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
      [
        "expression-without-value",
        "parameter/p: an expression in value has no value with the values that AWS returned: the list has no item number 9; the first is 0.",
      ],
    ]);
  });
});

describe("a source that is replaced", () => {
  const before = network + machine(`to ${arn}`);
  const renamed = network.replace("topics: { t: {} }", "topics: { t: { name: other } }");

  test("replaces a machine that is to follow its user data, once the source is there", () => {
    const one = planned(before, renamed + machine("to ${topic.t.arn}", ", userDataChange: replace, disposable: true"), { outputs });
    expect(stepsOf(one.plan)).toEqual(["replace topic/t", "replace instance/web"]);
    const { change } = changeOf(one.plan.steps, "instance/web");
    expect(change).toMatchObject({ path: "userData", after: "(known after topic/t)", impact: "replace" });
    expect(change!.because).toContain("it contains topic/t.arn (known after topic/t)");
    const order = printed(one);
    expect(order.indexOf("create topic/t")).toBeLessThan(order.indexOf("create instance/web"));
  });

  test("is a note where the instance keeps the data that it booted with", () => {
    const { plan } = planned(before, renamed + machine("to ${topic.t.arn}"), { outputs });
    expect(stepsOf(plan)).toEqual(["replace topic/t"]);
    expect(plan.notes.map(({ text }) => text).join()).toContain(
      "instance/web: userData differs; its user data differs; an instance reads it when it boots; it contains topic/t.arn (known after topic/t); it stays as it is",
    );
  });

  test("is the reason of an update, at the cost of this change and not of another change of the field", () => {
    const parameters = (value: string, more = "") => `parameters: { p: { value: ${value}${more} } }\n`;
    const reasonOf = (before: string, after: string) => changeOf(planned(before, after, { outputs }).plan.steps, "parameter/p").change;
    expect(reasonOf(network + parameters(`"${arn}"`), renamed + parameters('"${topic.t.arn}"'))).toMatchObject({
      impact: "update",
      because: "it contains topic/t.arn (known after topic/t)",
    });
    expect(reasonOf(network + parameters(`"${arn}"`), network + parameters('["${topic.t.arn}"]'))).toMatchObject({
      impact: "replace",
      because: expect.stringMatching(
        /^a list and a text have different types, and the type of a parameter cannot be changed; it contains /,
      ),
    });
    const grown = reasonOf(network + parameters("x", ", tier: Standard"), network + parameters("x", ", tier: Advanced"));
    expect(grown).toMatchObject({ path: "tier", impact: "update" });
    expect(grown).not.toHaveProperty("because");
  });

  test("spreads: an object that is replaced because of it is a source, too", () => {
    const all = (text: string, id: string) => text + machine(id, ", userDataChange: replace, disposable: true");
    const parameter = (value: string) => `parameters: { p: { value: "${value}" } }\n`;
    const known = { ...outputs, "instance/web": { privateIp: "10.0.1.7" } };
    const was = all(network, `to ${arn}`) + parameter("10.0.1.7");
    const now = parameter("${instance.web.privateIp}");
    expect(stepsOf(planned(was, all(network, "to ${topic.t.arn}") + now, { outputs: known }).plan)).toEqual([]);
    const { plan } = planned(was, all(renamed, "to ${topic.t.arn}") + now, { outputs: known });
    expect(stepsOf(plan)).toEqual(["replace topic/t", "replace instance/web", "update parameter/p"]);
  });
});

test("a source whose replacement is refused keeps its value, and its holder is left alone", () => {
  const before = network + machine(`to ${arn}`, ", disposable: true");
  const kept = network.replace("topics: { t: {} }", "topics: { t: { name: other, protect: true } }");
  const one = planned(before, kept + machine("to ${topic.t.arn}", ", userDataChange: replace, disposable: true"), { outputs });
  expect(one.diagnostics.map(({ code }) => code)).toEqual(["protected"]);
  expect(stepsOf(one.plan)).toEqual([]);
});

test("a value that AWS does not return for an object that stays is an error of its holder", () => {
  const without = network.replace("topics: { t: {} }", "");
  const one = planned(without + machine("x"), `${without + machine("x")}parameters: { p: { value: "\${instance.web.publicIp}" } }\n`);
  expect(one.plan.steps).toEqual([]);
  expect(one.diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
    ["output-not-known", "parameter/p: value uses instance/web.publicIp, which AWS has not assigned to instance/web."],
  ]);
});

test("a value that moves with a restart is known after it", () => {
  const was = network + machine("x");
  const now = `${(network + machine("x")).replace("t3.micro", "t3.small")}parameters: { p: { value: "\${instance.web.publicIp} \${instance.web.privateIp}" } }\n`;
  const { plan } = planned(was, now, { outputs: { "instance/web": { publicIp: "198.51.100.7", privateIp: "10.0.1.7" } } });
  expect(stepsOf(plan)).toEqual(["restart instance/web", "create parameter/p"]);
  expect(changeOf(plan.steps, "parameter/p").change!.after).toBe("(known after instance/web) 10.0.1.7");
});

describe("an approval", () => {
  const text = network + 'parameters: { p: { value: "${topic.t.arn}" } }\n';
  const approval = approvalOf(planned("", text).plan);
  const why = (of: typeof approval, now: ReturnType<typeof planned>) => checkApproval(of, now.plan).unexpected.map((one) => one.why);

  test("of an unknown value also covers an object that a run has half made", () => {
    expect(why(approval, planned(network, text, { outputs }))).toEqual([]);
  });

  test("of a change also covers the same change, whether or not its source exists", () => {
    const was = 'parameters: { p: { value: "old" } }\n';
    const of = approvalOf(planned(was, text).plan);
    expect(why(of, planned(network + was, text, { outputs }))).toEqual([]);
    expect(why(of, planned(network + was.replace("old", "older"), text, { outputs }))).not.toEqual([]);
  });

  test("of a known value does not cover another value", () => {
    const of = approvalOf(planned(network, text, { outputs }).plan);
    expect(why(of, planned(network, text, { outputs }))).toEqual([]);
    expect(why(of, planned(network, text, { outputs: { "topic/t": { arn: "arn:other" } } }))).toEqual([
      `parameter/p: topic/t.arn was ${arn} in the approved plan, and is now arn:other`,
    ]);
  });

  test("of one text does not cover another text around the same value", () => {
    expect(why(approval, planned(network, text.replace("${topic", "x ${topic"), { outputs }))).not.toEqual([]);
  });
});
