import type { Static } from "typebox";
import { cidr, integer, list, object, oneOf, optional, string } from "../../resource/fields.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { Kind, ListShape, Problem, Subject } from "../kind.ts";
import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import { network } from "./network.ts";

const entry = object({
  cidr: cidr("An IPv4 or IPv6 network.", "any", "203.0.113.0/24"),
  description: optional(string("What it is.", { maxLength: 255 })),
});

const schema = object({
  addressFamily: optional(oneOf(["IPv4", "IPv6"], "Which networks it holds.")),
  entries: optional(list(entry, "The networks, in any order.", { maxItems: 1000 })),
  maxEntries: optional(
    integer(
      "How many networks it may hold, which is what each rule and route that names it counts against their quotas. If omitted, it is as large as its entries need, and grows with them.",
      { minimum: 1, maximum: 1000, examples: [20] },
    ),
  ),
});

export type PrefixList = Static<typeof schema>;
export type Entry = Static<typeof entry>;

export interface Handle {
  /** Changes name the version that they begin with. */
  readonly version: number;
  readonly max: number;
  readonly isBusy: boolean;
}

const entries: ListShape = { key: ({ cidr: network }: Entry) => canonicalCidr(network), unlisted: "remove" };

export const prefixList: Kind<PrefixList, Handle> = {
  name: "prefixList",
  section: "prefixLists",
  idPrefix: "pl-",
  doc: "A list of networks under one name, for rules of security groups and routes: when the list changes, all of them do.",
  outputs: { arn: "Its ARN." },
  foreign,
  schema,
  fields: {
    addressFamily: {
      change: "replace",
      default: { value: "IPv4", class: "enforced" },
      because: "a prefix list holds networks of one family for good",
    },
    entries: { change: "update", as: entries, default: { value: [], class: "enforced" } },
    maxEntries: { change: "update" },
  },
  stages: [{ name: "create" }, { name: "entries", fields: ["entries", "maxEntries"] }],
  create: "token",
  replace: "create-first",
  waits: { create: { typical: 5, limit: 900 }, delete: { typical: 5, limit: 900 }, poll: 3 },
  tagIndex: { type: "ec2:prefix-list" },
  // No filter finds tags, and each list tells its entries in a call of its own.
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
  authored: asRead,
  network,
  drawn: ({ spec }) => ({ as: "beside", glyph: "setting", sub: `prefix list, ${(spec.entries ?? []).length} networks` }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ spec }: Subject<PrefixList>): readonly Problem[] {
  const { addressFamily = "IPv4", entries: all = [], maxEntries } = spec;
  const keys = all.map(({ cidr: network }) => canonicalCidr(network));
  const problems = all.flatMap(({ cidr: network }, i): Problem[] => {
    const path = `entries[${i}].cidr`;
    const first = keys.indexOf(keys[i]!);
    if (first !== i) return [{ code: "conflict", path, summary: `entries[${first}] is the same network, and a list has each once.` }];
    if (network.includes(":") === (addressFamily === "IPv6")) return [];
    return [
      {
        code: "bad-value",
        path,
        summary: `${network} is no ${addressFamily} network, and the list holds those alone.`,
        hint: "declare a second list for the other family: `addressFamily: IPv6`",
      },
    ];
  });
  if (maxEntries !== undefined && all.length > maxEntries)
    problems.push({
      code: "bad-value",
      path: "maxEntries",
      summary: `${all.length} networks are written, and the list may hold ${maxEntries}.`,
    });
  return problems;
}
