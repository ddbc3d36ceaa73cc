/** Small kinds that use every ability of the configuration, without the SDK and AWS. */
import type { TSchema } from "typebox";
import * as Type from "typebox";
import {
  boolean,
  cidr,
  file,
  image,
  integer,
  list,
  map,
  object,
  oneOf,
  optional,
  ref,
  refOr,
  string,
  zone,
} from "../../src/resource/fields.ts";
import type { FieldRule, Kind, Problem } from "../../src/kinds/kind.ts";

const plainNetwork = toy("network", "networks", {
  cidrBlock: cidr("Its range."),
  dns: optional(boolean("Whether it resolves names.")),
});
const network: Kind = {
  ...plainNetwork,
  fields: { ...plainNetwork.fields, dns: { change: "update", default: { value: true, class: "enforced" } } },
};

const net: Kind = toy("net", "nets", {
  network: ref("network", "Where it lies."),
  cidrBlock: cidr("Its range."),
  zone: zone("Its zone."),
});

const group: Kind = {
  ...toy("group", "groups", {
    network: ref("network", "Where it lies."),
    rules: optional(
      list(
        object({
          port: optional(integer("A port.", { minimum: 0, maximum: 65535 })),
          ports: optional(string("A range of ports.", { pattern: "^[0-9]+-[0-9]+$", examples: ["8000-8100"] })),
          source: refOr("^([0-9.]+/[0-9]+|self)$", "group", "A network, or a group."),
        }),
        "What may come in.",
      ),
    ),
  }),
  stages: [{ name: "create" }, { name: "rules", fields: ["rules"] }],
  usableAfter: "create",
  naming: { max: 255, forbidden: /[^A-Za-z0-9 ._-]/ },
  check: (self): readonly Problem[] =>
    (self.spec.rules ?? []).flatMap(({ port, ports }: { port?: number; ports?: string }, i: number) =>
      port === undefined || ports === undefined
        ? []
        : [{ code: "conflict", summary: `${self.address} has both port and ports.`, path: `rules[${i}].ports` }],
    ),
};

const table: Kind = toy("table", "tables", {
  network: ref("network", "Where it lies."),
  routes: optional(
    list(object({ destination: cidr("Where to.", "any"), target: ref(["gateway", "server"], "Through what.") }), "The routes."),
  ),
  nets: optional(list(ref("net", "One of them."), "The nets that follow it.")),
});

const gateway: Kind = toy("gateway", "gateways", {
  network: ref("network", "Where it lies."),
  server: optional(ref("server", "A server.")),
});

const server: Kind = {
  ...toy("server", "servers", {
    net: optional(ref("net", "Where it lies.")),
    groups: optional(list(ref("group", "One of them."), "Its groups.")),
    image: optional(image("What it starts from.")),
    version: optional(string("A version.")),
    size: optional(oneOf(["small", "medium", "large"], "How large.")),
    userData: optional(string("A script.")),
    userDataFile: optional(file("userData", "A script, in a file.")),
    gateway: optional(ref("gateway", "A gateway.")),
    disk: optional(object({ size: integer("GiB.", { minimum: 1 }), type: optional(oneOf(["gp3", "io2"], "The type.")) }, "The disk.")),
  }),
  dataLoss: "machine",
};

const balancer: Kind = {
  ...toy("balancer", "balancers", {
    nets: optional(list(ref("net", "One of them."), "Where it stands.")),
    listeners: optional(
      map(
        object({ protocol: oneOf(["HTTP", "HTTPS"], "What is spoken."), forward: optional(ref("server", "Where to.")) }),
        "By port.",
        "^[0-9]{1,5}$",
      ),
    ),
    action: optional(
      Type.Unsafe({
        description: "What is done.",
        anyOf: [
          object({ forward: ref("server", "Where to.") }),
          object({ redirect: object({ port: integer("The port.") }) }),
          { type: "string", enum: ["drop", "reject"] } as unknown as TSchema,
        ],
      } as unknown as TSchema),
    ),
  }),
  create: "name",
  naming: { max: 32, forbidden: /[^A-Za-z0-9-]/ },
};

const team: Kind = toy("team", "teams", { members: optional(list(ref("server", "One of them."), "Who belongs to it.")) });

/** The toy kinds, passed like the real ones from the command line. */
export const toyKinds: readonly Kind[] = [network, net, group, table, gateway, server, balancer, team];

function toy(name: string, section: string, properties: Record<string, TSchema>): Kind {
  const rules = Object.fromEntries(
    Object.keys(properties).map((field): [string, FieldRule] => [field, { change: field === "cidrBlock" ? "replace" : "update" }]),
  );
  return {
    name,
    section,
    doc: `A ${name}.`,
    schema: object(properties),
    fields: rules,
    stages: [{ name: "create" }],
    create: "token",
    waits: { create: "instant", delete: "instant" },
    readCost: () => 1,
    iam: { read: [], write: [], remove: [] },
    drawn: () => ({ as: "hidden", sub: name }),
    load: () => Promise.reject(new Error("toy kinds have no driver")),
  };
}
