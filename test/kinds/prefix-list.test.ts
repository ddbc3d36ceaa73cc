/** Prefix lists: the values that a file may hold, how lists grow, and how many rules a rule that names one counts as. */
import { DescribeManagedPrefixListsCommand, GetManagedPrefixListEntriesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import type { ResourceIndex, Subject } from "../../src/kinds/kind.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

const yaml = (list: string, more = "") => `${header}prefixLists: { office: { ${list} } }\n${more}`;
const users = `
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
securityGroups:
  web: { vpc: main, ingress: [{ port: 443, source: prefixList/office }, { port: 22, source: other }] }
  other: { vpc: main }
routeTables: { main: { vpc: main, routes: [{ destination: prefixList/office, target: internetGateway/main }] } }
`;
const entries = (count: number) => `entries: [${Array.from({ length: count }, (_, i) => `{ cidr: 10.0.${i}.0/24 }`).join(", ")}]`;

describe("a file", () => {
  const problem = (text: string): string => {
    try {
      loadText(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    ["a network of the other family", yaml('entries: [{ cidr: "2001:db8::/32" }]'), "is not an IPv4 network"],
    ["a network twice", yaml("entries: [{ cidr: 10.0.0.0/24 }, { cidr: 10.0.0.0/24 }]"), "is the same network"],
    ["more networks than it may hold", yaml(`${entries(3)}, maxEntries: 2`), "`maxEntries` allows 2"],
    ["a list that there is not", yaml("", users.replace("source: prefixList/office", "source: prefixList/offices")), "prefixList/office"],
  ])("has a diagnostic for %s", (_what, text, says) => expect(problem(text)).toContain(says));

  it("counts the capacity of a list against the rules of a group", () =>
    expect(loadTextWarnings(yaml("maxEntries: 70", users))).toContain("71 ingress rules"));

  it("takes a group by its bare name beside a list by its kind", () => expect(problem(yaml("", users))).toBe(""));
});

function loadTextWarnings(text: string): string {
  const { nodes } = loadText(text);
  const subjects = nodes as readonly Subject[];
  const index: ResourceIndex = {
    region: "eu-west-1",
    of: (kind) => subjects.filter((one) => one.kind === kind),
    get: (address) => subjects.find((one) => one.address === address),
  };
  const group = kinds.find(({ name }) => name === "securityGroup")!;
  return group.check!(index.get("securityGroup/web")!, index)
    .map(({ summary }) => summary)
    .join();
}

describe("in the sandbox", () => {
  it("grows with its entries, a hundred a call, and keeps the room that it has", async () => {
    const testbed = openTestbed();
    const sizes = async () => {
      const { aws } = await testbed.connection();
      const { PrefixLists = [] } = await aws.ec2(
        new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "owner-id", Values: [aws.account] }] }),
      );
      const { Entries = [] } = await aws.ec2(new GetManagedPrefixListEntriesCommand({ PrefixListId: PrefixLists[0]!.PrefixListId! }));
      return [PrefixLists[0]!.MaxEntries, Entries.length];
    };
    await testbed.apply(yaml(entries(230)));
    expect(await sizes()).toEqual([230, 230]);
    await testbed.apply(yaml(entries(3)));
    expect(await sizes()).toEqual([230, 3]);
    await testbed.apply(yaml(`${entries(3)}, maxEntries: 5`));
    expect(await sizes()).toEqual([5, 3]);
    expect(stepsOf(await testbed.plan(yaml(entries(3))))).toEqual([]);
  });

  it("is replaced beside those that name it, and deleted after them", async () => {
    const testbed = openTestbed();
    const four = yaml("entries: [{ cidr: 192.0.2.0/24 }]", users);
    await testbed.apply(four);
    expect(stepsOf(await testbed.plan(four))).toEqual([]);
    const six = yaml('addressFamily: IPv6, entries: [{ cidr: "2001:db8::/32" }]', users);
    expect(stepsOf((await testbed.apply(six)).run)).toEqual([
      "replace prefixList/office",
      "update routeTable/main",
      "update securityGroup/web",
    ]);
    await testbed.destroy(six);
  });
});

describe("for reachability", () => {
  it("a rule and a route stand for each network of the list", () => {
    const { nodes } = loadText(yaml("entries: [{ cidr: 192.0.2.0/24 }, { cidr: 198.51.100.0/24 }]", users));
    const subjects = nodes as readonly Subject[];
    const index: ResourceIndex = {
      region: "eu-west-1",
      of: (kind) => subjects.filter((one) => one.kind === kind),
      get: (address) => subjects.find((one) => one.address === address),
    };
    const partsOf = (address: string) => kinds.find(({ name }) => address.startsWith(`${name}/`))!.network!(index.get(address)!, index);
    expect(partsOf("securityGroup/web")).toMatchObject([
      {
        ingress: [
          { peer: { range: "192.0.2.0/24" } },
          { peer: { range: "198.51.100.0/24" } },
          { peer: { firewall: "securityGroup/other" } },
        ],
      },
    ]);
    expect(partsOf("routeTable/main")).toMatchObject([{ routes: [{ to: "192.0.2.0/24" }, { to: "198.51.100.0/24" }] }]);
  });
});
