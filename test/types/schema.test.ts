/** The schema that editors get for the types in an environment. */
import { Ajv, type ValidateFunction } from "ajv";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { authorSchema } from "../../src/config/schema/author-schema.ts";
import { typesNamedIn } from "../../src/config/type-sections.ts";
import { kinds } from "../../src/kinds/index.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { types } from "../../src/kinds/types/types.ts";
import { LanguageServer } from "../../src/lsp/server.ts";
import { folder, infra } from "../cli/infra.ts";
import { noFiles } from "../lsp/no-files.ts";

const root = new URL("../../", import.meta.url).pathname;
const notify = readFileSync(`${root}environments/notify.yaml`, "utf8");

function judge(names: readonly string[]): ValidateFunction {
  const schema = authorSchema(
    kinds,
    typesNamedIn(
      names.map((name) => `${name}:`),
      types,
    ),
  );
  return new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
}

describe("the schema of an environment", () => {
  test("infra schema ENV has the types that it names; of an environment without any it is the schema of all", async () => {
    const { code, stdout } = await infra(root, "schema notify");
    const { properties } = JSON.parse(stdout) as { properties: Record<string, unknown> };
    expect(code).toBe(0);
    expect(Object.keys(properties).filter((name) => name.startsWith("AWS::"))).toEqual([
      "AWS::Lambda::EventSourceMapping",
      "AWS::Lambda::Function",
      "AWS::SQS::Queue",
    ]);
    expect((await infra(root, "schema basic-vpc")).stdout).toBe((await infra(root, "schema")).stdout);
  });

  test("a name that is no environment is the file of a part", async () => {
    const ran = await infra(folder({ "environments/dev.yaml": "project: lab\nregion: eu-west-1\n" }), "schema parts/missing.yaml");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("parts/missing.yaml");
  });

  const notifySchema = judge(["AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"]);
  const complaints = (yaml: string) => {
    notifySchema(parse(yaml));
    return [
      ...new Set(
        (notifySchema.errors ?? []).map(({ instancePath, keyword, params }) => `${instancePath} ${keyword} ${JSON.stringify(params)}`),
      ),
    ];
  };

  test("a correct file fits", () => {
    expect(complaints(notify)).toEqual([]);
    expect(
      complaints("AWS::SQS::Queue: { jobs: { VisibilityTimeout: '${var.time}', tags: { a: b }, protect: true, RedrivePolicy: null } }"),
    ).toEqual([]);
    expect(complaints("AWS::Lambda::Function:\n  f: { VpcConfig: { SubnetIds: ['${subnet.a.id}'] } }")).toEqual([]); // an overlay
  });

  test.each([
    ["AWS::SQS::Queue: { jobs: { VisibilityTimeOut: 1 } }", "VisibilityTimeOut"],
    ["AWS::SQS::Queue: { jobs: { VisibilityTimeout: soon } }", "/jobs/VisibilityTimeout type"],
    ["AWS::SQS::Queue: { jobs: { Tags: [] } }", "Tags"],
    ["AWS::SQS::Queue: { jobs: { Arn: x } }", "Arn"],
    ["AWS::Lambda::Function: { f: { VpcConfig: { Subnets: [] } } }", "Subnets"],
  ])("%s does not", (yaml, text) => expect(complaints(yaml).join("\n")).toContain(text));

  test("the schemas of all curated types can be compiled, and lead nowhere that is not there", () => {
    expect(judge(Object.keys(curated))({ project: "lab" })).toBe(true);
  });
});

describe("the language server", () => {
  const path = "/a/environments/dev.yaml";
  function ask(method: string, written: string) {
    const server = new LanguageServer({
      kinds,
      types,
      version: "1",
      pathOf: (uri) => uri,
      uriOf: (one) => one,
      ...noFiles,
      problemsOf: () => [],
    });
    const offset = written.indexOf("|");
    const before = written.slice(0, offset).split("\n");
    server.receive({ method: "textDocument/didOpen", params: { textDocument: { uri: path, text: written.replace("|", "") } } });
    const position = { line: before.length - 1, character: before.at(-1)!.length };
    return server.receive({ id: 1, method, params: { textDocument: { uri: path }, position } })[0]!.result;
  }
  const labels = (written: string) => (ask("textDocument/completion", written) as { label: string }[]).map(({ label }) => label);

  test.each([
    ["of a type's properties", "AWS::SQS::Queue:\n  jobs:\n    Vis|", ["VisibilityTimeout"]],
    ["in braces", "AWS::SQS::Queue:\n  jobs: { Fifo|", ["FifoQueue", "FifoThroughputLimit"]],
    ["inside a property", "AWS::Lambda::Function:\n  f:\n    VpcConfig:\n      Sub|", ["SubnetIds"]],
    ["of the fields of infra", "AWS::SQS::Queue:\n  jobs:\n    prot|", ["protect"]],
    ["of choices", "AWS::Lambda::Function:\n  f: { PackageType: |", ["Image", "Zip"]],
    ["not of what AWS makes", "AWS::SQS::Queue:\n  jobs:\n    Ar|", []],
  ])("completes %s", (_what, written, expected) => expect(labels(written)).toEqual(expected));

  test("tells what a property is", () =>
    expect(JSON.stringify(ask("textDocument/hover", "AWS::SQS::Queue:\n  jobs:\n    Visibility|Timeout: 1\n"))).toMatch(
      /AWS::SQS::Queue\.VisibilityTimeout/,
    ));
});
