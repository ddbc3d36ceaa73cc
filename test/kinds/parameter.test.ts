import {
  DeleteParameterCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type Parameter,
} from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { parameter } from "../../src/kinds/parameter/parameter.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { others } from "./data-testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const name = "/shop/api/url";
const yaml = `${header}parameters: { api: { name: ${name}, value: "https://a.example.com", description: Where the API is } }\n`;

async function read(testbed: Testbed): Promise<Parameter> {
  return (await others(testbed).ssm.send(new GetParameterCommand({ Name: name }))).Parameter!;
}

describe("a parameter", () => {
  it("is made with its tags, changes in one version, and goes", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    expect(await read(testbed)).toMatchObject({ Value: "https://a.example.com", Type: "String", Version: 1 });
    const { TagList = [] } = await others(testbed).ssm.send(
      new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }),
    );
    expect(TagList).toContainEqual({ Key: "infra:resource", Value: "parameter/api" });
    await settle(testbed, yaml.replace("a.example", "b.example").replace("Where", "Here"));
    expect(await read(testbed)).toMatchObject({ Value: "https://b.example.com", Version: 2 });
    await testbed.apply(header);
    await expect(read(testbed)).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  it("keeps the items of a list, and is another one as a text", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml.replace('"https://a.example.com"', "[a, b]"));
    expect(await read(testbed)).toMatchObject({ Value: "a,b", Type: "StringList" });
    const { run } = await settle(testbed, yaml);
    expect(stepsOf(run)).toEqual(["replace parameter/api"]);
    expect(await read(testbed)).toMatchObject({ Type: "String", Version: 1 });
  });

  it("is made once, also when the answer is lost", async () => {
    const testbed = openTestbed({ sandbox: { faults: { loseAnswer: [{ operation: "ssm:PutParameter" }] } } });
    await settle(testbed, yaml);
    expect(await read(testbed)).toMatchObject({ Version: 1 });
  });

  it("of somebody else with the same name is left alone", async () => {
    const testbed = openTestbed();
    await others(testbed).ssm.send(new PutParameterCommand({ Name: name, Type: "String", Value: "theirs" }));
    expect(told(await testbed.tryApply(yaml)).failed.join()).toContain("does not have the tags of this environment");
    expect(await read(testbed)).toMatchObject({ Value: "theirs", Version: 1 });
  });

  it("costs the declared number of calls", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml);
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml);
    const calls = testbed.sandbox.calls.filter(({ service, operation }) => service === "ssm" && operation !== "GetParametersByPath");
    expect(calls).toHaveLength(parameter.readCost({ ours: 1, account: 1 }));
  });
});

describe("a secret", () => {
  it("is never read: a parameter that was made a SecureString by hand is left alone", async () => {
    const testbed = openTestbed();
    await settle(testbed, yaml);
    const { ssm } = others(testbed);
    const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }));
    await ssm.send(new DeleteParameterCommand({ Name: name }));
    await ssm.send(new PutParameterCommand({ Name: name, Type: "SecureString", Value: "hush", Tags: TagList }));
    testbed.sandbox.forgetCalls();
    const { run } = await testbed.tryApply(yaml);
    expect(testbed.sandbox.calls.filter(({ operation }) => /^(GetParameters|PutParameter)$/.test(operation))).toEqual([]);
    expect(JSON.stringify(run.plan)).toContain("a file must not contain a secret");
  });
});

it.each([
  ["value: [a, 'b,c']", "contains a comma"],
  [`value: "${"x".repeat(4097)}"`, "has 4097 bytes, and the tier Standard allows 4096"],
  ["value: '{{other}}'", "which Parameter Store refuses"],
  ["value: b, allowedPattern: 'a+'", "does not match `allowedPattern`"],
  ["value: b, name: shop/url", "a name that contains a / must begin with a /"],
  ["value: b, name: /aws/url", "AWS reserves names that begin with aws or ssm"],
  ["value: b, name: /plumbline/url", "infra keeps its locks under /plumbline/"],
  ["value: b, name: /a//b", "a name must not end with a / or contain //"],
])("%.40s is refused", (fields, why) => {
  expect(() => openTestbed().load(`${header}parameters: { a: { ${fields} } }\n`)).toThrow(why);
});
