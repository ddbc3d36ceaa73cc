import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeFleetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { AwsFault } from "../../src/model.ts";
import type { Call, Handler } from "../../src/model.ts";
import { escapeXml } from "../../src/protocol/xml.ts";
import { services } from "../../src/services/index.ts";
import { clients, configFor, failureOf, REGION, toySandbox } from "./toys.ts";

/** A client of the service; the handler carries out the operation. */
function clientOf(service: string, operation: string, handler: Handler) {
  const sandbox = toySandbox({ [service]: { operations: { [operation]: handler } } });
  const client = new clients[service as "ec2"](configFor(sandbox)) as unknown as {
    send(command: object): Promise<Record<string, unknown>>;
  };
  return { sandbox, send: (command: object) => client.send(command) };
}

const refuse = (code: string, status?: number) => () => {
  throw new AwsFault(code, "no <such> thing & more", status);
};

describe("errors reach the SDK under the names that AWS gives them", () => {
  test.each([
    ["ec2", new DescribeVpcsCommand({}), "InvalidVpcID.NotFound", "InvalidVpcID.NotFound", "InvalidVpcID.NotFound", 400],
    ["rds", new DescribeDBInstancesCommand({}), "DBInstanceNotFound", "DBInstanceNotFoundFault", "DBInstanceNotFound", 404],
    ["rds", new DescribeDBInstancesCommand({}), "DBInstanceNotFoundFault", "DBInstanceNotFoundFault", "DBInstanceNotFound", 404],
    [
      "rds",
      new DescribeDBInstancesCommand({}),
      "InvalidParameterCombination",
      "InvalidParameterCombination",
      "InvalidParameterCombination",
      400,
    ],
    ["elbv2", new DescribeLoadBalancersCommand({}), "LoadBalancerNotFound", "LoadBalancerNotFoundException", "LoadBalancerNotFound", 400],
    ["autoscaling", new DescribeAutoScalingGroupsCommand({}), "ResourceContention", "ResourceContentionFault", "ResourceContention", 500],
    ["autoscaling", new DescribeAutoScalingGroupsCommand({}), "ValidationError", "ValidationError", "ValidationError", 400],
    ["ssm", new GetParameterCommand({ Name: "x" }), "ParameterNotFound", "ParameterNotFound", undefined, 400],
    ["ssm", new GetParameterCommand({ Name: "x" }), "ThrottlingException", "ThrottlingException", undefined, 400],
    ["cloudwatch", new DescribeAlarmsCommand({}), "InvalidNextToken", "InvalidNextToken", "InvalidNextToken", 400],
  ])("%s", async (service, command, thrown, name, code, status) => {
    const { send } = clientOf(service, command.constructor.name.replace("Command", ""), refuse(thrown));
    const error = await failureOf(send(command));
    expect(error).toMatchObject({ name, message: "no <such> thing & more", $metadata: { httpStatusCode: status } });
    if (code !== undefined) expect(error.Code).toBe(code);
    expect(error.$metadata?.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("a status that the model gives counts", async () => {
    const { send } = clientOf("ec2", "DescribeVpcs", refuse("RequestLimitExceeded", 503));
    expect(await failureOf(send(new DescribeVpcsCommand({})))).toMatchObject({
      name: "RequestLimitExceeded",
      $metadata: { httpStatusCode: 503 },
    });
  });

  test("an error of the model itself is no answer of AWS", async () => {
    const { send } = clientOf("ec2", "DescribeVpcs", () => {
      throw new TypeError("a bug");
    });
    expect(await failureOf(send(new DescribeVpcsCommand({})))).toMatchObject({
      name: "TypeError",
      message: expect.stringContaining("a bug"),
    });
  });
});

describe("an operation that is not modelled is refused by name", () => {
  test("an operation", async () => {
    const { send, sandbox } = clientOf("ec2", "DescribeVpcs", () => ({}));
    const error = await failureOf(send(new DescribeFleetsCommand({})));
    expect(error).toMatchObject({
      name: "NotImplemented",
      message: "The sandbox has no model of the operation DescribeFleets of ec2.",
      $metadata: { httpStatusCode: 400 },
    });
    expect(sandbox.calls[0]).toMatchObject({ service: "ec2", operation: "DescribeFleets", code: "NotImplemented" });
  });

  test("a service, and the classic load balancers that share a name with the new ones", async () => {
    const sandbox = toySandbox();
    const unknown = await sandbox.fetch(form("sdb", "Action=ListDomains&Version=2009-04-15"));
    expect(unknown.status).toBe(400);
    expect(textOf(unknown.body)).toContain("no model of the service sdb (operation ListDomains)");
    const classic = await sandbox.fetch(form("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2012-06-01"));
    expect(textOf(classic.body)).toContain("no model of the service elasticloadbalancing");
  });

  test("an inherited property is no operation", async () => {
    const answer = await toySandbox({ ec2: { operations: {} } }).fetch(form("ec2", "Action=toString&Version=2016-11-15"));
    expect(textOf(answer.body)).toContain("<Code>NotImplemented</Code>");
  });
});

describe("requests that AWS would not accept", () => {
  test("EC2 knows every parameter or refuses the call; the other query services ignore unknown ones", async () => {
    const ec2 = toySandbox({ ec2: { operations: { DescribeVpcs: () => ({}) } } });
    const refused = await ec2.fetch(form("ec2", "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=a&Colour=red"));
    expect(textOf(refused.body)).toContain("<Code>UnknownParameter</Code><Message>The parameter Colour is not recognized</Message>");
    const rds = toySandbox({ rds: { operations: { DescribeDBInstances: () => ({}) } } });
    expect((await rds.fetch(form("rds", "Action=DescribeDBInstances&Version=2014-10-31&Colour=red"))).status).toBe(200);
  });

  test.each([
    ["ec2", new CreateSubnetCommand({} as never), "MissingParameter", "The request must contain the parameter VpcId"],
    [
      "ssm",
      new GetParameterCommand({} as never),
      "ValidationException",
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ],
  ])("%s demands what its schema requires", async (service, command, name, message) => {
    const { send } = clientOf(service, command.constructor.name.replace("Command", ""), () => ({}));
    expect(await failureOf(send(command))).toMatchObject({ name, message });
  });

  test("a number that is none", async () => {
    const sandbox = toySandbox({ ec2: { operations: { DescribeVpcs: () => ({}) } } });
    const answer = await sandbox.fetch(form("ec2", "Action=DescribeVpcs&Version=2016-11-15&MaxResults=many"));
    expect(answer.status).toBe(400);
    expect(textOf(answer.body)).toContain("Value (many) for parameter MaxResults is invalid. Invalid number value.");
  });

  test("a body that is no JSON", async () => {
    const request = {
      ...form("ssm", "{nope"),
      headers: { ...form("ssm", "").headers, "x-amz-target": "AmazonSSM.GetParameter", "content-type": "application/x-amz-json-1.1" },
    };
    expect(textOf((await toySandbox().fetch(request)).body)).toContain('"__type":"SerializationException"');
  });
});

test("text that is not UTF-8 is read as far as it can be", async () => {
  let name: unknown;
  const sandbox = toySandbox({ ec2: { operations: { DescribeVpcs: (input) => ((name = input.Filters[0].Name), {}) } } });
  await sandbox.fetch(form("ec2", "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=a+%E0%A4%A&Filter.1.Value.1=x"));
  expect(name).toBe("a \ufffd%A");
});

test("list items are taken in their order by number, not in the order they came", async () => {
  let ids: unknown;
  const sandbox = toySandbox({ ec2: { operations: { DescribeVpcs: (input) => ((ids = input.VpcIds), {}) } } });
  const items = [10, 2, 1].map((n) => `VpcId.${n}=vpc-${n}`).join("&");
  await sandbox.fetch(form("ec2", `Action=DescribeVpcs&Version=2016-11-15&${items}`));
  expect(ids).toEqual(["vpc-1", "vpc-2", "vpc-10"]);
});

test("CloudWatch is understood in each of the three ways it is spoken to", async () => {
  const at = new Date("2026-03-01T12:00:00Z");
  let asked: unknown[] = [];
  const handler = (input: object) => {
    asked.push(input);
    return { MetricAlarms: [{ AlarmName: "high <cpu>", Threshold: 12.5, StateUpdatedTimestamp: at.toISOString() }] };
  };
  const sandbox = toySandbox({ cloudwatch: { operations: { DescribeAlarms: handler } } });
  const expected = { MetricAlarms: [{ AlarmName: "high <cpu>", Threshold: 12.5, StateUpdatedTimestamp: at }] };
  const input = { AlarmNames: ["a", "b"] };
  expect(await new CloudWatchClient(configFor(sandbox)).send(new DescribeAlarmsCommand(input))).toMatchObject(expected);
  const cbor = new CloudWatchClient({ ...configFor(sandbox), protocol: new CborForCloudWatch() });
  expect(await cbor.send(new DescribeAlarmsCommand(input))).toMatchObject(expected);
  const query = await sandbox.fetch(
    form("monitoring", "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=a&AlarmNames.member.2=b"),
  );
  const parsed = new XMLParser().parse(textOf(query.body));
  expect(parsed.DescribeAlarmsResponse.DescribeAlarmsResult.MetricAlarms.member).toEqual({
    AlarmName: "high <cpu>",
    Threshold: 12.5,
    StateUpdatedTimestamp: at.toISOString(),
  });
  expect(asked).toEqual([input, input, input]);
});

test("CBOR errors have their name", async () => {
  const sandbox = toySandbox({ cloudwatch: { operations: { DescribeAlarms: refuse("InvalidNextToken") } } });
  const client = new CloudWatchClient({ ...configFor(sandbox), protocol: new CborForCloudWatch() });
  expect(await failureOf(client.send(new DescribeAlarmsCommand({})))).toMatchObject({
    name: "InvalidNextToken",
    $metadata: { httpStatusCode: 400 },
  });
});

test("any text in an answer leaves it well formed", () => {
  const nasty = "a&b<c>\"d\"'e'\r\n\t\u0000\u0001\ufffe ]]> \ud800 é 😀";
  const xml = `<t>${escapeXml(nasty)}</t>`;
  expect(XMLValidator.validate(xml)).toBe(true);
  expect(escapeXml(nasty)).toBe("a&amp;b&lt;c&gt;&quot;d&quot;&apos;e&apos;&#xD;\n\t\ufffd\ufffd\ufffd ]]&gt; \ufffd é 😀");
});

test("a call's account is the end of its access key, its region the one of the signature", async () => {
  let seen: Partial<Call> = {};
  const sandbox = toySandbox({ sts: { operations: { GetCallerIdentity: (_: object, call: Call) => ((seen = call), {}) } } });
  const call = async (more: object) => {
    await new clients.sts(configFor(sandbox, more)).send(new GetCallerIdentityCommand({}));
    return [seen.account, seen.region, seen.partition];
  };
  expect(await call({})).toEqual(["123456789012", REGION, "aws"]);
  expect(await call({ accessKeyId: "ASIASBOX111122223333", region: "cn-north-1" })).toEqual(["111122223333", "cn-north-1", "aws-cn"]);
});

describe("a dry run", () => {
  const create = (_: object, call: Call) => {
    const id = call.id("vpc");
    call.store.table("ec2.vpcs").set(id, {});
    return { Vpc: { VpcId: id } };
  };
  test("changes nothing, and says that it would have succeeded", async () => {
    const { send, sandbox } = clientOf("ec2", "CreateVpc", create);
    const error = await failureOf(send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", DryRun: true })));
    expect(error).toMatchObject({ name: "DryRunOperation", $metadata: { httpStatusCode: 412 } });
    expect(sandbox.stores.get(`123456789012/${REGION}`)!.sizes()).toEqual({});
    await send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", DryRun: false }));
    expect(sandbox.stores.get(`123456789012/${REGION}`)!.sizes()).toEqual({ "ec2.vpcs": 1 });
  });
  test("reports what would have failed", async () => {
    const { send } = clientOf("ec2", "RunInstances", refuse("InvalidSubnetID.NotFound"));
    expect(await failureOf(send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, DryRun: true })))).toMatchObject({
      name: "InvalidSubnetID.NotFound",
    });
  });
});

test("only the service that is called is loaded", async () => {
  const loaded: string[] = [];
  const watched = Object.fromEntries(
    Object.entries(services).map(([name, entry]) => [
      name,
      {
        ...entry,
        schemas: () => (loaded.push(`${name} schemas`), entry.schemas()),
        model: () => (loaded.push(`${name} model`), entry.model()),
      },
    ]),
  );
  const sandbox = toySandbox({}, { services: watched });
  expect(loaded).toEqual([]);
  await new EC2Client(configFor(sandbox)).send(new DescribeVpcsCommand({}));
  expect(loaded.sort()).toEqual(["ec2 model", "ec2 schemas"]);
});

class CborForCloudWatch extends SmithyRpcV2CborProtocol {
  constructor() {
    super({ defaultNamespace: "com.amazonaws.cloudwatch" });
  }
  override serializeRequest: SmithyRpcV2CborProtocol["serializeRequest"] = async (operation, input, context) => {
    const request = await super.serializeRequest(operation, input, {
      ...context,
      service: "GraniteServiceVersion20100801",
    } as typeof context);
    request.path = `/service/GraniteServiceVersion20100801/operation/${operation.name}`;
    return request;
  };
}

function form(signingName: string, body: string) {
  const scope = `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${REGION}/${signingName}/aws4_request, SignedHeaders=host, Signature=0`;
  return {
    method: "POST",
    host: "127.0.0.1:1",
    path: "/",
    headers: { authorization: scope, "content-type": "application/x-www-form-urlencoded" },
    body,
  };
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body).toString("utf8");
}
