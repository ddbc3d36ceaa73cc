/** An environment without types pays nothing for them: no call and no file. With types, a plan pays one read for each object. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { keepKinds } from "../../src/apply/keep-kinds.ts";
import { header } from "../support/testbed.ts";

const open = fs.openSync;
const opened: string[] = [];

/** Records every opened file. */
function listen(): void {
  opened.length = 0;
  fs.openSync = (path, ...more) => {
    opened.push(String(path));
    return open(path, ...more);
  };
  syncBuiltinESMExports();
}

afterEach(() => {
  fs.openSync = open;
  syncBuiltinESMExports();
});

const network = `${header}\nvpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n`;
const queue = "AWS::SQS::Queue: { jobs: {} }\n";
const table =
  "{ BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }], KeySchema: [{ AttributeName: pk, KeyType: HASH }] }";
const shop = "AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n";
const ofShop = "ApiId: '${resource(\"AWS::ApiGatewayV2::Api/shop\").id}'";
const isPack = (path: string) => path.endsWith("types.pack");

test("a plan without types loads no rules, opens no schema and asks Cloud Control nothing; a type in the file does all three", async () => {
  vi.resetModules(); // another test may have read the pack, which is cached
  const { openTestbed } = await import("../support/testbed.ts");
  let loads = 0;
  const rules = await import("../../src/kinds/types/type-kind.ts");
  const before = globalThis.PLUMBLINE_TYPES;
  globalThis.PLUMBLINE_TYPES = () => {
    loads++;
    return rules;
  };
  onTestFinished(() => {
    globalThis.PLUMBLINE_TYPES = before;
  });
  const services: string[] = [];
  const bed = openTestbed({ watch: ({ service }) => services.push(service) });
  listen();
  await bed.apply(network);
  await bed.plan(network);
  expect(opened.filter(isPack)).toEqual([]);
  expect(services).not.toContain("cloudcontrol");
  expect(loads).toBe(0);
  await bed.plan(network + queue);
  expect(opened.filter(isPack).length).toBeGreaterThan(0);
  expect(services).toContain("cloudcontrol");
  expect(loads).toBe(1);
});

test.each<[what: string, yaml: string, objects: number, lists: number]>([
  ["objects with a name of ours", "AWS::SQS::Queue: { a: {}, b: {}, c: {} }\nAWS::DynamoDB::Table: { items: TABLE }\n", 4, 0],
  ["an object with a name of AWS", "AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n", 1, 0],
  [
    "parts, by a list for each parent",
    `${shop}AWS::ApiGatewayV2::Route: { a: { ${ofShop}, RouteKey: GET / }, b: { ${ofShop}, RouteKey: GET /b } }\n`,
    3,
    1,
  ],
])("a plan with nothing to do: %s", async (_what, yaml, objects, lists) => {
  const { openTestbed } = await import("../support/testbed.ts");
  const calls: string[] = [];
  const bed = openTestbed({ watch: ({ service, operation }) => calls.push(`${service}:${operation}`) });
  const text = `${header}\n${yaml.replace("TABLE", table)}`;
  const { run } = await bed.apply(text);
  const empty = await callsOf(() => bed.plan(network));
  await keepKinds((await bed.connection()).aws, run, "agree");
  const asked = await callsOf(async () => expect((await bed.plan(text)).plan.steps).toEqual([]));
  const of = (operation: string) => asked.filter((call) => call === operation).length;
  expect(of("cloudcontrol:GetResource")).toBe(objects);
  expect(of("cloudcontrol:ListResources")).toBe(lists);
  // Besides GetCallerIdentity, which every plan calls: the tag index once, each object, and a list for each parent.
  const ofTypes = (all: readonly string[]) => all.filter((call) => /^(cloudcontrol|tagging):/.test(call));
  expect(ofTypes(asked).length, asked.join(" ")).toBe(1 + objects + lists);
  expect(empty.filter((call) => call.startsWith("cloudcontrol:"))).toEqual([]);

  async function callsOf(run: () => Promise<unknown>): Promise<string[]> {
    calls.length = 0;
    await run();
    return [...calls];
  }
});

