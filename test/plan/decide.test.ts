/** The action for each object and its reason, as a plan states them, before anything is ordered or refused. */
import { describe, expect, test } from "vitest";
import { decide } from "../../src/plan/decide.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { remembering, type AppliedHistory } from "../../src/plan/flapping.ts";
import type { Found, Observed } from "../../src/plan/observed.ts";
import { resourceIndexOf } from "../../src/plan/resource-index.ts";
import { as, inputOf } from "./pure.ts";

interface Otherwise {
  readonly goal?: "agree" | "destroy";
  readonly history?: AppliedHistory;
  /** Changes the observed objects that the first text gives. */
  readonly observed?: (observed: Observed) => Observed;
}

function decided(before: string, after: string, { goal = "agree", history, observed: seen = (same) => same }: Otherwise = {}) {
  const { environment, declared: all, observed: found } = inputOf(before, after);
  const declared = goal === "destroy" ? new Map() : all;
  const observed = seen(found);
  return decide(environment, goal, declared, observed, resourceIndexOf(environment.region, declared, observed), history);
}

function line({ action, address, order, because }: Decision): string {
  const first = action === "replace" && order === "delete-first" ? " (delete-first)" : "";
  return `${action} ${address}${first}${because === "" ? "" : `: ${because}`}`;
}

const linesOf = (...of: Parameters<typeof decided>) => [...decided(...of).decisions.values()].map(line);
const notesOf = (...of: Parameters<typeof decided>) => decided(...of).notes.map(({ code, text }) => `${code}: ${text}`);

const vpc = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
const subnet = "subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n";
const machine = "instances: { m: { subnet: a, image: ami-0123456789abcdef0, instanceType: t3.micro, disposable: true } }\n";

describe("an object", () => {
  test.each<[what: string, before: string, after: string, lines: string[]]>([
    ["that is not there", "", vpc, ["create vpc/main: it does not exist"]],
    ["that agrees", vpc, vpc, ["none vpc/main"]],
    ["that is in the file no more", vpc, "", ["delete vpc/main: it is no longer in the YAML"]],
    ["whose tags differ", vpc, vpc.replace("/16", "/16, tags: { team: web }"), ["update vpc/main: its tags differ"]],
    [
      "that differs and says no more about it",
      vpc,
      vpc.replace("/16", "/16, enableDnsHostnames: true"),
      ["update vpc/main: enableDnsHostnames differs"],
    ],
    [
      "that restarts, whatever else differs",
      vpc + subnet + machine,
      vpc + subnet + machine.replace("t3.micro", "t3.small, sourceDestCheck: false"),
      ["none vpc/main", "none subnet/a", "restart instance/m: changing the instance type needs a stop and start"],
    ],
    [
      "that has to be made anew, and what is in it with it",
      vpc + subnet,
      vpc.replace("10.0", "10.1") + subnet.replace("10.0", "10.1"),
      ["replace vpc/main: cidrBlock of a VPC cannot be changed", "replace subnet/a: cidrBlock of a subnet cannot be changed"],
    ],
    [
      "to which somebody gave another name",
      "topics: { t: { name: a } }\n",
      "topics: { t: { name: b } }\n",
      ["replace topic/t: AWS cannot rename it"],
    ],
    [
      "whose name is written no more keeps the one that AWS knows",
      "topics: { t: { name: a } }\n",
      "topics: { t: {} }\n",
      ["update topic/t: its tags differ"],
    ],
  ])("%s", (_what, before, after, lines) => {
    expect(linesOf(before, after)).toEqual(lines);
  });

  test("of an environment that is destroyed", () => {
    expect(linesOf(vpc, vpc, { goal: "destroy" })).toEqual(["delete vpc/main: the whole environment is destroyed"]);
  });

  test.each<[what: string, change: (found: Found) => Found, line: string]>([
    ["that a line of the file has moved", (one) => ({ ...one, movedFrom: "vpc/old" }), "retag vpc/main: it was vpc/old"],
    ["that the file adopts", (one) => ({ ...one, adopted: true }), "retag vpc/main: the YAML adopts it"],
    ["that AWS made", (one) => ({ ...one, takenOver: true }), "retag vpc/main: the YAML takes it over"],
    [
      "that was to be replaced",
      (one) => ({ ...one, live: { ...one.live, tags: { ...one.live.tags, "infra:superseded": "1" } } }),
      "retag vpc/main: it no longer has to be replaced",
    ],
    [
      "that AWS failed to make",
      (one) => ({ ...one, live: { ...one.live, state: { failed: "no room" } } }),
      "replace vpc/main (delete-first): AWS says it failed: no room",
    ],
  ])("%s", (_what, change, told) => {
    expect(linesOf(vpc, vpc, { observed: as("vpc/main", change) })).toEqual([told]);
  });

  test("whose replacement exists is deleted", () => {
    const observed = (all: Observed): Observed => ({ ...all, leftovers: [{ ...all.objects.get("vpc/main")!, address: "vpc/main~old" }] });
    expect(linesOf(vpc, vpc, { observed })).toEqual(["none vpc/main", "delete vpc/main~old: its replacement exists"]);
  });

  test("of an address that is an error has no action", () => {
    const unadoptable = { code: "adopt-missing", summary: "", hint: "" } as const;
    expect(linesOf("", vpc, { observed: (all) => ({ ...all, ambiguous: new Map([["vpc/main", ["vpc-1", "vpc-2"]]]) }) })).toEqual([]);
    expect(linesOf("", vpc, { observed: (all) => ({ ...all, unadoptable: new Map([["vpc/main", unadoptable]]) }) })).toEqual([]);
  });

  test("that lies in another network for good is made anew there, and says why", () => {
    const two = "vpcs: { a: { cidrBlock: 10.0.0.0/16 }, b: { cidrBlock: 10.1.0.0/16 } }\n";
    const at = (vpcName: string, net: string, zones: readonly string[]) =>
      zones
        .map((zone, i) => `  ${vpcName}${zone}: { vpc: ${vpcName}, cidrBlock: 10.${net}.${i}.0/24, availabilityZone: ${zone} }\n`)
        .join("");
    const text = (name: string) =>
      `${two}subnets:\n${at("a", "0", ["a", "b"])}${at("b", "1", ["a", "b"])}dbSubnetGroups: { g: { subnets: [${name}a, ${name}b] } }\n`;
    const [last] = linesOf(text("a"), text("b")).slice(-1);
    expect(last).toBe("replace dbSubnetGroup/g (delete-first): it cannot move from vpc/a to vpc/b");
  });
});

