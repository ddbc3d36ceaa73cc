import type { CertificateDetail, CertificateSummary, KeyAlgorithm } from "@aws-sdk/client-acm";
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, CreateIdentity, Driver, Live, Run, Scope, Tags } from "../kind.ts";
import { isWithin, plainName, zoneIdOf } from "../shared/dns/names.ts";
import { ownerOf, ownerTags } from "../shared/dns/owner.ts";
import { byEach } from "../shared/lookup.ts";
import { dropSet, isSameSet, placeOf, putSet } from "../shared/dns/record-sets.ts";
import type { Certificate } from "./schema.ts";
import { isInScope } from "../shared/in-scope.ts";

type Acm = typeof import("../../aws/sdk/acm.ts");
type R53 = typeof import("../../aws/sdk/route53.ts");
type LiveCertificate = Live<Certificate, null>;

/** The tag with the zone in which we made the validation records. It is written before the first record. */
const zoneTag = "infra:validation-zone";

/** Without a filter for all key types, ACM lists only RSA keys of up to 2048 bits (ACM API, Filters). */
const allKeys: KeyAlgorithm[] = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

/**
 * The states from which a certificate never recovers. Another one is requested in its place (ACM User Guide, "Troubleshoot certificate
 * validation").
 */
const dead: ReadonlySet<string | undefined> = new Set(["FAILED", "VALIDATION_TIMED_OUT", "REVOKED"]);

/** Seconds until ACM has seen the records. Minutes are usual, half an hour is not rare. */
const issuing = 2700;
const issuingPoll = 20;

