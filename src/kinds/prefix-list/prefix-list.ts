import { counted } from "../../diag/words.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { Kind, Problem, Subject } from "../kind.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";
import { entries, type Handle, type PrefixList, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const prefixList: Kind<PrefixList, Handle> = {
  name: "prefixList",
  section: "prefixLists",
  idPrefix: "pl-",
  doc: "A list of networks under one name, for rules of security groups and for routes: a change of the list applies to all of them.",
  outputs: { arn: "The ARN." },
  foreign,
  schema,
  fields: {
    addressFamily: {
      change: "replace",
      default: { value: "IPv4", class: "enforced" },
      because: "the address family of a prefix list cannot be changed",
    },
    entries: { change: "update", as: entries, default: { value: [], class: "enforced" }, urgency: "traffic" },
    maxEntries: { change: "update" },
  },
  stages: [{ name: "create" }, { name: "entries", fields: ["entries", "maxEntries"] }],
  create: "token",
  replace: "create-first",
  waits: { create: { typical: 5, limit: 900 }, delete: { typical: 5, limit: 900 }, poll: 3 },
  tagIndex: ec2Index("prefix-list"),
  // There is no filter for tags, and the entries of each list need a call of their own.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"],
    write: [
      "ec2:CreateManagedPrefixList",
      "ec2:ModifyManagedPrefixList",
      "ec2:DeleteManagedPrefixList",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:DeleteManagedPrefixList"],
    access: { "ec2:CreateManagedPrefixList": { made: ["prefix-list/*"] } },
  },
  normalise: (spec) => (spec.entries ? { ...spec, entries: spec.entries.map((one) => ({ ...one, cidr: canonicalCidr(one.cidr) })) } : spec),
  check,
  authored: (spec, { handle }) => ({ spec, called: handle.name }),
  network,
  drawn: ({ spec }) => ({ as: "beside", glyph: "setting", sub: `prefix list, ${counted((spec.entries ?? []).length, "network")}` }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ spec }: Subject<PrefixList>): readonly Problem[] {
  const { addressFamily = "IPv4", entries: all = [], maxEntries } = spec;
  const keys = all.map(({ cidr: network }) => canonicalCidr(network));
  const problems = all.flatMap(({ cidr: network }, i): Problem[] => {
    const path = `entries[${i}].cidr`;
    const first = keys.indexOf(keys[i]!);
    if (first !== i)
      return [
        { code: "conflict", path, summary: `entries[${first}] is the same network, and a prefix list contains each network only once.` },
      ];
    if (network.includes(":") === (addressFamily === "IPv6")) return [];
    return [
      {
        code: "bad-value",
        path,
        summary: `${network} is not an ${addressFamily} network, and the prefix list contains only ${addressFamily} networks.`,
        hint: "declare a second prefix list for the other family: `addressFamily: IPv6`",
      },
    ];
  });
  if (maxEntries !== undefined && all.length > maxEntries)
    problems.push({
      code: "bad-value",
      path: "maxEntries",
      summary: `The prefix list has ${all.length} entries, and \`maxEntries\` allows ${maxEntries}.`,
    });
  return problems;
}
