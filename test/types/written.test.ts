/** Mistakes in what authors write about types: code, place and way round. */
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { folderWith } from "../config/write-files.ts";
import { header } from "../support/testbed.ts";

function problemsOf(text: string) {
  const cwd = folderWith({ "e.yaml": `${header}${text}` });
  const { diagnostics } = loadEnvironment({ nameOrPath: "e.yaml", cwd, kinds, types });
  return diagnostics.map(({ code, at, summary, hint }) => ({ code, at: `${at?.line}:${at?.column}`, text: `${summary} ${hint ?? ""}` }));
}

const queue = (fields: string) => `AWS::SQS::Queue:\n  jobs: { ${fields} }\n`;

describe("problems of types", () => {
  test.each<[what: string, yaml: string, code: string, at: string, says: RegExp]>([
    ["a type that AWS does not have", "AWS::SQS::Queues: { jobs: {} }\n", "unknown-type", "5:1", /did you mean "AWS::SQS::Queue"/],
    ["a type with a kind of its own", "AWS::EC2::VPC: { main: {} }\n", "refused-type", "5:1", /declare it under vpcs/],
    ["a bucket", "AWS::S3::Bucket: { main: {} }\n", "refused-type", "5:1", /declare it under buckets/],
    ["records", "AWS::Route53::RecordSet: { main: {} }\n", "refused-type", "5:1", /declare it under records/],
    ["a type that Cloud Control cannot make", "AWS::SNS::TopicPolicy: { main: {} }\n", "refused-type", "5:1", /`policy` on the topic/],
    ["a type without tags", "AWS::Lambda::Version: { main: {} }\n", "refused-type", "5:1", /cannot have tags/],
    [
      "the text that says whose it is",
      "AWS::CloudFront::CachePolicy: { a: { CachePolicyConfig: { Name: x, Comment: y, DefaultTTL: 1, MinTTL: 1, MaxTTL: 1, ParametersInCacheKeyAndForwardedToOrigin: { CookiesConfig: { CookieBehavior: none }, EnableAcceptEncodingGzip: true, HeadersConfig: { HeaderBehavior: none }, QueryStringsConfig: { QueryStringBehavior: none } } } } }\n",
      "refused-property",
      "5:77",
      /infra writes the owner of the object there/,
    ],
    [
      "tags of what has none",
      "AWS::Scheduler::Schedule: { a: { ScheduleExpression: rate(1 hour), FlexibleTimeWindow: { Mode: 'OFF' }, Target: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:x', RoleArn: 'arn:aws:iam::123456789012:role/x' }, tags: { a: b } } }\n",
      "unknown-field",
      "5:207",
      /has no field "tags"/,
    ],
    ["a type that nobody tried", "AWS::Athena::WorkGroup: { main: { Name: a } }\n", "unproven-type", "5:27", /write `unproven: true`/],
    ["a property that the type lacks", queue("VisibilityTimeOut: 5"), "unknown-field", "6:11", /did you mean "VisibilityTimeout"/],
    ["a property that AWS makes", queue("Arn: x"), "refused-property", "6:16", /AWS assigns its value/],
    ["tags in the type's own form", queue("Tags: []"), "refused-property", "6:17", /write `tags: \{ KEY: VALUE \}`/],
    ["a text where a number belongs", queue("DelaySeconds: soon"), "wrong-type", "6:25", /must be a whole number/],
    ["a number that is too large", queue("DelaySeconds: 901"), "out-of-range", "6:25", /between 0 and 900/],
    ["a member that is unknown", queue("RedrivePolicy: { maxReceives: 5 }"), "unknown-field", "6:28", /RedrivePolicy has no field/],
    [
      "a property that is missing",
      "AWS::Lambda::Function: { a: { Role: 'arn:aws:iam::123456789012:role/x' } }\n",
      "missing-field",
      "5:26",
      /needs Code/,
    ],
    [
      "a target of scaling that nothing would find",
      "AWS::ApplicationAutoScaling::ScalableTarget: { a: { ResourceId: table/x, ServiceNamespace: dynamodb, ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 1, MaxCapacity: 2 } }\n",
      "bad-value",
      "5:92",
      /ecs/,
    ],
    ["filters of logs", "AWS::Logs::MetricFilter: { a: {} }\n", "refused-type", "5:1", /write its metrics itself/],
    ["an output that a kind lacks", queue('KmsMasterKeyId: "${iamRole.x.arn}"'), "bad-expression", "6:38", /"x" is not declared/],
    [
      "an output that a type lacks",
      queue("KmsMasterKeyId: \"${resource('AWS::SQS::Queue/jobs').Ann}\""),
      "bad-expression",
      "6:63",
      /has no field "Ann"/,
    ],
    ["a variable of IAM", queue('KmsMasterKeyId: "${aws:username}"'), "bad-expression", "6:33", /\$\$\{aws:username\}/],
  ])("%s", (_what, yaml, code, at, says) => {
    const problems = problemsOf(yaml);
    expect(problems.map((one) => one.code)).toEqual([code]);
    expect(problems[0]).toMatchObject({ at, text: expect.stringMatching(says) as unknown });
  });

  test.each([
    ["by its address", 'resource("AWS::SQS::Queue/jobs[a]")'],
    ["by its key", 'resource("AWS::SQS::Queue/jobs")["a"]'],
    ["by its number", 'resource("AWS::SQS::Queue/some[0]")'],
  ])("one of several is named %s", (_what, named) => {
    const several = "  jobs: { forEach: [a, b] }\n  some: { count: 2 }\n";
    const yaml = (object: string) =>
      `AWS::SQS::Queue:\n${several}  last: { RedrivePolicy: { deadLetterTargetArn: '\${${object}.Arn}' } }\n`;
    expect(problemsOf(yaml(named))).toEqual([]);
    const [problem] = problemsOf(yaml('resource("AWS::SQS::Queue/jobs")'));
    expect(problem).toMatchObject({
      code: "bad-expression",
      text: expect.stringContaining("resource('AWS::SQS::Queue/jobs[a]')") as unknown,
    });
  });

  test("all problems are reported at once, and the resources beside them are not lost", () => {
    const codes = problemsOf(`${queue("DelaySeconds: 901")}  more: { Arn: x }\nvpcs: { main: { cidrBlock: 1 } }\n`).map(({ code }) => code);
    expect(codes.sort()).toEqual(["out-of-range", "refused-property", "wrong-type"]);
  });

  test.each([
    ["AWS::OpenSearchService::Domain", "AdvancedSecurityOptions: { MasterUserOptions: { MasterUserName: x, MasterUserPassword: y } }"],
    [
      "AWS::SES::EmailIdentity",
      "EmailIdentity: a.example.com, DkimSigningAttributes: { DomainSigningSelector: x, DomainSigningPrivateKey: y }",
    ],
    ["AWS::IAM::User", "unproven: true, LoginProfile: { Password: y }"],
    ["AWS::DMS::Endpoint", "unproven: true, EndpointType: source, EngineName: mongodb, MongoDbSettings: { Password: y }"],
  ])("%s takes no secret, however deep", (type, fields) => {
    const told = problemsOf(`${type}: { a: { ${fields} } }\n`).filter(({ code }) => code === "refused-property");
    expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/a file must not contain a secret/)]);
  });

  test("a property that is only named like a secret is accepted", () => {
    const client =
      "AWS::Cognito::UserPoolClient: { a: { UserPoolId: x, AccessTokenValidity: 5, TokenValidityUnits: { AccessToken: hours } } }\n";
    expect(problemsOf(client)).toEqual([]);
  });

  test("a pattern whose ends are written as in other languages accepts correct texts, and nothing else", () => {
    const channel = (id: string) => `AWS::MediaPackage::Channel: { a: { unproven: true, Id: ${id} } }\n`;
    expect(problemsOf(channel("live-1"))).toEqual([]);
    expect(problemsOf(channel("live.1")).map(({ code }) => code)).toEqual(["bad-value"]);
  });

  test("keys that AWS describes by a pattern for Java are taken as they are", () => {
    const model = "ModelPackageGroupName: a, CustomerMetadataProperties: { team: web }";
    expect(problemsOf(`AWS::SageMaker::ModelPackage: { a: { unproven: true, ${model} } }\n`)).toEqual([]);
  });

  test("of an uncurated type, a written name is as the schema takes it", () => {
    const domain = "DomainName: api.example.com, CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a'";
    expect(problemsOf(`AWS::AppSync::DomainName: { a: { unproven: true, ${domain} } }\n`)).toEqual([]);
  });

  test("a file without types needs none", () => {
    expect(problemsOf("vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n")).toEqual([]);
  });
});
