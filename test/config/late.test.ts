/** Late values in the texts of other objects: where they may stand, and what they must not decide. */
import { describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { isLate, lateNeeds, shownLate, withKnown } from "../../src/resource/late.ts";
import { folderWith, head } from "./write-files.ts";

const network = `vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
subnets: { s: { vpc: m, cidrBlock: 10.0.0.0/24, availabilityZone: a } }
securityGroups: { g: { vpc: m } }
topics: { t: {} }
`;

function load(text: string) {
  const cwd = folderWith({ "test.yaml": head + network + text });
  return loadEnvironment({ nameOrPath: "test.yaml", cwd, kinds });
}

test.each([
  "topic.t.arn",
  " topic.t.id ",
  'topic["t"].arn',
  "resource('topic/t').arn",
  "subnet['s'].availabilityZone",
  "subnet.s.id",
  "securityGroup.g.description",
  "topic.u.arn",
  "topic.t.arm",
  "resource('topic/u').arn",
])("a plain path needs no library, and has the same value as with the library: %s", (path) => {
  const valueOf = (code: string) => {
    const { environment, diagnostics } = load(`parameters: { p: { value: "at \${${code}}." } }\n`);
    const said = diagnostics.map(({ code: of, hint }) => `${of} ${hint ?? ""}`);
    return { value: (environment?.nodes.find(({ name }) => name === "p")?.spec as { readonly value?: unknown })?.value, said };
  };
  expect(valueOf(path)).toEqual(valueOf(`(${path})`));
});

describe("they stand in", () => {
  test.each<[string, string, string]>([
    ["a text", 'parameters: { p: { value: "at ${topic.t.arn}." } }', "at (known after topic/t)."],
    ["a list of texts", 'parameters: { p: { value: [a, "${topic.t.arn}"] } }', '["a","(known after topic/t)"]'],
    ["a description", 'parameters: { p: { value: x, description: "${topic.t.arn}" } }', "(known after topic/t)"],
    [
      "a policy",
      "iamPolicies: { p: { document: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 'sns:Publish', Resource: '${topic.t.arn}' }] } } }",
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:Publish","Resource":"(known after topic/t)"}]}',
    ],
    [
      "a dimension, where another reference could stand",
      "alarms: { p: { namespace: X, metricName: y, dimensions: { Topic: '${topic.t.arn}' }, statistic: Sum, period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: GreaterThanThreshold } }",
      '{"Topic":"(known after topic/t)"}',
    ],
  ])("%s", (_what, text, shown) => {
    const { environment, diagnostics } = load(`${text}\n`);
    expect(diagnostics).toEqual([]);
    const node = environment!.nodes.find(({ name }) => name === "p")!;
    const values = Object.values(node.spec as object)
      .filter(isLate)
      .map(shownLate);
    expect(values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))).toEqual([shown]);
    expect(lateNeeds(node).map(({ address, output }) => [address, output])).toEqual([["topic/t", "arn"]]);
  });

  test("a tag, whatever the characters of its mark", () => {
    const { environment } = load('parameters: { p: { value: x, tags: { of: "${topic.t.arn}" } } }\n');
    const { tags } = environment!.nodes.find(({ name }) => name === "p")!;
    expect(withKnown(tags, () => "arn:aws:sns:t")["of"]).toBe("arn:aws:sns:t");
  });
});

describe("they are refused", () => {
  test.each<[string, string, RegExp]>([
    ["as a count", 'parameters: { p: { count: "${topic.t.arn}", value: x } }', /this decides how many objects there are/],
    ["as a forEach", 'parameters: { p: { forEach: "${topic.t.arn}", value: x } }', /this decides how many objects there are/],
    ["as a condition", 'parameters: { p: { when: "${topic.t.arn}", value: x } }', /this decides whether it is declared/],
    ["as a name", 'parameters: { p: { name: "${topic.t.arn}", value: x } }', /is needed here before/],
    ["as a plain field", 'vpcEndpoints: { p: { vpc: m, service: "${topic.t.arn}", type: Gateway } }', /is needed here before/],
    ["in what cannot change", 'dbParameterGroups: { p: { family: postgres16, description: "${topic.t.arn}" } }', /is needed here before/],
    ["for the whole environment", 'tags: { t: "${topic.t.arn}" }', /is needed here before/],
    [
      "through the field of another resource",
      'parameters: { p: { value: "${topic.t.arn}" } }\niamRoles: { r: { trust: ec2.amazonaws.com, name: "${parameter.p.value}" } }',
      /topic\/t\.arn is known only when topic\/t exists, but is needed here before/,
    ],
  ])("%s", (_what, text, summary) => {
    const { diagnostics } = load(`${text}\n`);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.summary).toMatch(summary);
    expect(diagnostics[0]!.at?.text).toContain("${");
  });
});