describe("fields that others set back", () => {
  const now = Date.UTC(2026, 0, 1);
  const after = vpc.replace("/16", "/16, enableDnsHostnames: true, tags: { team: web }");
  const set = (field: string, want: unknown, times = 2): AppliedHistory => {
    let history: AppliedHistory = new Map();
    for (let i = 0; i < times; i++) history = remembering(history, [{ id: "id of vpc/main", field, want }], now);
    return history;
  };
  const contested = (history: AppliedHistory) => {
    const one = decided(vpc, after, { history }).decisions.get("vpc/main")!;
    const fields = one.contested.map(({ delta, tag }) => delta?.path ?? `tags.${tag!.key}`);
    return { line: line(one), fields, deltas: one.deltas.map(({ path }) => path), tags: Object.keys(one.tags.set) };
  };

  test("twice stays as it is found; all else is changed", () => {
    expect(contested(set("enableDnsHostnames", true))).toEqual({
      line: "update vpc/main: its tags differ",
      fields: ["enableDnsHostnames"],
      deltas: [],
      tags: ["team"],
    });
    expect(contested(set("tags.team", "web"))).toEqual({
      line: "update vpc/main: enableDnsHostnames differs",
      fields: ["tags.team"],
      deltas: ["enableDnsHostnames"],
      tags: [],
    });
  });

  test.each<[what: string, history: AppliedHistory]>([
    ["once is changed again", set("enableDnsHostnames", true, 1)],
    ["from another value is changed", set("enableDnsHostnames", false)],
    ["of another field says nothing of this one", set("enableDnsSupport", true)],
  ])("%s", (_what, history) => {
    expect(contested(history)).toMatchObject({ fields: [], deltas: ["enableDnsHostnames"], tags: ["team"] });
  });

  test("of a tag that was removed counts as well, but never of a tag that names the owner", () => {
    const had = vpc.replace("/16", "/16, tags: { team: web }");
    const off = vpc.replace("/16", "/16, tags: { team: null }");
    expect(linesOf(had, off, { history: set("tags.team", null) })).toEqual(["none vpc/main"]);
    expect(linesOf(had, off)).toEqual(["update vpc/main: its tags differ"]);
    const without = as("vpc/main", (one) => ({ ...one, live: { ...one.live, tags: { ...one.live.tags, "infra:project": "blog" } } }));
    expect(linesOf(vpc, vpc, { observed: without, history: set("tags.infra:project", "lab") })).toEqual([
      "update vpc/main: its tags differ",
    ]);
  });

  test("does not prevent a change that replaces the object", () => {
    const history = set("cidrBlock", "10.1.0.0/16");
    expect(linesOf(vpc, vpc.replace("10.0", "10.1"), { history })[0]).toMatch(/^replace vpc\/main/);
  });
});

describe("remarks about an object that agrees, or that has no change", () => {
  test("entries that the file does not list, remarks, and differences that cost a remark", () => {
    const rule = "{ port: 22, source: 10.0.0.0/8 }";
    const group = (rules: string) => `${vpc}securityGroups: { web: { vpc: main, ingress: [${rules}], unlisted: keep } }\n`;
    expect(notesOf(group(rule), group(""))).toEqual([
      "unlisted: securityGroup/web: ingress has tcp 22 10.0.0.0/8, which the YAML does not list; it stays",
    ]);
    const remark = as("vpc/main", (one) => ({ ...one, live: { ...one.live, notes: ["it is old"] } }));
    expect(notesOf(vpc, vpc, { observed: remark })).toEqual(["remark: vpc/main: it is old"]);
    const script = (text: string) => vpc + subnet + machine.replace("t3.micro", `t3.micro, userData: "${text}"`);
    expect(notesOf(script("a"), script("b"))).toEqual([
      "noted-change: instance/m: userData differs; its user data differs; an instance reads it when it boots",
    ]);
    expect(decided(script("a"), script("b")).decisions.get("instance/m")!.tags.set).toEqual({});
  });
});
