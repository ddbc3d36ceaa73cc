/** A value that names an object of the same import becomes an expression: between kinds, between types, and between both. */
import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { backwards } from "./backwards.ts";
import { adopted, idsLeft, importOf, loadUnsaved, stripped } from "./support.ts";

const queue = (name: string) => `resource('AWS::SQS::Queue/${name}')`;

/** A tier of the estate. It has a queue with a dead-letter queue, a role that may read the queue, and a table whose events go to it. */
const tier = (name: string) => ({
  queues: `  ${name}-failed: {}
  ${name}-jobs: { RedrivePolicy: { deadLetterTargetArn: "\${${queue(`${name}-failed`)}.Arn}", maxReceiveCount: 5 } }
`,
  topics: `  ${name}-done: {}\n`,
  roles: `  ${name}-worker:
    trust: lambda.amazonaws.com
    policies:
      read:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Action: "sqs:ReceiveMessage", Resource: "\${${queue(`${name}-jobs`)}.Arn}" }
          - { Effect: Allow, Action: "sns:Publish", Resource: ["\${topic['${name}-done'].arn}", "\${topic['${name}-done'].arn}:x"] }
`,
  alarms: `  ${name}-waiting:
    namespace: AWS/SQS
    metricName: ApproximateAgeOfOldestMessage
    dimensions: { QueueName: "\${${queue(`${name}-jobs`)}.QueueName}" }
    statistic: Maximum
    period: 60
    evaluationPeriods: 1
    threshold: 60
    comparisonOperator: GreaterThanThreshold
    alarmActions: [${name}-done]
`,
  rules: `  ${name}-nightly:
    ScheduleExpression: rate(1 day)
    Targets: [{ Id: jobs, Arn: "\${${queue(`${name}-jobs`)}.Arn}" }]
`,
});
const tiers = [tier("blue"), tier("green")];
const all = (section: keyof ReturnType<typeof tier>) => tiers.map((one) => one[section]).join("");
const made = `${header}
topics:
${all("topics")}iamRoles:
${all("roles")}alarms:
${all("alarms")}AWS::SQS::Queue:
${all("queues")}AWS::Events::Rule:
${all("rules")}`;

/** Makes the estate without our tags, and a function that imports it. */
async function estate(yaml: string) {
  const testbed = openTestbed();
  await testbed.apply(yaml);
  const run = await testbed.plan(yaml);
  await stripped(run, run.connection);
  const roots = [...run.observed.objects.values()].map(({ kind, live }) => ({ kind, id: live.id }));
  return { testbed, run, roots };
}

it("is written as an expression, in whatever order AWS answers, and agrees", async () => {
  const { testbed, run, roots } = await estate(made);
  const imported = await importOf(await testbed.connection(), run.environment, roots, { parts: true });
  expect(imported.open).toEqual([]);
  expect(idsLeft(imported)).toEqual([]);
  for (const one of [
    `deadLetterTargetArn: "\${${queue("blue-failed")}.Arn}"`,
    `Resource: "\${${queue("green-jobs")}.Arn}"`,
    `Resource: ["\${topic['blue-done'].arn}", "\${topic['blue-done'].arn}:x"]`,
    `dimensions: { QueueName: "\${${queue("blue-jobs")}.QueueName}" }`,
    `Arn: "\${${queue("blue-jobs")}.Arn}"`,
  ])
    expect(imported.text).toContain(one);
  expect((await importOf(backwards(await testbed.connection()), run.environment, roots.toReversed())).text).toBe(imported.text);
  // When the tiers become one part, each use names its own objects.
  const [part] = [...imported.parted!.parts.values()];
  expect(part).toContain(`deadLetterTargetArn: "\${${queue("failed")}.Arn}"`);
  expect(part).not.toMatch(/arn:aws:sqs/);

  const file = loadUnsaved(imported.text).environment!;
  await adopted(await testbed.connection(), file);
  expect(stepsOf(await testbed.plan(imported.text))).toEqual([]);
});

it("stays an ARN on one side where two name each other", async () => {
  const statement = (more: object) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
  const { testbed, run, roots } = await estate(`${header}
iamRoles:
  app:
    name: app-role
    trust: ec2.amazonaws.com
    policies: { pull: ${statement({ Action: "ecr:BatchGetImage", Resource: "arn:aws:ecr:eu-west-1:123456789012:repository/app-images" })} }
AWS::ECR::Repository:
  images:
    RepositoryName: app-images
    RepositoryPolicyText: ${statement({ Action: "ecr:BatchGetImage", Principal: { AWS: "arn:aws:iam::123456789012:role/infra/lab/test/app-role" } })}
`);
  const imported = await importOf(await testbed.connection(), run.environment, roots);
  expect(imported.open).toEqual([]);
  expect(idsLeft(imported)).toEqual(["iamRole/app arn:aws:ecr:eu-west-1:123456789012:repository/app-images"]);
  expect(imported.text).toMatch(/AWS: "\$\{iamRole/);
  const shuffled = await importOf(backwards(await testbed.connection()), run.environment, roots.toReversed());
  expect(shuffled.text).toBe(imported.text);
});