test("each mistake of one text is reported", () => {
  const { diagnostics } = load(
    "parameters: { p: { name: \"${topic.t.arn + 'x'} and ${topic.t.arn + 'y'}, ${topic.t.arn}\", value: x } }\n",
  );
  expect(diagnostics.map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^\$\{topic\.t\.arn \+ 'x'\}: .* is needed here before that\.$/),
    expect.stringMatching(/^\$\{topic\.t\.arn \+ 'y'\}: .* is needed here before that\.$/),
    expect.stringMatching(/^\$\{topic\.t\.arn\}: .* is needed here before that\.$/),
  ]);
});

test("objects whose texts hold each other are a cycle, which is named", () => {
  const { diagnostics } = load('parameters: { a: { value: "${parameter.b.arn}" }, b: { value: "${parameter.a.arn}" } }\n');
  expect(diagnostics.map(({ code, summary }) => [code, summary])).toEqual([
    ["ref-cycle", "these resources depend on each other: parameter/a (value) → parameter/b (value) → parameter/a."],
  ]);
});

test("a policy of AWS's is named as AWS names it, unless one of the file is near", () => {
  const policies = (names: string, more = "") => {
    const { environment, diagnostics } = load(`iamRoles: { r: { trust: ec2.amazonaws.com, managedPolicies: [${names}] } }\n${more}`);
    const spec = environment?.nodes.find(({ name }) => name === "r")?.spec as { managedPolicies: unknown } | undefined;
    return spec?.managedPolicies ?? diagnostics.map(({ code, hint }) => [code, hint?.replace(/ \(.*/, "")]);
  };
  expect(policies("AmazonSSMManagedInstanceCore, service-role/AWSLambdaBasicExecutionRole")).toEqual([
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  ]);
  const own =
    "iamPolicies: { AmazonReader: { document: { Version: '2012-10-17', Statement: [{ Effect: Allow, Action: 's3:Get*', Resource: '*' }] } } }\n";
  expect(policies("AmazonReader", own)).toEqual(["iamPolicy/AmazonReader"]);
  expect(policies("AmazonReaders", own)).toEqual([["unknown-ref", 'did you mean "AmazonReader"']]);
  expect(policies("reader")).toMatchObject([["unknown-ref", expect.stringContaining("{ name: reader }")]]);
});

test("a value that is late in another resource is as late here", () => {
  const { environment } = load('parameters: { p: { value: "at ${topic.t.arn}" }, q: { value: "${parameter.p.value}" } }\n');
  const q = environment!.nodes.find(({ name }) => name === "q")!;
  expect(lateNeeds(q).map(({ address, output }) => `${address}.${output}`)).toEqual(["topic/t.arn"]);
  expect(shownLate(q.spec)).toEqual({ value: "at (known after topic/t)" });
});

test("a reader of the whole document sees words, and no marks", () => {
  const { environment } = load('parameters: { p: { value: "at ${topic.t.arn}" } }\n');
  expect(JSON.stringify(environment!.document!())).toContain("at (known after topic/t)");
});

test("they may stand in every text for people, policy and script that AWS can change", () => {
  const texts = /^(description|comment|policy|policies|document|userData|dimensions|\w+Tags)$/;
  const missing = kinds.flatMap(({ name, fields }) =>
    Object.entries(fields)
      .filter(([field, { change, late }]) => texts.test(field) && (change === "update" || change === "restart") && late !== true)
      .map(([field]) => `${name}.${field}`),
  );
  // The tags on the instances of an Auto Scaling group come from the group's own tags.
  expect(missing.filter((field) => field !== "autoScalingGroup.propagateTags")).toEqual([]);
});
