/**
 * Environments with types of AWS, made by the built command against `infra sandbox serve` and checked with the AWS CLI. Cloud Control lists
 * one object for each that the file has, with the file's values and the tags that make it ours. After the destroy it shows only objects
 * that hold data.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { root, Workshop } from "../e2e/support/infra.ts";
import { isNight, sampleOf } from "../support/night.ts";
import { awsCli, type AwsCli } from "./support/aws-cli.ts";
import { describeWithPrograms } from "./support/programs.ts";
import { serveSandbox, type Served } from "./support/served.ts";

type Value = Readonly<Record<string, unknown>>;

interface Story {
  readonly name: string;
  /** Objects that no destroy deletes. */
  readonly data: readonly string[];
  /** Changes that somebody else makes. */
  readonly drift: readonly [address: string, pointer: string, value: unknown];
  /** References in the file: the property must hold the value of the other object's property. */
  readonly refers: readonly (readonly [address: string, property: string, of: string, property: string])[];
}

const stories: readonly Story[] = [
  {
    name: "notify",
    data: ["AWS::SQS::Queue/failed", "AWS::SQS::Queue/jobs"],
    drift: ["AWS::SQS::Queue/jobs", "/VisibilityTimeout", 7],
    refers: [
      ["AWS::SQS::Queue/jobs", "RedrivePolicy.deadLetterTargetArn", "AWS::SQS::Queue/failed", "Arn"],
      ["AWS::Lambda::EventSourceMapping/jobs", "EventSourceArn", "AWS::SQS::Queue/jobs", "Arn"],
      ["AWS::Lambda::EventSourceMapping/jobs", "FunctionName", "AWS::Lambda::Function/notify", "Arn"],
    ],
  },
  {
    name: "static-site",
    data: [],
    drift: ["AWS::CloudFront::Distribution/site", "/DistributionConfig/DefaultRootObject", "other.html"],
    refers: [],
  },
  {
    name: "serverless-api",
    data: ["AWS::DynamoDB::Table/items"],
    drift: ["AWS::DynamoDB::Table/items", "/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", false],
    refers: [["AWS::Lambda::Function/items", "Environment.Variables.TABLE", "AWS::DynamoDB::Table/items", "TableName"]],
  },
  {
    name: "containers",
    data: ["AWS::ECR::Repository/web"],
    drift: ["AWS::ECR::Repository/web", "/ImageTagMutability", "MUTABLE"],
    refers: [["AWS::ECS::Service/web", "TaskDefinition", "AWS::ECS::TaskDefinition/web", "TaskDefinitionArn"]],
  },
];

/** Properties that AWS never returns, and those of infra itself. */
const untold = /^(Code|AutoPublish|[a-z].*)$/;

/** The types that are listed by their parent, with the property that names it. */
const within: Readonly<Record<string, readonly [property: string, parent: string]>> = {
  "AWS::ApiGatewayV2::Authorizer": ["ApiId", "AWS::ApiGatewayV2::Api"],
  "AWS::ApiGatewayV2::Integration": ["ApiId", "AWS::ApiGatewayV2::Api"],
  "AWS::ApiGatewayV2::Route": ["ApiId", "AWS::ApiGatewayV2::Api"],
  "AWS::ApiGatewayV2::Stage": ["ApiId", "AWS::ApiGatewayV2::Api"],
  "AWS::ApplicationAutoScaling::ScalableTarget": ["ServiceNamespace", "ecs"],
  "AWS::ECS::Service": ["Cluster", "AWS::ECS::Cluster"],
  "AWS::Lambda::Permission": ["FunctionName", "AWS::Lambda::Function"],
};

describeWithPrograms("the objects that infra makes of types, as the AWS CLI sees them", [["aws", "--version"]], undefined, () => {
  let sandbox: Served;
  beforeAll(async () => {
    sandbox = await serveSandbox("--no-quotas");
  });
  afterAll(() => sandbox.stop());

  test.concurrent.each(sampleOf(stories, ["notify"], ({ name }) => name))(
    "$name: made, changed, set back after somebody else's change, destroyed but for its data",
    async ({ name, drift, data, refers }) => {
      const workshop = new Workshop(sandbox.env);
      const first = parse(workshop.text(name)) as Value;
      const region = String(first["region"]);
      const changed = readFileSync(join(root, `test/simulation/changes/${name}.yaml`), "utf8");
      workshop.write(`changed/${name}.yaml`, changed.replace(/^extends: .*$/m, `extends: ../environments/${name}.yaml`));
      const second = merged(first, parse(changed)) as Value;
      const judge = judgeOf(awsCli({ ...sandbox.env, AWS_REGION: region, AWS_DEFAULT_REGION: region }));

      await workshop.apply(name);
      const made = await judge.expectTold(first);
      for (const [address, property, of, other] of refers)
        expect(valueAt(made.get(address), property), `${address}.${property}`).toEqual(valueAt(made.get(of), other));
      expect((await workshop.infra(`plan ${name} --detailed-exitcode`)).code).toBe(0);

      await workshop.apply(`./changed/${name}.yaml`, " --allow-deletes 3");
      await judge.expectTold(second);
      await workshop.apply(name, " --allow-deletes 3");
      if (isNight) await judge.expectTold(first); // by day the read after the next change covers this

      await judge.write(...drift);
      const seen = await workshop.infra(`plan ${name} --detailed-exitcode`);
      expect(seen.code, seen.stdout + seen.stderr).toBe(2);
      expect(seen.stdout).toContain(drift[0]);
      await workshop.apply(name);
      await judge.expectTold(first);

      const gone = await workshop.infra(`destroy ${name} --confirm ${await judge.account()}/${region}/${name}`);
      expect(gone.code, gone.stdout + gone.stderr).toBe(0);
      expect(await judge.left(second)).toEqual(data);
    },
  );
});

