import type { Authored, Kind, Live, Problem, ResourceIndex, Spec, Subject } from "../kind.ts";
import { omit } from "../shared/authored.ts";
import { isWithin, plainName, zoneIdOf } from "../shared/dns/names.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { type Certificate, keyAlgorithms, schema } from "./schema.ts";

const end = "certificate/*";

const zoneEnd = "hostedzone/*";

export const certificate: Kind<Certificate, null> = {
  name: "certificate",
  section: "certificates",
  file: "network",
  doc: "A public certificate of Certificate Manager, validated by DNS and renewed by AWS. Other resources can use it once it is issued.",
  outputs: { arn: "The ARN.", status: "The status; `ISSUED` when the certificate can be used." },
  summary: ({ domainName }) => ({ line: textOf(domainName), tells: ["domainName"] }),
  schema,
  foreign,
  fields: {
    domainName: { change: "replace", because: "the names of a certificate cannot be changed" },
    alternativeNames: {
      change: "replace",
      because: "the names of a certificate cannot be changed",
      default: { value: [], class: "enforced" },
      as: "set",
    },
    keyAlgorithm: {
      change: "replace",
      because: "the key of a certificate cannot be changed",
      default: { value: "RSA_2048", class: "create-only" },
    },
    validation: { change: "update" },
  },
  normalise,
  stages: [{ name: "create" }, { name: "validation", fields: ["validation"] }],
  create: "token",
  replace: "create-first",
  waits: { create: { typical: 10, limit: 300 }, delete: { typical: 5, limit: 1200 }, poll: 5 },
  tagIndex: { type: "acm:certificate", idOf: (arn) => arn },
  // Pages of all certificates and the tags of each. For each of ours also the certificate itself, and the records that prove its names.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 1000)) + n.account + 2 * n.ours,
  iam: {
    read: [
      "acm:DescribeCertificate",
      "acm:ListCertificates",
      "acm:ListTagsForCertificate",
      "route53:GetHostedZone",
      "route53:ListHostedZones",
      "route53:ListResourceRecordSets",
    ],
    write: [
      "acm:AddTagsToCertificate",
      "acm:DeleteCertificate",
      "acm:RemoveTagsFromCertificate",
      "acm:RequestCertificate",
      "route53:ChangeResourceRecordSets",
    ],
    remove: ["acm:DeleteCertificate", "route53:ChangeResourceRecordSets"],
    access: {
      "acm:AddTagsToCertificate": { made: [end], ours: [end] },
      "acm:DeleteCertificate": { ours: [end] },
      "acm:RemoveTagsFromCertificate": { ours: [end] },
      // The action has no resource type (Service Authorization Reference, "AWS Certificate Manager").
      "acm:RequestCertificate": { made: ["*"] },
      "route53:ChangeResourceRecordSets": { any: [zoneEnd] },
    },
    arn: end,
  },
  check,
  authored,
  goesWithUsers: true,
  drawn: () => ({ as: "beside", glyph: "lock", sub: "certificate" }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/acm.ts"), await import("../../aws/sdk/route53.ts")),
};

function normalise(spec: Partial<Certificate>): Partial<Certificate> {
  const { domainName, alternativeNames, validation } = spec;
  const first = domainName && plainName(domainName);
  return {
    ...spec,
    ...(first !== undefined && { domainName: first }),
    ...(alternativeNames && { alternativeNames: alternativeNames.map(plainName).filter((one) => one !== first) }),
    ...(validation &&
      typeof validation.zone === "string" &&
      validation.zone.startsWith("arn:") && { validation: { zone: zoneIdOf(validation.zone) } }),
  };
}

/**
 * A certificate as an author writes it. A file cannot express how ACM validated an imported certificate, or one by e-mail or from a private
 * authority.
 */
function authored(
  read: Partial<Certificate>,
  { id }: Live<Certificate, null>,
  specOf: (id: string) => Spec | undefined,
): Authored<Certificate> {
  const { validation, keyAlgorithm, domainName } = read;
  if (validation === undefined)
    return {
      left: "it is not validated by records in a public zone of this account, which is the only validation that a file can describe",
    };
  const zone = `arn:${id.split(":")[1]}:route53:::hostedzone/${zoneIdOf(validation.zone)}`;
  const spec = specOf(zone) ? read : { ...read, validation: { zone } };
  const isKnown = (keyAlgorithms as readonly (string | undefined)[]).includes(keyAlgorithm);
  return { spec: isKnown ? spec : omit(spec, ["keyAlgorithm"]), called: domainName };
}

/** The default quota for names of a certificate (ACM User Guide, "Quotas"). */
const namesAtFirst = 10;

function check({ spec }: Subject<Certificate>, index: ResourceIndex): readonly Problem[] {
  const { domainName, alternativeNames = [], validation } = spec;
  const all = [
    { name: domainName, path: "domainName" },
    ...alternativeNames.map((one, i) => ({ name: one, path: `alternativeNames[${i}]` })),
  ];
  const zone =
    typeof validation.zone === "string" ? (index.get(validation.zone)?.spec as ZoneSpec | undefined) : (validation.zone as ZoneSpec);
  const problems: Problem[] = [];
  if (zone?.name !== undefined)
    for (const { name: one, path } of all)
      if (!isWithin(one.replace(/^\*\./, ""), zone.name))
        problems.push({
          code: "bad-value",
          summary: `${one} is not in the zone ${zone.name}, where infra creates the validation records`,
          path,
          hint: "declare another certificate for the names of another zone",
        });
  if (zone?.private !== undefined)
    problems.push({
      code: "conflict",
      summary: "ACM cannot read the validation records in a private zone",
      path: "validation.zone",
      hint: "name a public zone",
    });
  if (all.length > namesAtFirst)
    problems.push({
      code: "quota",
      severity: "warning",
      summary: `the certificate has ${all.length} names, but AWS allows ${namesAtFirst} unless the quota was raised`,
      path: "alternativeNames",
      hint: "use a wildcard, or request a higher quota",
    });
  return problems;
}

interface ZoneSpec {
  readonly name?: string;
  readonly private?: readonly unknown[];
}
