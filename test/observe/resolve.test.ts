/** Look-ups that AWS answers: images, zones, and objects of others by tags, names and places. */
import { describe, expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { AwsError } from "../../src/aws/errors.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { AwsId, Driver, Kind, Live, Spec, Tags } from "../../src/kinds/kind.ts";
import type { Drivers } from "../../src/observe/drivers.ts";
import { lookupKey, resolve } from "../../src/observe/resolve.ts";
import { header, loadText } from "../support/testbed.ts";

interface Account {
  /** The parameters, images and zones of the account. */
  readonly parameters?: readonly { readonly Name: string; readonly ARN?: string; readonly Type?: string; readonly Value?: string }[];
  readonly images?: readonly { readonly ImageId: string; readonly CreationDate?: string }[];
  readonly zones?: Readonly<Record<string, string>> | AwsError;
  /** The objects of every kind: by a tag, by name, by range, and the defaults. */
  readonly tagged?: Readonly<Record<string, readonly AwsId[]>>;
  readonly named?: Readonly<Record<string, AwsId>>;
  readonly placed?: Readonly<Record<string, readonly AwsId[]>>;
  readonly defaults?: Readonly<Record<string, AwsId>>;
  readonly listed?: readonly Partial<Live>[];
  readonly without?: "find";
}

async function asked(yaml: string, account: Account) {
  const calls: string[] = [];
  const region = (name: string): Aws =>
    ({
      region: name,
      account: "123456789012",
      clock: { work: (loading: unknown) => loading },
      elsewhere: region,
      ec2: Object.assign(
        (command: { readonly input: object }) => {
          calls.push(`zones ${JSON.stringify(command.input)}`);
          const { zones = {} } = account;
          if (zones instanceof AwsError) throw zones;
          return { AvailabilityZones: Object.entries(zones).map(([ZoneId, ZoneName]) => ({ ZoneId, ZoneName })) };
        },
        {
          async *pages(_command: unknown, input: object) {
            calls.push(`images ${JSON.stringify(input)}`);
            for (const one of account.images ?? []) yield { Images: [one] };
          },
        },
      ),
    }) as unknown as Aws;
  const driver = (kind: Kind) => ({
    find:
      account.without === "find"
        ? undefined
        : (aws: Aws, tags: Tags, owner: string | undefined) => {
            const text = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
            calls.push(`${kind.name} tagged ${text.join(" ")} of ${owner} in ${aws.region}`);
            return account.tagged?.[text[0]!] ?? [];
          },
    named: (_aws: Aws, names: readonly string[]) =>
      new Map(names.flatMap((name) => (account.named?.[name] === undefined ? [] : [[name, account.named[name]] as const]))),
    at: (_aws: Aws, place: Readonly<Record<string, string>>, owner: string | undefined) => {
      calls.push(`${kind.name} at ${JSON.stringify(place)} of ${owner}`);
      return account.placed?.[place["cidrBlock"]!] ?? [];
    },
    defaults: (_aws: Aws, of: readonly string[]) =>
      new Map(of.flatMap((one) => (account.defaults?.[one] === undefined ? [] : [[one, { id: account.defaults[one] }] as const]))),
    async *list() {
      for (const one of account.listed ?? []) yield { id: "", aliases: [], tags: {}, spec: {}, handle: null, state: "ready", ...one };
    },
  });
  const drivers = { of: (kind: Kind) => Promise.resolve(driver(kind) as unknown as Driver) } as unknown as Drivers;
  const parametersOf = (names: readonly string[]) => {
    calls.push(`parameters ${names.join(" ")}`);
    return Promise.resolve(account.parameters ?? []);
  };
  const found = await resolve(kinds, drivers, region("eu-west-1"), loadText(header + yaml), parametersOf);
  return { ...found, calls };
}

/** Returns the values of a field of every object, or the problems. */
async function valuesOf(field: string, yaml: string, account: Account): Promise<unknown[]> {
  const { declared, diagnostics, failed } = await asked(yaml, account);
  expect([...failed].sort()).toEqual([...new Set(diagnostics.map(({ summary }) => summary.split(":")[0]!))].sort());
  if (diagnostics.length > 0) return diagnostics.map(({ at, summary }) => `${at!.line}:${at!.column} ${summary}`);
  return [...declared.values()].flatMap(({ resolved }) => (field in resolved ? [(resolved as Spec)[field]] : []));
}

const machine = (image: string) =>
  `instances: { m: { subnet: { id: subnet-0123456789abcdef0 }, image: ${image}, instanceType: t3.micro } }\n`;
const subnet = (vpc: string, zone = "a") => `subnets: { a: { vpc: ${vpc}, cidrBlock: 10.0.1.0/24, availabilityZone: ${zone} } }\n`;

describe("an image", () => {
  const ssm = "{ ssm: /images/web }";
  const named = "{ owner: amazon, name: web-* }";
  const place = "5:61 instance/m: image: ";
  test.each<[what: string, image: string, account: Account, value: string]>([
    ["of a parameter", ssm, { parameters: [{ Name: "/images/web", Value: "ami-0123456789abcdef0" }] }, "ami-0123456789abcdef0"],
    [
      "of a parameter without a value for it",
      ssm,
      { parameters: [{ Name: "/other", Value: "ami-0123456789abcdef0" }] },
      `${place}there is no SSM parameter /images/web in eu-west-1`,
    ],
    [
      "of a parameter that AWS calls by its ARN",
      ssm,
      { parameters: [{ Name: "web", ARN: "arn:aws:ssm:eu-west-1::parameter/images/web", Value: "ami-01234567" }] },
      "ami-01234567",
    ],
    [
      "of a parameter that is secret",
      ssm,
      { parameters: [{ Name: "/images/web", Type: "SecureString", Value: "ami-01234567" }] },
      `${place}/images/web is a SecureString, which does not name an image`,
    ],
    [
      "of a parameter that holds something else",
      ssm,
      { parameters: [{ Name: "/images/web", Value: "an ami-01234567" }] },
      `${place}the SSM parameter /images/web does not contain an image id`,
    ],
    [
      "of a parameter that holds more",
      ssm,
      { parameters: [{ Name: "/images/web", Value: "ami-01234567 and more" }] },
      `${place}the SSM parameter /images/web does not contain an image id`,
    ],
    [
      "of a parameter that holds nothing",
      ssm,
      { parameters: [{ Name: "/images/web" }] },
      `${place}the SSM parameter /images/web does not contain an image id`,
    ],
    [
      "by its name: the newest",
      named,
      {
        images: [
          { ImageId: "ami-1", CreationDate: "2025" },
          { ImageId: "ami-2", CreationDate: "2026" },
          { ImageId: "ami-3", CreationDate: "2024" },
        ],
      },
      "ami-2",
    ],
    [
      "by its name: of those of one date always the same",
      named,
      {
        images: [
          { ImageId: "ami-2", CreationDate: "2026" },
          { ImageId: "ami-1", CreationDate: "2026" },
        ],
      },
      "ami-1",
    ],
    [
      "by its name: one of whose date AWS says nothing comes last",
      named,
      { images: [{ ImageId: "ami-1" }, { ImageId: "ami-2", CreationDate: "2026" }] },
      "ami-2",
    ],
    ["by its name: none", named, {}, `${place}amazon has no image named web-* in eu-west-1`],
    [
      "by its name: none for a processor",
      "{ owner: amazon, name: web-*, architecture: x86_64 }",
      {},
      `${place}amazon has no image named web-* for x86_64 in eu-west-1`,
    ],
  ])("%s", async (_what, image, account, value) => {
    expect(await valuesOf("image", machine(image), account)).toEqual([value]);
  });

  test("is asked for once, however many name it, and the desired value stays the one of the file", async () => {
    const two = `instances:\n${["m", "n"].map((name) => machine(ssm).replace("instances: { m:", `  ${name}:`).replace(/ }\n$/, "\n")).join("")}`;
    const { calls, declared } = await asked(two, { parameters: [{ Name: "/images/web", Value: "ami-01234567" }] });
    expect(calls).toEqual(["parameters /images/web"]);
    expect([...declared.values()].map(({ desired }) => (desired.spec as Spec)["image"])).toEqual([
      { ssm: "/images/web" },
      { ssm: "/images/web" },
    ]);
  });

  test("is asked for among those that can be used, and by its processor where that is written", async () => {
    const filters = async (image: string) => (await asked(machine(image), {})).calls;
    expect(await filters(named)).toEqual([
      'images {"Owners":["amazon"],"Filters":[{"Name":"name","Values":["web-*"]},{"Name":"state","Values":["available"]}],"MaxResults":1000}',
    ]);
    expect((await filters("{ owner: amazon, name: web-*, architecture: x86_64 }"))[0]).toContain(
      '{"Name":"architecture","Values":["x86_64"]}',
    );
  });
});

describe("a zone by its id", () => {
  const error = (of: Pick<AwsError, "class" | "code">) =>
    new AwsError({
      ...of,
      service: "ec2",
      operation: "DescribeAvailabilityZones",
      status: 400,
      requestId: "r",
      attempts: 1,
      message: "no",
    });
  const vpc = "{ id: vpc-0123456789abcdef0 }";

  test.each<[what: string, zones: Account["zones"], value: string]>([
    ["is the zone that the account calls by that name", { "euw1-az2": "eu-west-1c" }, "eu-west-1c"],
    ["is an error where there is none", {}, "5:95 subnet/a: availabilityZone: the region eu-west-1 has no zone euw1-az2"],
    [
      "is the same error where AWS refuses it",
      error({ class: "validation", code: "InvalidParameterValue" }),
      "5:95 subnet/a: availabilityZone: the region eu-west-1 has no zone euw1-az2",
    ],
    [
      "and where AWS does not find it",
      error({ class: "not-found", code: "X" }),
      "5:95 subnet/a: availabilityZone: the region eu-west-1 has no zone euw1-az2",
    ],
  ])("%s", async (_what, zones, value) => {
    expect(await valuesOf("availabilityZone", subnet(vpc, "euw1-az2"), { ...(zones && { zones }) })).toEqual([value]);
  });

  test("is not known to be missing where AWS refuses to say", async () => {
    const refused = error({ class: "auth", code: "UnauthorizedOperation" });
    await expect(asked(subnet(vpc, "euw1-az2"), { zones: refused })).rejects.toBe(refused);
  });
});

describe("an object of others", () => {
  const tagged = "{ tags: { team: net, Name: shared } }";
  const where = "5:17 subnet/a: vpc: ";
  const key = "vpc{Name=shared, team=net}";
  const notShared =
    "; AWS does not show the owner's tags to other accounts: only tags that this account itself set on the vpc count. Refer to it by { id } or by its place, { cidrBlock }, or tag it in this account";
  test.each<[what: string, vpc: string, account: Account, value: string]>([
    ["by its tags", tagged, { tagged: { "team=net": ["vpc-1"] } }, "vpc-1"],
    ["by tags that nothing has", tagged, {}, `${where}no vpc has these tags (${key})`],
    [
      "by tags that several have",
      tagged,
      { tagged: { "team=net": ["vpc-2", "vpc-1"] } },
      `${where}2 objects have these tags (${key}): vpc-1, vpc-2`,
    ],
    [
      "of another account by tags that nothing has",
      tagged.replace(" } }", ' }, ownerId: "210987654321" }'),
      {},
      `${where}no vpc has these tags (${key} of 210987654321)${notShared}`,
    ],
    [
      "of this account, and it says so",
      tagged.replace(" } }", ' }, ownerId: "123456789012" }'),
      {},
      `${where}no vpc has these tags (${key} of 123456789012)`,
    ],
    ["of a kind that cannot be found by tags", tagged, { without: "find" }, `${where}a vpc cannot be looked up by tags; refer to it by id`],
    ["by its place", "{ cidrBlock: 10.0.0.0/16 }", { placed: { "10.0.0.0/16": ["vpc-1"] } }, "vpc-1"],
    ["by a place where nothing is", "{ cidrBlock: 10.0.0.0/16 }", {}, `${where}there is no vpc with cidrBlock 10.0.0.0/16`],
    [
      "by a place of several",
      "{ cidrBlock: 10.0.0.0/16 }",
      { placed: { "10.0.0.0/16": ["vpc-2", "vpc-1"] } },
      `${where}2 objects match vpc with cidrBlock 10.0.0.0/16: vpc-1, vpc-2`,
    ],
    ["that AWS made", "{ default: true }", { defaults: { "": "vpc-1" } }, "vpc-1"],
    [
      "that AWS made and somebody deleted",
      "{ default: true }",
      {},
      `${where}the account 123456789012 has no default vpc in eu-west-1; somebody deleted it`,
    ],
  ])("%s", async (_what, vpc, account, value) => {
    expect(await valuesOf("vpc", subnet(vpc), account)).toEqual([value]);
  });

  test("is the default one of its zone", async () => {
    const text = machine("ami-01234567").replace("{ id: subnet-0123456789abcdef0 }", "{ default: a }");
    expect(await valuesOf("subnet", text, { defaults: { "eu-west-1a": "subnet-1" } })).toEqual(["subnet-1"]);
    expect(await valuesOf("subnet", text, {})).toEqual([
      "5:19 instance/m: subnet: the account 123456789012 has no default subnet of eu-west-1a in eu-west-1; somebody deleted it",
    ]);
  });

  test("is read in its account, by all of its tags or its whole place", async () => {
    const callsOf = async (vpc: string) => (await asked(subnet(vpc), {})).calls;
    expect(await callsOf(tagged)).toEqual(["vpc tagged team=net Name=shared of 123456789012 in eu-west-1"]);
    expect(await callsOf(tagged.replace(" } }", ' }, ownerId: "210987654321" }'))).toEqual([
      "vpc tagged team=net Name=shared of 210987654321 in eu-west-1",
    ]);
    expect(await callsOf("{ cidrBlock: 10.0.0.0/16 }")).toEqual(['vpc at {"cidrBlock":"10.0.0.0/16"} of undefined']);
  });

  test("is given by name where AWS uses names", async () => {
    const profile = "instanceProfiles: { p: { role: { name: web } } }\n";
    expect(await valuesOf("role", profile, { named: { web: "arn:aws:iam::123456789012:role/web" } })).toEqual([
      "arn:aws:iam::123456789012:role/web",
    ]);
    expect(await valuesOf("role", profile, {})).toEqual([
      "5:26 instanceProfile/p: role: the account 123456789012 has no iamRole named web",
    ]);
  });

  test("of an environment in another region is read there", async () => {
    const peering = "{ environment: network, region: eu-north-1, address: vpc/main }";
    const text = `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\nvpcPeerings: { p: { vpc: main, peerVpc: ${peering} } }\n`;
    const { calls } = await asked(text, {});
    expect(calls).toEqual([expect.stringMatching(/^vpc tagged .*infra:environment=network.* in eu-north-1$/)]);
  });

  test("is shown in the plan, always in the same order", async () => {
    const two = subnet("{ tags: { team: b } }").replace(
      " } }\n",
      "}, b: { vpc: { tags: { team: a } }, cidrBlock: 10.1.1.0/24, availabilityZone: a } }\n",
    );
    const { lookups, declared } = await asked(two, { tagged: { "team=a": ["vpc-a"], "team=b": ["vpc-b"] } });
    expect(Object.entries(lookups.values)).toEqual([
      ["vpc{team=a}", "vpc-a"],
      ["vpc{team=b}", "vpc-b"],
    ]);
    expect(declared.get("subnet/b")!.desired).toMatchObject({ spec: { vpc: "vpc-a" }, lookups: { vpc: "vpc{team=a}" } });
  });
});

test("nothing is asked where nothing is open", async () => {
  const { calls, declared, lookups, diagnostics, failed } = await asked(
    `vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n${subnet("main")}`,
    {},
  );
  expect({ calls, lookups, diagnostics, failed }).toEqual({ calls: [], lookups: { values: {} }, diagnostics: [], failed: new Set() });
  expect([...declared.values()].map(({ desired, resolved }) => desired.spec === resolved)).toEqual([true, true]);
});

test.each<[value: unknown, kind: string | undefined, key: string | undefined]>([
  ["vpc/main", "vpc", undefined],
  [null, "vpc", undefined],
  [{ ssm: "/a" }, undefined, "ssm:/a"],
  [{ owner: "amazon", name: "web" }, undefined, "image:amazon/web"],
  [{ owner: "amazon", name: "web", architecture: "arm64" }, undefined, "image:amazon/web/arm64"],
  [{ owner: "amazon", name: "web", architecture: undefined }, undefined, "image:amazon/web"],
  [{ tags: { b: "2", a: "1" } }, "vpc", "vpc{a=1, b=2}"],
  [{ tags: { a: "1" }, kind: "subnet", ownerId: "1", region: "eu-north-1" }, "vpc", "subnet{a=1} of 1 in eu-north-1"],
  [{ default: true }, "vpc", "default vpc"],
  [{ default: "eu-west-1a", kind: "subnet" }, "vpc", "default subnet of eu-west-1a"],
  [{ name: "web" }, "iamRole", "iamRole named web"],
  [{ name: "web", kind: "iamUser" }, "iamRole", "iamUser named web"],
  [{ cidrBlock: "10.0.0.0/16" }, "vpc", "vpc with cidrBlock 10.0.0.0/16"],
  [{ cidrBlock: "10.0.0.0/16", vpc: "vpc-1", ownerId: "1", kind: "subnet" }, "vpc", "subnet with cidrBlock 10.0.0.0/16, vpc vpc-1 of 1"],
  [{ cidrBlock: "10.0.0.0/16" }, undefined, undefined],
])("%j of %s is known as %s", (value, kind, key) => {
  expect(lookupKey(value, kind)).toBe(key);
});

describe("everything that another environment repeats", () => {
  const ours = (key: string, more: Tags = {}): Partial<Live> => ({
    id: `subnet-${key}`,
    tags: { "infra:project": "lab", "infra:environment": "network", "infra:resource": `subnet/public.${key}`, ...more },
  });
  const group = `dbSubnetGroups: { data: { description: Data, subnets: { environment: network, address: "subnet/public[*]" } } }\n`;
  const subnets = (...listed: Partial<Live>[]) => valuesOf("subnets", group, { listed });
  const where = "5:55 dbSubnetGroup/data: subnets[0]: ";

  test("stands in the order of its keys: numbers by their size, others by their letters", async () => {
    expect(await subnets(ours("10"), ours("9"))).toEqual([["subnet-9", "subnet-10"]]);
    expect(await subnets(ours("c"), ours("a"), ours("b"))).toEqual([["subnet-a", "subnet-b", "subnet-c"]]);
    expect(await subnets(ours("a"), ours("9"), ours("10"))).toEqual([["subnet-10", "subnet-9", "subnet-a"]]);
    for (const listed of [
      ["9", "10", "1a"],
      ["1a", "9", "10"],
    ])
      expect(await subnets(...listed.map((key) => ours(key)))).toEqual([["subnet-10", "subnet-1a", "subnet-9"]]);
  });

  test("is an object of that environment, and exists", async () => {
    const others = [
      ours("x", { "infra:environment": "prod" }),
      ours("y", { "infra:project": "blog" }),
      ours("z", { "infra:resource": "subnet/private.z" }),
    ];
    expect(await subnets(ours("a"), ...others, { ...ours("d"), state: "deleting" }, { ...ours("e"), tags: {} })).toEqual([["subnet-a"]]);
  });

  test("is an error where nothing is there, or one is there twice", async () => {
    expect(await subnets()).toEqual([expect.stringMatching(/^5:55 dbSubnetGroup\/data: subnets\[0\]: no subnet has these tags \(subnet{/)]);
    expect(await subnets(ours("a"), { ...ours("b"), id: "subnet-2" }, { ...ours("b"), id: "subnet-1" })).toEqual([
      `${where}2 objects are tagged subnet/public.b: subnet-1, subnet-2`,
    ]);
  });
});
