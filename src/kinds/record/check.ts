/** Checks of a record that a schema cannot express: its place and its values. Pure. */
import { isIPv4, isIPv6 } from "node:net";
import { isLate } from "../../resource/late.ts";
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { isWithin, plainName } from "../shared/dns/names.ts";
import { longestRecordName, longestSetName } from "../shared/dns/companions.ts";
import type { Record53 } from "./schema.ts";

export function check(self: Subject<Record53>, index: ResourceIndex): readonly Problem[] {
  const { spec } = self;
  return [
    ...checkForm(spec),
    ...checkPlace(spec, index),
    ...checkNeighbours(self, index),
    ...checkSiblings(self, index),
    ...checkValues(spec),
  ];
}

function checkForm({ alias, values, ttl, type, evaluateTargetHealth }: Record53): Problem[] {
  const problems: Problem[] = [];
  if ((alias === undefined) === (values === undefined))
    problems.push({
      code: alias === undefined ? "missing-field" : "conflict",
      summary: "a record needs either `values` or `alias`",
      path: alias === undefined ? "type" : "values",
      hint: alias === undefined ? "write `values: [...]`, or `alias: loadBalancer/NAME`" : "remove one of them",
    });
  if (alias !== undefined && ttl !== undefined)
    problems.push({ code: "conflict", summary: "a record with `alias` has the ttl of its target", path: "ttl", hint: "remove `ttl`" });
  if (typeof alias === "string" && type !== "A" && type !== "AAAA")
    problems.push({ code: "conflict", summary: `an alias of a load balancer must have type A or AAAA, not ${type}`, path: "type" });
  if (typeof alias === "string" && !alias.startsWith("loadBalancer/"))
    problems.push({
      code: "conflict",
      summary: "an alias must be a load balancer of this file, or another target by its DNS name",
      path: "alias",
      hint: "write `alias: { dnsName: …, hostedZone: … }`; `aws elbv2 describe-load-balancers` shows both",
    });
  if (alias === undefined && evaluateTargetHealth !== undefined)
    problems.push({ code: "conflict", summary: "`evaluateTargetHealth` is allowed only with `alias`", path: "evaluateTargetHealth" });
  return problems;
}

function checkPlace({ zone, name, type, routing }: Record53, index: ResourceIndex): Problem[] {
  const problems: Problem[] = [];
  const longest = routing ? longestSetName : longestRecordName;
  if (name.length > longest)
    problems.push({
      code: "bad-value",
      summary: `the name may have at most ${longest} characters, because the TXT record beside it, which names its owner, needs a longer name`,
      path: "name",
    });
  const domain =
    typeof zone === "string" ? (index.get(zone)?.spec as { readonly name?: string } | undefined)?.name : (zone as { name?: string }).name;
  if (domain === undefined) return problems;
  if (!isWithin(name, domain))
    problems.push({
      code: "bad-value",
      summary: `${name} is not in the zone ${domain}`,
      path: "name",
      hint: `write a name that ends in .${plainName(domain)}`,
    });
  else if (plainName(name) === plainName(domain) && (type === "CNAME" || type === "NS"))
    problems.push({
      code: "conflict",
      summary: type === "CNAME" ? "a zone cannot have a CNAME record at its apex" : "Route 53 manages the NS record at the apex of a zone",
      path: "type",
      ...(type === "CNAME" && { hint: "write an A record with an `alias`" }),
    });
  return problems;
}

/** Checks that all records of one name and type are weighted (Route 53 Developer Guide, "Choosing a routing policy"). */
function checkSiblings({ address, spec }: Subject<Record53>, index: ResourceIndex): Problem[] {
  if (!spec.routing) return [];
  const isSibling = (other: Record53) =>
    String(other.zone) === String(spec.zone) && plainName(other.name) === plainName(spec.name) && other.type === spec.type;
  const all = index.of("record").filter((one) => one.address !== address && isSibling(one.spec as Record53));
  return all.flatMap((other): Problem[] => {
    const { routing, ttl } = other.spec as Record53;
    if (!routing)
      return [
        {
          code: "conflict",
          path: "routing",
          summary: `${other.address} has the same name and type but no \`routing\``,
          hint: "write `routing` on all of them, each with another `setIdentifier`",
        },
      ];
    const differs = spec.values !== undefined && ttl !== spec.ttl && (other.spec as Record53).values !== undefined;
    return differs
      ? [
          {
            code: "bad-value",
            severity: "warning",
            path: "ttl",
            summary: `${other.address} has the same name and type but another ttl`,
            hint: "write the same ttl on all of them",
          },
        ]
      : [];
  });
}

/** Checks that a CNAME is alone at its name (RFC 1034, 3.6.2). */
function checkNeighbours({ address, spec }: Subject<Record53>, index: ResourceIndex): Problem[] {
  if (spec.type !== "CNAME") return [];
  const isHere = (other: Record53) => String(other.zone) === String(spec.zone) && plainName(other.name) === plainName(spec.name);
  const other = index.of("record").find((one) => one.address !== address && one.spec.type !== "CNAME" && isHere(one.spec as Record53));
  return other
    ? [
        {
          code: "conflict",
          summary: `${other.address} has the same name, but a CNAME cannot have other records beside it`,
          path: "name",
          hint: "give one of them another name",
        },
      ]
    : [];
}

const forms: Partial<Record<Record53["type"], readonly [RegExp | ((value: string) => boolean), string]>> = {
  A: [isIPv4, "an IPv4 address"],
  AAAA: [isIPv6, "an IPv6 address"],
  MX: [/^\d{1,5}\s+\S+$/, "a priority and a name: `10 mail.example.com`"],
  SRV: [/^\d{1,5}\s+\d{1,5}\s+\d{1,5}\s+\S+$/, "priority, weight, port and name: `10 5 5269 xmpp.example.com`"],
  CAA: [/^\d{1,3}\s+[a-z0-9]+\s+"[^"]*"$/i, 'a flag, a tag and a text: `0 issue "amazon.com"`'],
};

function checkValues({ type, values = [] }: Record53): Problem[] {
  const problems: Problem[] = [];
  if (type === "CNAME" && values.length > 1)
    problems.push({ code: "bad-value", summary: "a CNAME can have only one value", path: "values[1]" });
  const [form, what] = forms[type] ?? [];
  for (const [i, value] of values.entries())
    if (form && !isLate(value) && !(form instanceof RegExp ? form.test(value) : form(value)))
      problems.push({
        code: "bad-value",
        summary: `"${value}" is not ${what}`,
        path: `values[${i}]`,
        ...((type === "A" || type === "AAAA") && { hint: "write `type: CNAME` for a name, or `alias` for an AWS resource" }),
      });
  return problems;
}
