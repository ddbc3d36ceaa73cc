/** The fields of a record, and their form in Route 53. */
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Static } from "typebox";
import * as Type from "typebox";
import { boolean, integer, list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { meantValue, plainName, recordPattern, wireValue, zoneIdOf } from "../shared/dns/names.ts";

export const types = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SPF",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
] as const;

/** The TTL that AWS fills in for a record with values, and the usual choice (Route 53 Developer Guide, "TTL"). */
export const usualTtl = 300;

const target = object(
  {
    dnsName: string("The DNS name of the target: of a distribution, of an S3 website, of a load balancer outside this environment.", {
      minLength: 1,
      maxLength: 255,
    }),
    hostedZone: string("The id of the hosted zone in which AWS keeps that name; the documentation of the target's service lists it.", {
      pattern: "^Z[A-Z0-9]+$",
      examples: ["Z2FDTNDATAQYW2"],
    }),
  },
  "Another AWS target, by its DNS name.",
);

const routing = object(
  {
    setIdentifier: string("The identifier that distinguishes this record from others of the same name and type.", {
      minLength: 1,
      maxLength: 128,
      examples: ["blue"],
    }),
    weight: integer(
      "The weight: the share in the sum of the weights of all records of the same name and type. 0: it is not returned, as long as another has more.",
      {
        minimum: 0,
        maximum: 255,
      },
    ),
  },
  "The routing policy for several records of the same name and type, each with its share of the answers (weighted routing).",
);

export const schema = object({
  zone: ref("hostedZone", "The hosted zone of the record.", { named: true }),
  name: string("The full name, including the domain of the zone. `*` may stand for the first label.", {
    pattern: recordPattern,
    maxLength: 255,
    examples: ["www.shop.example.com"],
  }),
  type: oneOf(types, "The record type."),
  ttl: optional(integer("Number of seconds for which resolvers cache an answer (TTL).", { minimum: 0, maximum: 2_147_483_647 })),
  values: optional(
    list(
      string(
        "A value as in a zone file: `10 mail.example.com` of an MX. A text needs no quotation marks, and may be longer than 255 characters.",
      ),
      "The values; their order does not matter.",
      {
        minItems: 1,
        maxItems: 400,
        uniqueItems: true,
      },
    ),
  ),
  alias: optional(
    Type.Union([ref("loadBalancer", "A load balancer."), target], {
      description:
        "The alias target, instead of values: a load balancer, which the record follows when it is replaced, or `{ dnsName, hostedZone }`.",
      examples: ["loadBalancer/web"],
    }),
  ),
  evaluateTargetHealth: optional(boolean("Whether an alias gives no answer while its target is unhealthy.")),
  routing: optional(routing),
});

export type Record53 = Static<typeof schema>;
export type Target = Static<typeof target>;

/** The value that stands for `routing` of a record without it in comparisons. */
const simple = "simple" as unknown as NonNullable<Record53["routing"]>;

/** Returns a spec in the form for comparisons. */
export function normalise(spec: Partial<Record53>): Partial<Record53> {
  const { zone, name, type, values } = spec;
  return {
    ...spec,
    // A file without `routing` means one simple record, and the existing record may be one of several.
    routing: spec.routing ?? simple,
    ...(typeof zone === "string" && zone.startsWith("arn:") && { zone: zoneIdOf(zone) }),
    ...(name !== undefined && { name: plainName(name) }),
    ...(values && type && { values: values.map((value) => meantValue(type, value)) }),
  };
}

/** Returns the record set for a request. */
export function setFor(request: Record53, alias: Target | undefined): ResourceRecordSet {
  const { routing } = request;
  const base = {
    Name: plainName(request.name),
    Type: request.type,
    ...(routing && { SetIdentifier: routing.setIdentifier, Weight: routing.weight }),
  };
  if (alias)
    return {
      ...base,
      AliasTarget: { DNSName: alias.dnsName, HostedZoneId: alias.hostedZone, EvaluateTargetHealth: request.evaluateTargetHealth ?? false },
    };
  return {
    ...base,
    TTL: request.ttl ?? usualTtl,
    ResourceRecords: (request.values ?? []).map((value) => ({ Value: wireValue(request.type, value) })),
  };
}

/** Returns a record set in the fields of the file. */
export function specOf(zone: string, name: string, type: string, set: ResourceRecordSet | undefined): Partial<Record53> {
  const { AliasTarget, TTL, ResourceRecords, SetIdentifier, Weight } = set ?? {};
  return {
    zone,
    name,
    type: type as Record53["type"],
    // An alias has no TTL, so the usual one stands for it.
    ttl: AliasTarget ? usualTtl : TTL,
    values: AliasTarget ? undefined : ResourceRecords?.map(({ Value }) => meantValue(type, Value!)),
    alias: AliasTarget ? balancerName(AliasTarget.DNSName!) : undefined,
    evaluateTargetHealth: AliasTarget?.EvaluateTargetHealth ?? false,
    routing: SetIdentifier === undefined || Weight === undefined ? undefined : { setIdentifier: SetIdentifier, weight: Weight },
  };
}

/**
 * Returns the name of a load balancer. The console and this program put `dualstack.` before it, so that both address families are answered.
 */
function balancerName(dnsName: string): string {
  return plainName(dnsName).replace(/^dualstack\.(?=.*\.elb\.)/, "");
}

/** Whether a set is an alias of this target. */
export function leadsTo(set: ResourceRecordSet | undefined, { dnsName, hostedZone }: Target): boolean {
  const alias = set?.AliasTarget;
  return alias !== undefined && balancerName(alias.DNSName!) === balancerName(dnsName) && alias.HostedZoneId === hostedZone;
}