export function driver(acm: Acm, r53: R53): Driver<Certificate, null> {
  return {
    async *list(aws, scope) {
      const arns = scope.candidates ?? (await summaries(aws)).map(({ CertificateArn }) => CertificateArn!);
      const lives = await Promise.all(
        arns.map(async (arn) => {
          const tags = await tagsOfOne(aws, arn);
          return tags && isInScope(tags, scope) ? observe(aws, arn, tags, scope) : undefined;
        }),
      );
      for (const live of lives) if (live) yield live;
    },

    async get(aws, ids, scope) {
      const lives = await Promise.all(
        ids.map(async (arn) => {
          const tags = await tagsOfOne(aws, arn);
          return tags && observe(aws, arn, tags, scope);
        }),
      );
      return new Map(lives.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    /**
     * Requests the certificate. The token is valid for an hour. A dead certificate of the same address is deleted once its successor
     * exists.
     */
    async create(aws, request, identity) {
      const { CertificateArn } = await aws.acm(
        new acm.RequestCertificateCommand({
          DomainName: plainName(request.domainName),
          ...(request.alternativeNames?.length && { SubjectAlternativeNames: request.alternativeNames.map(plainName) }),
          ValidationMethod: "DNS",
          IdempotencyToken: identity.token.slice(0, 32),
          ...(request.keyAlgorithm !== undefined && { KeyAlgorithm: request.keyAlgorithm }),
          Tags: tagList(identity.tags),
        }),
      );
      await buryDead(aws, CertificateArn!, identity);
      return CertificateArn!;
    },

    async update(aws, _stage, live, request, _changes, run) {
      const zone = zoneIdOf(request.validation.zone);
      const before = live.tags[zoneTag];
      await aws.acm(new acm.AddTagsToCertificateCommand({ CertificateArn: live.id, Tags: [{ Key: zoneTag, Value: zone }] }));
      const proofs = proofsOf((await describe(aws, live.id))!);
      // Settings of the certificate such as `protect` do not apply to its records.
      const claim = { tags: whose(aws, run.identity.tags), before: whose(aws, live.tags), foreign: "use" as const };
      for (const proof of proofs) await putSet(aws, r53, zone, proof, claim);
      await whenIssued(aws, live, zone, run);
      if (before !== undefined && before !== zone) await dropProofs(aws, before, proofs, whose(aws, live.tags));
    },

    /** Deletes the validation records first. Without the certificate, nothing would show that they exist. */
    async delete(aws, live) {
      const found = await describe(aws, live.id);
      const zone = live.tags[zoneTag];
      if (found && zone !== undefined) await dropProofs(aws, zone, await unshared(aws, found, zone), whose(aws, live.tags));
      await unlessGone(aws.acm(new acm.DeleteCertificateCommand({ CertificateArn: live.id })));
    },

    async tag(aws, live, set, remove) {
      const CertificateArn = live.id;
      if (Object.keys(set).length > 0) await aws.acm(new acm.AddTagsToCertificateCommand({ CertificateArn, Tags: tagList(set) }));
      if (remove.length > 0)
        await aws.acm(new acm.RemoveTagsFromCertificateCommand({ CertificateArn, Tags: remove.map((Key) => ({ Key })) }));
    },

    blockers: (aws, lives) =>
      byEach(lives, async (live) => {
        const users = (await describe(aws, live.id))?.InUseBy ?? [];
        return users.map((id) => ({ id, what: "which uses the certificate", holder: id }));
      }),

    /** Finds by the domain: the one certificate that is issued for it. */
    async named(aws, names) {
      const all = await summaries(aws, "ISSUED");
      return new Map(
        names.flatMap((name) => {
          const found = all.filter(({ DomainName }) => DomainName === plainName(name));
          return found.length === 1 ? [[name, found[0]!.CertificateArn!] as const] : [];
        }),
      );
    },
  };

  async function summaries(aws: Aws, status?: "ISSUED"): Promise<CertificateSummary[]> {
    const all: CertificateSummary[] = [];
    const input = { Includes: { keyTypes: allKeys }, MaxItems: 1000, ...(status && { CertificateStatuses: [status] }) };
    for await (const page of aws.acm.pages(acm.ListCertificatesCommand, input)) all.push(...(page.CertificateSummaryList ?? []));
    return all;
  }

  async function tagsOfOne(aws: Aws, CertificateArn: AwsId): Promise<Tags | undefined> {
    const found = await unlessGone(aws.acm(new acm.ListTagsForCertificateCommand({ CertificateArn })));
    return found && tagsOf(found.Tags);
  }

  async function describe(aws: Aws, CertificateArn: AwsId): Promise<CertificateDetail | undefined> {
    return (await unlessGone(aws.acm(new acm.DescribeCertificateCommand({ CertificateArn }))))?.Certificate;
  }

  async function observe(aws: Aws, arn: AwsId, tags: Tags, scope: Scope): Promise<LiveCertificate | undefined> {
    const found = await describe(aws, arn);
    if (!found) return undefined;
    const status = found.Status ?? "";
    const proving = status === "ISSUED" && !scope.existence ? await provingZone(aws, found, tags[zoneTag]) : undefined;
    const domainName = found.DomainName!;
    return {
      id: arn,
      aliases: [],
      tags,
      owner: arn.split(":")[4],
      state: dead.has(status) ? "dead" : isKnown(found) ? "ready" : "pending",
      spec: {
        domainName,
        alternativeNames: (found.SubjectAlternativeNames ?? []).filter((one) => one !== domainName),
        keyAlgorithm: found.KeyAlgorithm?.replaceAll("-", "_") as Certificate["keyAlgorithm"],
        // Until the certificate is issued, or where a record is missing, there is still something to do.
        validation: proving === undefined ? undefined : { zone: proving },
      },
      handle: null,
      outputs: { arn, status },
      ...(found.CreatedAt && { createdAt: found.CreatedAt.toISOString() }),
      ...(status === "EXPIRED" && { notes: ["it has expired, because ACM could not renew it"] }),
    };
  }

  /**
   * The zone that holds its validation records. For a certificate that others made no tag says it, so the public zones of the account are
   * asked.
   */
  async function provingZone(aws: Aws, found: CertificateDetail, tagged: string | undefined): Promise<string | undefined> {
    const zones = tagged === undefined ? await zonesFor(aws, found) : [tagged];
    for (const zone of zones) if (await isProven(aws, found, zone)) return zone;
    return undefined;
  }

  /** The public zones that contain all of its names, the nearest first. */
  async function zonesFor(aws: Aws, found: CertificateDetail): Promise<string[]> {
    const names = proofsOf(found).map(({ Name }) => plainName(Name!));
    if (names.length === 0) return [];
    const zones: { readonly id: string; readonly name: string }[] = [];
    for await (const page of aws.route53.pages(r53.ListHostedZonesCommand, { MaxItems: 100 }))
      for (const { Id, Name, Config } of page.HostedZones ?? [])
        if (Config?.PrivateZone !== true && names.every((one) => isWithin(one, Name!)))
          zones.push({ id: zoneIdOf(Id!), name: plainName(Name!) });
    return zones.sort((a, b) => b.name.length - a.name.length).map(({ id }) => id);
  }

  async function isProven(aws: Aws, found: CertificateDetail, zone: string): Promise<boolean> {
    const there = await Promise.all(
      proofsOf(found).map(async (proof) => {
        const { set } = await placeOf(aws, r53, zone, plainName(proof.Name!), "CNAME");
        return set !== undefined && hasValue(set.raw, proof);
      }),
    );
    return there.every(Boolean);
  }

  async function whenIssued(aws: Aws, live: LiveCertificate, zone: string, run: Run): Promise<void> {
    try {
      await run.until("ACM to read the validation records and issue the certificate (usually minutes)", issuing, issuingPoll, async () => {
        const found = await describe(aws, live.id);
        if (dead.has(found?.Status))
          throw new Refusal(`ACM did not issue the certificate: ${found?.FailureReason ?? found?.Status}.`, {
            hint: "run `infra apply` again, which requests another certificate",
          });
        return found?.Status === "ISSUED";
      });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "timeout") throw error;
      throw new Refusal(`ACM has not found the validation records of ${live.spec.domainName}.`, {
        hint: await whatToDelegate(aws, zone),
        cause: error,
      });
    }
  }

  /** Says which name servers to delegate to. Usually the parent domain does not delegate to the zone yet. */
  async function whatToDelegate(aws: Aws, Id: string): Promise<string> {
    const answer = await unlessGone(aws.route53(new r53.GetHostedZoneCommand({ Id })));
    const domain = plainName(answer?.HostedZone?.Name ?? "");
    const servers = (answer?.DelegationSet?.NameServers ?? []).join(", ");
    return `set these NS records for ${domain} at its registrar or in its parent zone: ${servers}; then run \`infra apply\` again, which continues here`;
  }

  async function dropProofs(aws: Aws, zone: string, proofs: readonly ResourceRecordSet[], tags: Tags): Promise<void> {
    for (const proof of proofs) await unlessGone(dropSet(aws, r53, zone, { name: plainName(proof.Name!), type: "CNAME" }, tags));
  }

  /**
   * The validation records that no other certificate of the region needs in this zone: all certificates of one name share them (ACM User
   * Guide, "DNS validation"). For a certificate that infra did not make, the zone is not known.
   */
  async function unshared(aws: Aws, found: CertificateDetail, zone: string): Promise<ResourceRecordSet[]> {
    const bare = (one: string) => plainName(one).replace(/^\*\./, "");
    const namesOf = ({ DomainName, SubjectAlternativeNameSummaries = [] }: CertificateSummary) =>
      [DomainName!, ...SubjectAlternativeNameSummaries].map(bare);
    const own = new Set(proofsOf(found).map(({ Name }) => Name!.slice(Name!.indexOf(".") + 1)));
    const others = (await summaries(aws)).filter(
      (one) => one.CertificateArn !== found.CertificateArn && !dead.has(one.Status) && namesOf(one).some((each) => own.has(each)),
    );
    const used = await Promise.all(
      others.map(async (one) => {
        const elsewhere = (await tagsOfOne(aws, one.CertificateArn!))?.[zoneTag];
        return elsewhere === undefined || elsewhere === zone ? namesOf(one) : [];
      }),
    );
    const kept = new Set(used.flat());
    return proofsOf(found).filter(({ Name }) => !kept.has(Name!.slice(Name!.indexOf(".") + 1)));
  }

  async function buryDead(aws: Aws, successor: AwsId, identity: CreateIdentity): Promise<void> {
    for (const { CertificateArn, Status } of await summaries(aws)) {
      if (CertificateArn === successor || !dead.has(Status)) continue;
      const tags = await tagsOfOne(aws, CertificateArn!);
      const isPredecessor = [ownership.project, ownership.environment, ownership.resource].every(
        (key) => tags?.[key] === identity.tags[key],
      );
      if (isPredecessor) await unlessGone(aws.acm(new acm.DeleteCertificateCommand({ CertificateArn: CertificateArn! })));
    }
  }
}

/** The owner of the records. Records belong to no region: a certificate of the same names in another region may need them, too. */
function whose({ region }: Aws, tags: Tags): Tags {
  return ownerTags({ ...ownerOf(tags), region }, tags[ownership.resource] ?? "");
}

/** The records that prove its names. A name and its wildcard share one. */
function proofsOf({ DomainValidationOptions = [] }: CertificateDetail): ResourceRecordSet[] {
  const found = DomainValidationOptions.flatMap(({ ResourceRecord }) => ResourceRecord ?? []);
  const byName = new Map(found.map(({ Name, Value }) => [Name!, Value!]));
  return [...byName].map(([Name, Value]) => ({ Name: plainName(Name), Type: "CNAME", TTL: 300, ResourceRecords: [{ Value }] }));
}

/** Compares without the TTL, because another maker of the record may have chosen a different one. */
function hasValue(set: ResourceRecordSet, proof: ResourceRecordSet): boolean {
  return isSameSet({ ...set, TTL: proof.TTL }, proof);
}

/** Whether ACM shows the records yet: it does so some seconds after the request. */
function isKnown({ Status, DomainValidationOptions = [] }: CertificateDetail): boolean {
  if (Status !== "PENDING_VALIDATION") return true;
  return DomainValidationOptions.length > 0 && DomainValidationOptions.every(({ ResourceRecord }) => ResourceRecord?.Name !== undefined);
}