function judgeOf({ aws }: AwsCli) {
  const read = async (TypeName: string, Identifier: string) =>
    JSON.parse(await aws("cloudcontrol get-resource --query ResourceDescription.Properties", { TypeName, Identifier })) as Value;
  const list = async (TypeName: string): Promise<readonly string[]> => {
    const [property, parent = ""] = within[TypeName] ?? [];
    const parents = property === undefined ? [undefined] : parent.includes(":") ? await list(parent) : [parent];
    const ids = parents.map((one) =>
      aws<string[]>("cloudcontrol list-resources --query ResourceDescriptions[].Identifier", {
        TypeName,
        ...(one !== undefined && { ResourceModel: JSON.stringify({ [property!]: one }) }),
      }),
    );
    return (await Promise.all(ids)).flat();
  };
  const objectsOf = async (type: string) => Promise.all((await list(type)).map(async (id) => ({ id, properties: await read(type, id) })));

  return {
    account: () => aws("sts get-caller-identity --query Account"),

    /** Checks that there is one object for each that the file has, with the file's values. Returns the objects that have tags. */
    async expectTold(file: Value): Promise<ReadonlyMap<string, Value>> {
      const tagged = new Map<string, Value>();
      for (const type of typesIn(file)) {
        const objects = await objectsOf(type);
        for (const { properties } of objects) tagged.set(addressIn(properties), properties);
        const told = objects.map(({ properties }) => properties);
        const wanted = Object.entries(file[type] as Readonly<Record<string, Value>>);
        expect(told, type).toHaveLength(wanted.length);
        for (const [key, written] of wanted) {
          const asWritten = asTold(Object.fromEntries(Object.entries(written).filter(([property]) => !untold.test(property))));
          expect(told.some(hasTags) ? [tagged.get(`${type}/${key}`)] : told, `${type}/${key}`).toContainEqual(asWritten);
        }
      }
      return tagged;
    },

    async write(address: string, path: string, value: unknown): Promise<void> {
      const [TypeName = ""] = address.split("/");
      const { id: Identifier } = (await objectsOf(TypeName)).find(({ properties }) => addressIn(properties) === address)!;
      const PatchDocument = JSON.stringify([{ op: "add", path, value }]);
      const token = await aws("cloudcontrol update-resource --query ProgressEvent.RequestToken", { TypeName, Identifier, PatchDocument });
      await aws(`cloudcontrol wait resource-request-success --request-token ${token}`);
    },

    /** Returns the addresses of the remaining objects of the types in a file. */
    async left(file: Value): Promise<string[]> {
      const objects = await Promise.all(typesIn(file).map(objectsOf));
      return objects.flatMap((some) => some.map(({ properties }) => addressIn(properties))).sort();
    },
  };
}

function typesIn(file: Value): string[] {
  return Object.keys(file).filter((section) => section.startsWith("AWS::"));
}

/** Returns what AWS must return at least for a value of the file. For a reference any value will do. */
function asTold(written: unknown): unknown {
  if (typeof written === "string" && written.includes("${")) return expect.anything();
  if (Array.isArray(written)) return expect.arrayContaining(written.map(asTold));
  if (typeof written !== "object" || written === null) return written;
  return expect.objectContaining(Object.fromEntries(Object.entries(written).map(([key, value]) => [key, asTold(value)])));
}

function hasTags({ Tags }: Value): boolean {
  return Tags !== undefined;
}

/** Returns "AWS::SQS::Queue/jobs", read from the tags in either of their forms. */
function addressIn({ Tags = {} }: Value): string {
  const list = Array.isArray(Tags)
    ? (Tags as { Key: string; Value: string }[]).map(({ Key, Value: text }) => [Key, text])
    : Object.entries(Tags as object);
  return String(Object.fromEntries(list as [string, string][])["infra:resource"] ?? "");
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, part) => (at as Value | undefined)?.[part], value);
}

/** Merges mappings by their keys; null removes a key. */
function merged(base: unknown, over: unknown): unknown {
  if (typeof base !== "object" || base === null || typeof over !== "object" || over === null || Array.isArray(over)) return over;
  const all = { ...(base as Value) };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete all[key];
    else all[key] = merged(all[key], value);
  }
  return all;
}
