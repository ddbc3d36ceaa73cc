/** The pure parts of import: roots, names, minimal specs, the text of a file, open points. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { authorAll, minimal } from "../../src/import/author.ts";
import type { Entry } from "../../src/import/author.ts";
import { emit, flow } from "../../src/import/emit.ts";
import { nameAll, slug, type Nameable } from "../../src/import/names.ts";
import { openPoints, withoutOpen } from "../../src/import/prove.ts";
import { meaningOf } from "../../src/import/roots.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind, Live, Spec } from "../../src/kinds/kind.ts";
import { loadUnsaved } from "./support.ts";

const kindOf = (name: string): Kind => kinds.find((kind) => kind.name === name)!;
const live = (id: string, more: Partial<Live> = {}): Live => ({
  id,
  aliases: [],
  tags: {},
  spec: {},
  handle: null,
  state: "ready",
  ...more,
});

describe("a root", () => {
  it.each([
    ["vpc-0123456789abcdef0", "vpc", "vpc-0123456789abcdef0"],
    ["i-0123456789abcdef0", "instance", "i-0123456789abcdef0"],
    ["arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0abcdef12", "subnet", "subnet-0abcdef12"],
    ["arn:aws:rds:eu-west-1:123456789012:db:main", "dbInstance", "main"],
    ["arn:aws:rds:eu-west-1:123456789012:subgrp:main", "dbSubnetGroup", "main"],
    ["arn:aws:sns:eu-west-1:123456789012:ops", "topic", "arn:aws:sns:eu-west-1:123456789012:ops"],
    ["arn:aws:iam::123456789012:role/team/app", "iamRole", "app"],
    ["arn:aws:ssm:eu-west-1:123456789012:parameter/shop/url", "parameter", "/shop/url"],
    ["arn:aws:logs:eu-west-1:123456789012:log-group:/shop/web:*", "logGroup", "/shop/web"],
    ["arn:aws:s3:::shop-files", "bucket", "shop-files"],
    ["arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0a-1b:autoScalingGroupName/web", "autoScalingGroup", "web"],
    ["dbInstance/main", "dbInstance", "main"],
    ["parameters//shop/url", "parameter", "/shop/url"],
  ])("%s is %s %s", (text, kind, id) => {
    const meaning = meaningOf(kinds, text);
    expect("root" in meaning && [meaning.root.kind.name, meaning.root.id]).toEqual([kind, id]);
  });

  it("is a tag, or nothing", () => {
    expect(meaningOf(kinds, "Name=prod=1")).toEqual({ tag: ["Name", "prod=1"] });
    expect(meaningOf(kinds, "vpc-main")).toHaveProperty("unknown");
    expect(meaningOf(kinds, "arn:aws:elasticache:eu-west-1:123456789012:user:main")).toHaveProperty("unknown");
  });
});

describe("names", () => {
  it.each([
    ["Prod Web/Ünïcode", "prod-web-unicode"],
    ["--", ""],
    ["10.0.0.1", "10-0-0-1"],
    [`${"x".repeat(70)}`, "x".repeat(63)],
  ])("%j becomes %j", (text, name) => expect(slug(text)).toBe(name));

  const some: readonly Nameable[] = [
    { kind: kindOf("vpc"), live: live("vpc-1") },
    { kind: kindOf("subnet"), live: live("subnet-2", { tags: { Name: "shop-public" }, spec: { availabilityZone: "eu-west-1b" } }) },
    { kind: kindOf("subnet"), live: live("subnet-1", { tags: { Name: "shop-public" }, spec: { availabilityZone: "eu-west-1a" } }) },
    { kind: kindOf("subnet"), live: live("subnet-3", { spec: { availabilityZone: "eu-west-1a" } }) },
    { kind: kindOf("subnet"), live: live("subnet-4", { tags: { Name: "shop-public" }, spec: { availabilityZone: "eu-west-1b" } }) },
    { kind: kindOf("instance"), live: live("i-2", { tags: { Name: "shop-web" }, spec: { subnet: "subnet-2" } }) },
    { kind: kindOf("instance"), live: live("i-3", { tags: { Name: "shop-web" }, spec: { subnet: "subnet-1" } }) },
    { kind: kindOf("internetGateway"), live: live("igw-1", { tags: { Name: "shop-igw" } }) },
    { kind: kindOf("loadBalancer"), live: live("arn:1", { name: "shop" }) },
    { kind: kindOf("routeTable"), live: live("rtb-1", { tags: { Name: "shop-public-rt" } }) },
    { kind: kindOf("securityGroup"), live: live("sg-2", { name: "shop-web-sg" }) },
    { kind: kindOf("securityGroup"), live: live("sg-1", { name: "shop-web-security-group" }) },
    { kind: kindOf("instance"), live: live("i-1", { tags: { Name: "shop-" } }), given: "module.app.aws_instance.web[0]" },
  ];
  const names = (all: readonly Nameable[]) => Object.fromEntries([...nameAll(all, "name-tag")].map(([{ id }, address]) => [id, address]));

  it("keep their ending where they are as long as a name can be", () => {
    const long = (id: string, zone: string) => ({
      kind: kindOf("subnet"),
      live: live(id, { tags: { Name: "x".repeat(255) }, spec: { availabilityZone: zone } }),
    });
    const one = `subnet/${"x".repeat(63)}`;
    const number = `subnet/${"x".repeat(61)}-2`;
    expect(Object.values(names([long("subnet-1", "eu-west-1a"), long("subnet-2", "eu-west-1a")]))).toEqual([one, number]);
    const zones = ["a", "b"].map((letter) => `subnet/${"x".repeat(61)}-${letter}`);
    expect(Object.values(names([long("subnet-1", "eu-west-1a"), long("subnet-2", "eu-west-1b")]))).toEqual(zones);
  });

  it("lose words that all have, and those of their kind; equal ones differ by zone or number", () => {
    expect(names(some)).toEqual({
      "vpc-1": "vpc/main",
      "subnet-1": "subnet/public-a",
      "subnet-2": "subnet/public-b",
      "subnet-3": "subnet/subnet-a",
      "subnet-4": "subnet/public-b-2",
      "i-2": "instance/web-b",
      "i-3": "instance/web-a",
      "igw-1": "internetGateway/main",
      "arn:1": "loadBalancer/main",
      "rtb-1": "routeTable/public",
      "sg-1": "securityGroup/web",
      "sg-2": "securityGroup/web-2",
      "i-1": "instance/module-app-aws-instance-web-0",
    });
  });

  it("are the same in whatever order AWS lists the estate", () => {
    expect(names(some.toReversed())).toEqual(names(some));
  });

  it("may be the ids", () => {
    expect([...nameAll(some.slice(0, 2), "id").values()]).toEqual(["subnet/subnet-2", "vpc/vpc-1"]);
  });
});

describe("a minimal spec", () => {
  it.each([
    [
      "vpc",
      { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true, secondaryCidrBlocks: [] },
      { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true },
    ],
    ["subnet", { mapPublicIpOnLaunch: false }, {}],
    ["securityGroup", { egress: [{ protocol: "all", destination: "0.0.0.0/0" }], ingress: [] }, {}],
    ["securityGroup", { egress: [] }, { egress: [] }],
    ["loadBalancer", { securityGroups: [], idleTimeout: undefined }, { securityGroups: [] }],
    ["instance", { metadataOptions: { httpTokens: "optional", httpEndpoint: undefined } }, { metadataOptions: { httpTokens: "optional" } }],
  ])("of a %s lacks defaults and values that are not there", (kind, spec, left) => expect(minimal(kindOf(kind), spec)).toEqual(left));
});

describe("lists in which order means nothing", () => {
  const place = { project: "shop", environment: "prod", region: "eu-west-1", account: "123456789012" };
  const written = (kind: string, field: string, list: readonly unknown[], others: ReadonlyMap<Live, string> = new Map()) => {
    const one = live("x-1", { spec: { [field]: list } });
    const taken = [one, ...others.keys()].map((live) => {
      const name = others.has(live) ? "subnet" : kind;
      return { kind: kindOf(name), live, spec: live.spec as Spec, remarks: [] };
    });
    const addresses = new Map([...others, [one, `${kind}/main`]] as const);
    return authorAll({ taken, outside: [] }, addresses, place)[0]!.body[field];
  };

  it("count as people do", () => {
    const names = ["public", "public-2", "public-10", "public-a", "public2"];
    const subnets = new Map(names.toReversed().map((name, i) => [live(`subnet-${i}`), `subnet/${name}`] as const));
    const ids = [...subnets.keys()].map(({ id }) => id);
    expect(written("routeTable", "subnets", ids, subnets)).toEqual(names);
  });

  it("of objects go by the first word that differs", () => {
    const rules = [
      { port: 80, source: "0.0.0.0/0" },
      { port: 443, source: "10.0.0.0/8" },
      { port: 443, source: "10.0.0.0/8", description: "office" },
      { port: 443, source: "10.0.0.0/16" },
      { ports: "1-9", source: "10.0.0.0/8" },
    ];
    expect(written("securityGroup", "ingress", rules.toReversed())).toEqual(rules);
  });
});

const entry = (body: Entry["body"], more: Partial<Entry> = {}): Entry => ({
  kind: kindOf("vpc"),
  address: "vpc/main",
  name: "main",
  id: "vpc-1",
  body,
  remarks: [],
  ...more,
});
const top = { format: 1, project: "shop", environment: "prod", region: "eu-west-1", account: "123456789012" };

describe("the text", () => {
  it("has words as the library would write them", () => {
    const words = fc.oneof(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/),
      fc.constantFrom(
        "null",
        "Null",
        "true",
        "FALSE",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "e1",
        "nan",
        "inf",
        "x-",
        "o17",
        "10.0.0.0/16",
        "1.2.3.4",
      ),
    );
    fc.assert(
      fc.property(words, (word) => {
        expect(flow(word)).toBe(stringify([word], { collectionStyle: "flow", lineWidth: 0 }).trim().slice(1, -1).trim());
        expect(parse(`{ a: ${flow(word)} }`)).toEqual({ a: word });
      }),
    );
  });

  it("is short where it can be, and has remarks above their lines", () => {
    const body = { cidrBlock: "10.0.0.0/16", tags: { Name: "a: b #c", version: "1.0", "k e": "${x}" }, adopt: { id: "vpc-1" } };
    const remarks = [{ text: "of\nsomebody" }, { path: "tags.version", text: "a number" }];
    expect(emit(kinds, { head: ["Imported."], top, entries: [entry(body, { remarks })], tail: ["done"] })).toBe(`# Imported.
format: 1
project: shop
environment: prod
region: eu-west-1
account: "123456789012"

vpcs:
  # of somebody
  main:
    cidrBlock: 10.0.0.0/16
    # a number
    tags: { Name: "a: b #c", version: "1.0", k e: "$\${x}" }
    adopt: { id: vpc-1 }

# done
`);
  });

  it.each([
    ["#!/bin/bash\necho ${HOME}\n\n  indented\n"],
    ["no newline at the end\nof two lines"],
    ["  begins with spaces\nnext\n"],
    ["ends with spaces  \nnext\n"],
    ["two\n\n\n"],
    ["tab\there\n"],
    ["yes"],
    ["0x10"],
    ["- a"],
    ["it's {odd}, [isn't it]: \"quoted\" \\ # so"],
    ["ünïcode ✓"],
    ["* star & ampersand ! bang % percent @ at ` tick"],
  ])("holds %j as it is", (userData) => {
    const body = { image: "ami-0123456789abcdef0", instanceType: "t3.micro", subnet: { id: "subnet-0123456789abcdef0" }, userData };
    const text = emit(kinds, { head: [], top, entries: [entry(body, { kind: kindOf("instance"), address: "instance/main" })] });
    const { environment, diagnostics } = loadUnsaved(text);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(environment!.nodes[0]!.spec).toMatchObject({ userData });
  });
});

it("holds tags and names of EC2 that other services would not take", () => {
  const body = {
    vpc: { id: "vpc-0123456789abcdef0" },
    description: "Web",
    name: "web (old): [1]",
    tags: { "Owner (old)": 'o\'neil "the" #1' },
  };
  const text = emit(kinds, { head: [], top, entries: [entry(body, { kind: kindOf("securityGroup"), address: "securityGroup/main" })] });
  const { environment, diagnostics } = loadUnsaved(text);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(environment!.nodes[0]!.tags).toMatchObject(body.tags);
});

describe("an open point", () => {
  const bad = entry({ cidrBlock: "10.0.0.0/16", instanceTenancy: "host", adopt: { id: "vpc-1" } });

  it("is the field at which the file cannot be read, and a comment in its place", () => {
    const text = emit(kinds, { head: [], top, entries: [bad] });
    const points = openPoints([bad], loadUnsaved(text).diagnostics, [], text);
    expect(points).toMatchObject([{ address: "vpc/main", field: "instanceTenancy" }]);
    const [left] = withoutOpen([bad], points);
    expect(left!.body).toEqual({ cidrBlock: "10.0.0.0/16", adopt: { id: "vpc-1" } });
    expect(left!.remarks[0]!.text).toMatch(/^open: instanceTenancy is not written: /);
  });

  it("is a change that a plan would make beside our tags", () => {
    const base = { address: "vpc/main", kind: "vpc", because: "", fingerprint: "", want: "", id: "vpc-1" } as const;
    const tags = { set: { "infra:project": "shop" }, remove: [] };
    const change = { path: "enableDnsSupport", stage: "create", impact: "update" } as const;
    expect(openPoints([bad], [], [{ ...base, action: "retag", tags }], "")).toEqual([]);
    expect(openPoints([bad], [], [{ ...base, action: "retag", tags: { ...tags, remove: ["team"] } }], "")).toMatchObject([
      { field: "tags" },
    ]);
    expect(openPoints([bad], [], [{ ...base, action: "update", tags, changes: [change] }], "")).toMatchObject([
      { field: "enableDnsSupport" },
    ]);
    expect(openPoints([bad], [], [{ ...base, action: "create", changes: [] }], "")).toMatchObject([{ why: "a plan would create it" }]);
  });
});

describe("infra cannot express", () => {
  const nothing = () => undefined;
  const set = { Name: "www.shop.example.com", Type: "A", ResourceRecords: [{ Value: "192.0.2.1" }], SetIdentifier: "blue" };
  const found = (raw: object) =>
    kindOf("record").authored!(
      { zone: "Z1", name: set.Name, type: "A" },
      live("Z1/www A", { handle: { place: { set: { name: set.Name, type: "A", raw } }, zone: "arn:aws:route53:::hostedzone/Z1" } }),
      nothing,
    );

  it.each([
    [{ ...set, Region: "eu-west-1" }, "with a routing policy that infra does not support"],
    [{ ...set, Weight: 10, HealthCheckId: "a" }, "health check"],
  ])("a record %j", (raw, why) => expect(found(raw)).toEqual({ left: expect.stringContaining(why) }));

  it("an image of no machine", () => {
    const { authored } = kindOf("image");
    expect(authored!({ version: 1 }, live("ami-1"), nothing)).toEqual({ left: expect.stringContaining("does not return the instance") });
    expect(authored!({ from: "i-1" }, live("ami-1"), nothing)).toEqual({ spec: { from: "i-1" } });
  });
});