const route = (name: string, key: string) => `${name}: { ${ofShop}, RouteKey: ${key} }`;
const parts = `${shop}AWS::ApiGatewayV2::Route: { ${route("a", "GET /")}, ${route("b", "GET /b")} }
AWS::ApiGatewayV2::Integration: { pages: { ${ofShop}, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com" } }
AWS::ApiGatewayV2::Stage: { live: { ${ofShop}, StageName: live } }
`;
const called = `iamRoles: { run: { trust: lambda.amazonaws.com } }
AWS::Lambda::Function: { f: { Role: '\${iamRole.run.arn}', Handler: i.h, Runtime: nodejs22.x, Code: { ZipFile: x } } }
AWS::Lambda::Permission: { p: { FunctionName: '\${resource("AWS::Lambda::Function/f").Arn}', Action: lambda:InvokeFunction, Principal: sns.amazonaws.com } }
`;
const control = `AWS::CloudFront::OriginAccessControl: { c: { OriginAccessControlConfig: { Name: c, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 } } }\n`;

/**
 * Each object is read once, and objects in the tag index need no listing of the account. Objects of others are read only for types with a
 * mark.
 */
test.each<[what: string, yaml: string, asks: Readonly<Record<string, number>>, lag?: number]>([
  ["an object whose id AWS gives", shop, { GetResources: 1, GetResource: 1 }],
  ["with parts: a list for each type of them", parts, { GetResources: 1, GetResource: 5, ListResources: 2 }],
  ["a part of what has a name", called, { GetResources: 1, GetResource: 2, ListResources: 1 }],
  ["what a mark tells: all of its type in the account", control, { GetResources: 1, GetResource: 4, ListResources: 1 }],
  ["what has a name, while the index is silent", queue, { GetResources: 1, GetResource: 2 }, 1_200_000],
  ["what has none, while the index is silent", shop, { GetResources: 2, GetResource: 4, ListResources: 1 }, 1_200_000],
])("a plan with nothing to do, after an apply under the lock: %s", async (_what, yaml, asks, lag) => {
  const [{ openTestbed }, { applyUnderLease }, { kinds }] = await Promise.all([
    import("../support/testbed.ts"),
    import("../../src/engine.ts"),
    import("../../src/kinds/index.ts"),
  ]);
  const calls: string[] = [];
  const bed = openTestbed({
    watch: ({ service, operation }) => calls.push(`${service}:${operation}`),
    ...(lag !== undefined && { sandbox: { faults: { lag: { index: lag } } } }),
  });
  const connection = await bed.connection();
  const cc = await import("@aws-sdk/client-cloudcontrol");
  const strange = async (TypeName: string, properties: object) =>
    connection.aws.cloudcontrol(new cc.CreateResourceCommand({ TypeName, DesiredState: JSON.stringify(properties) }));
  for (const Name of ["x", "y", "z"]) {
    await strange("AWS::ApiGatewayV2::Api", { Name, ProtocolType: "HTTP" });
    const config = { Name, OriginAccessControlOriginType: "s3", SigningBehavior: "always", SigningProtocol: "sigv4" };
    await strange("AWS::CloudFront::OriginAccessControl", { OriginAccessControlConfig: config });
  }
  await bed.clock.sleep(60_000);
  const text = `${header}\n${yaml}`;
  const { ended } = await applyUnderLease(kinds, connection, bed.load(text), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => undefined,
    lease: { me: { who: "tests", run: "r" } },
  });
  expect(ended).toBe("ran");
  calls.length = 0;
  expect((await bed.plan(text)).plan.steps).toEqual([]);
  const counts: Record<string, number> = {};
  for (const call of calls) if (/^(cloudcontrol|tagging):/.test(call)) counts[call.split(":")[1]!] = (counts[call.split(":")[1]!] ?? 0) + 1;
  expect(counts).toEqual(asks);
});
