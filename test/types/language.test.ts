/** The features of the language work for types as for kinds: repetition, conditions, other names, data that is kept. */
import { expect, test } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

const api = "AWS::ApiGatewayV2::Api: { shop: { ProtocolType: HTTP } }\n";
const ofApi = "ApiId: '${resource(\"AWS::ApiGatewayV2::Api/shop\").id}'";
const control =
  "{ OriginAccessControlConfig: { Name: lab, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 } }";

/** Returns the steps from the first file to the second, which agrees afterwards. */
async function between(first: string, second: string): Promise<string[]> {
  const bed = openTestbed();
  await bed.apply(header + first);
  const { run } = await bed.apply(header + second);
  expect(stepsOf(await bed.plan(header + second))).toEqual([]);
  return stepsOf(run).sort();
}

test.each<[what: string, first: string, second: string, steps: readonly string[]]>([
  [
    "one of several goes",
    "AWS::SQS::Queue: { jobs: { forEach: [a, b], disposable: true } }\n",
    "AWS::SQS::Queue: { jobs: { forEach: [b, c], disposable: true } }\n",
    ["create AWS::SQS::Queue/jobs[c]", "delete AWS::SQS::Queue/jobs[a]"],
  ],
  [
    "fewer by count",
    "AWS::Events::EventBus: { bus: { count: 2 } }\n",
    "AWS::Events::EventBus: { bus: { count: 1 } }\n",
    ["delete AWS::Events::EventBus/bus[1]"],
  ],
  [
    "a condition that no longer holds",
    "AWS::Events::EventBus: { bus: {} }\n",
    "AWS::Events::EventBus: { bus: { when: false } }\n",
    ["delete AWS::Events::EventBus/bus"],
  ],
  [
    "another name for what has tags",
    api,
    'moved: [{ from: "AWS::ApiGatewayV2::Api/shop", to: "AWS::ApiGatewayV2::Api/store" }]\nAWS::ApiGatewayV2::Api: { store: { ProtocolType: HTTP } }\n',
    ["retag AWS::ApiGatewayV2::Api/store"],
  ],
  [
    "another name for what a mark tells",
    `AWS::CloudFront::OriginAccessControl: { a: ${control} }\n`,
    `moved: [{ from: "AWS::CloudFront::OriginAccessControl/a", to: "AWS::CloudFront::OriginAccessControl/b" }]\nAWS::CloudFront::OriginAccessControl: { b: ${control} }\n`,
    ["retag AWS::CloudFront::OriginAccessControl/b"],
  ],
  [
    "another name for a part that its holder names",
    `${api}AWS::ApiGatewayV2::Route: { a: { ${ofApi}, RouteKey: GET / } }\n`,
    `moved: [{ from: "AWS::ApiGatewayV2::Route/a", to: "AWS::ApiGatewayV2::Route/b" }]\n${api}AWS::ApiGatewayV2::Route: { b: { ${ofApi}, RouteKey: GET / } }\n`,
    ["retag AWS::ApiGatewayV2::Route/b"],
  ],
  [
    "a plain one becomes one of several",
    `${api}AWS::ApiGatewayV2::Route: { a: { ${ofApi}, RouteKey: GET / } }\n`,
    `moved: [{ from: "AWS::ApiGatewayV2::Route/a", to: "AWS::ApiGatewayV2::Route/a[x]" }]\n${api}AWS::ApiGatewayV2::Route: { a: { forEach: { x: GET /, y: GET /y }, ${ofApi}, RouteKey: "\${each.value}" } }\n`,
    ["create AWS::ApiGatewayV2::Route/a[y]", "retag AWS::ApiGatewayV2::Route/a[x]"],
  ],
])("%s", async (_what, first, second, steps) => expect(await between(first, second)).toEqual(steps));

test.each([
  [
    "a table",
    "AWS::DynamoDB::Table",
    "{ KeySchema: [{ AttributeName: a, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], BillingMode: PAY_PER_REQUEST }",
  ],
  ["a queue", "AWS::SQS::Queue", "{}"],
  ["a pool of users", "AWS::Cognito::UserPool", "{}"],
])("%s holds data: it is kept when it leaves the file, and by a destroy", async (_what, type, object) => {
  const bed = openTestbed();
  const other = "AWS::Events::EventBus: { bus: {} }\n";
  const yaml = `${header}${other}${type}: { main: ${object}, gone: ${object} }\n`;
  await bed.apply(yaml);
  const less = `${header}${other}${type}: { main: ${object} }\n`;
  expect(stepsOf(await bed.plan(less))).toEqual([`keep ${type}/gone`]);
  const { run } = await bed.destroy(yaml);
  expect(stepsOf(run).sort()).toEqual(["delete AWS::Events::EventBus/bus", `keep ${type}/gone`, `keep ${type}/main`]);
});
