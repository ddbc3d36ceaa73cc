/** Reads load balancers: each with its listeners and their rules, certificates and tags. */
import type { Listener as AwsListener, LoadBalancer as AwsBalancer, Rule as AwsRule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import { elbv2TagsOf, nameIn } from "../shared/elbv2/objects.ts";
import type { AwsId, Live, Scope, Tags } from "../kind.ts";
import { liveWeights, observeAction } from "./actions.ts";
import { attributeFields, readAttributes } from "./attributes.ts";
import { readReservation, type Reservation } from "./capacity.ts";
import { conditionTexts } from "./conditions.ts";
import { listenerAttributeFields, readListenerAttributes, type ListenerAttributes } from "./listener-attributes.ts";
import { isCertificate, isNameless, isRule, normalConditions, ruleKey } from "./normal.ts";
import type { Standing } from "./rules.ts";
import { observeRewrites } from "./rewrites.ts";
import type { ActionFields, Listener, LoadBalancer, Rule } from "./schema.ts";
import { areMoved, weightsText, writtenWeights } from "./weights.ts";

/** The tag with the name of a rule. AWS identifies rules by priority only, and priorities change. */
export const ruleTag = "infra:rule";

export interface LiveRule extends Standing {
  readonly found: AwsRule;
  readonly tags: Tags;
}

export interface LiveListener {
  readonly arn: AwsId;
  readonly port: number;
  readonly found: AwsListener;
  readonly tags: Tags;
  readonly rules: readonly LiveRule[];
  /** The certificates besides the default one. */
  readonly certificates: readonly string[];
  /** The listener's attributes, where the YAML writes any of them. */
  readonly attributes?: ListenerAttributes | undefined;
}

export interface Handle {
  readonly vpc: string | undefined;
  readonly listeners: readonly LiveListener[];
  /** Somebody has turned off that security groups filter the traffic from PrivateLink. */
  readonly isOpenToClients: boolean;
  /** Whether AWS refuses to delete it. Undefined where the attribute was not read. */
  readonly isProtected?: boolean | undefined;
}

export type LiveBalancer = Live<LoadBalancer, Handle>;

/** Whether the tags of a listener or a rule say that we made it. Certificates have no tags. */
export function bearsOurTags(key: string, balancer: LiveBalancer): boolean | undefined {
  if (isCertificate(key)) return undefined;
  if (isRule(key)) return !isNameless(key) && !isUnclaimed(key, balancer);
  return balancer.handle?.listeners.some((listener) => String(listener.port) === key && isOwn(listener, balancer)) ?? false;
}

/** Whether the rule is identified only by its priority and conditions: it existed before its load balancer was adopted. */
function isUnclaimed(key: string, balancer: LiveBalancer): boolean {
  const rules = (balancer.handle?.listeners ?? []).flatMap(({ port, rules }) => rules.map((rule) => ({ port, rule })));
  const found = rules.find(({ port, rule }) => rule.name !== undefined && ruleKey(port, rule.name) === key);
  return found !== undefined && !(ruleTag in found.rule.tags);
}

/** Whether the listener has the tags of the load balancer's environment. */
export function isOwn(listener: LiveListener, balancer: LiveBalancer): boolean {
  return [ownership.project, ownership.environment].every(
    (key) => listener.tags[key] !== undefined && listener.tags[key] === balancer.tags[key],
  );
}

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

/**
 * Reads these load balancers with their parts. `tags`: their tags, by ARN. The parts of another project's load balancers are not read. With
 * `which: "ready"`, only the parts of those that are ready are read.
 */
export async function observe(
  aws: Aws,
  elbv2: Sdk,
  balancers: readonly AwsBalancer[],
  tags: ReadonlyMap<AwsId, Tags>,
  scope: Scope,
  which: "all" | "ready",
): Promise<LiveBalancer[]> {
  const all = await Promise.all(
    balancers.map((found) => unlessGone(readOne(aws, elbv2, found, tags.get(found.LoadBalancerArn!) ?? {}, scope, which))),
  );
  const read = all.filter((one) => one !== undefined);
  const arns = read.flatMap((one) => one.parts.flatMap((part) => [part.found.ListenerArn!, ...part.rules.map((rule) => rule.RuleArn!)]));
  const partTags = await elbv2TagsOf(aws, arns);
  return read.map((one) => live(one, partTags));
}

interface Read {
  readonly found: AwsBalancer;
  readonly tags: Tags;
  readonly parts: readonly {
    readonly found: AwsListener;
    readonly rules: readonly AwsRule[];
    readonly certificates: readonly string[];
    readonly attributes: ListenerAttributes | undefined;
  }[];
  readonly attributes?: Partial<LoadBalancer> | undefined;
  readonly reservation?: Reservation | undefined;
  /** The listeners as the YAML writes them. */
  readonly written?: LoadBalancer["listeners"] | undefined;
  readonly wasRead: boolean;
}

async function readOne(aws: Aws, elbv2: Sdk, found: AwsBalancer, tags: Tags, scope: Scope, which: "all" | "ready"): Promise<Read> {
  const address = tags[ownership.resource] === undefined ? undefined : addressOfTag(tags[ownership.resource]!);
  const isOurs = address === undefined || tags[ownership.project] === scope.project;
  if (!isOurs || (which === "ready" && stateOf(found) !== "ready")) return { found, tags, parts: [], wasRead: false };
  // Attributes cost a call. They are needed where the YAML writes any. They are also needed for a load balancer that the YAML does not
  // declare (every declaration has security groups): it is to be deleted, and may be protected.
  const asks = (field: keyof LoadBalancer) => address === undefined || scope.asks(address, field);
  const needsAttributes = attributeFields.some(asks) || !asks("securityGroups");
  const written = scope.wants?.(address ?? scope.adoptedAs?.(found.LoadBalancerArn!) ?? "", "listeners") as LoadBalancer["listeners"];
  const asksOf = ({ Port }: AwsListener) =>
    scope.whole === true || listenerAttributeFields.some((field) => written?.[String(Port)]?.[field] !== undefined);
  const [parts, attributes, reservation] = await Promise.all([
    readListeners(aws, elbv2, found, asksOf),
    needsAttributes ? readItsAttributes(aws, elbv2, found) : undefined,
    asks("minimumCapacity") ? readReservation(aws, elbv2, found.LoadBalancerArn!) : undefined,
  ]);
  return { found, tags, parts, attributes, reservation, written, wasRead: true };
}

async function readItsAttributes(aws: Aws, elbv2: Sdk, { LoadBalancerArn, Type }: AwsBalancer): Promise<Partial<LoadBalancer>> {
  const { Attributes } = await aws.elbv2(new elbv2.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: LoadBalancerArn! }));
  return readAttributes(Attributes ?? [], Type as LoadBalancer["type"]);
}

async function readListeners(
  aws: Aws,
  elbv2: Sdk,
  { LoadBalancerArn, Type }: AwsBalancer,
  asksAttributesOf: (listener: AwsListener) => boolean,
): Promise<Read["parts"]> {
  const listeners: AwsListener[] = [];
  for await (const page of aws.elbv2.pages(elbv2.DescribeListenersCommand, { LoadBalancerArn: LoadBalancerArn!, PageSize: 400 }))
    listeners.push(...(page.Listeners ?? []));
  return Promise.all(
    listeners.map(async (found) => {
      const [rules, certificates, attributes] = await Promise.all([
        Type === "application" ? rulesOf(aws, elbv2, found.ListenerArn!) : [],
        certificatesOf(aws, elbv2, found),
        asksAttributesOf(found) ? readListenerAttributes(aws, elbv2, found.ListenerArn!, Type) : undefined,
      ]);
      return { found, rules, certificates, attributes };
    }),
  );
}

/** The rules of a listener, without the default rule, which is the listener's own action. */
export async function rulesOf(aws: Aws, elbv2: Sdk, ListenerArn: AwsId): Promise<AwsRule[]> {
  const rules: AwsRule[] = [];
  for await (const page of aws.elbv2.pages(elbv2.DescribeRulesCommand, { ListenerArn, PageSize: 400 }))
    rules.push(...(page.Rules ?? []).filter((rule) => !rule.IsDefault));
  return rules;
}

async function certificatesOf(aws: Aws, elbv2: Sdk, { ListenerArn, Protocol }: AwsListener): Promise<string[]> {
  if (Protocol !== "HTTPS" && Protocol !== "TLS") return [];
  const arns: string[] = [];
  for await (const page of aws.elbv2.pages(elbv2.DescribeListenerCertificatesCommand, { ListenerArn: ListenerArn!, PageSize: 400 }))
    for (const certificate of page.Certificates ?? []) if (!certificate.IsDefault) arns.push(certificate.CertificateArn!);
  return arns;
}

/** The state `active_impaired` still serves, but is short of addresses. */
function stateOf({ State: state }: AwsBalancer): LiveBalancer["state"] {
  if (state?.Code === "provisioning") return "pending";
  if (state?.Code === "failed") return { failed: state.Reason ?? "AWS gives no details" };
  return "ready";
}

function live(read: Read, partTags: ReadonlyMap<AwsId, Tags>): LiveBalancer {
  const { found, tags, attributes } = read;
  const listeners = read.parts.map((part) => liveListener(part, partTags, read.written?.[String(part.found.Port)]?.rules));
  const arn = found.LoadBalancerArn!;
  const zones = found.AvailabilityZones ?? [];
  return {
    id: arn,
    // The name in CloudWatch, and the name in DNS.
    aliases: [arn.slice(arn.indexOf("loadbalancer/") + "loadbalancer/".length), ...(found.DNSName ? [found.DNSName.toLowerCase()] : [])],
    tags,
    owner: arn.split(":")[4],
    name: found.LoadBalancerName,
    state: stateOf(found),
    createdAt: found.CreatedTime?.toISOString(),
    spec: {
      type: found.Type as LoadBalancer["type"],
      scheme: found.Scheme,
      subnets: zones.map((zone) => zone.SubnetId!),
      subnetMappings: zones.map(({ SubnetId, LoadBalancerAddresses: [fixed] = [] }) => ({
        subnet: SubnetId!,
        elasticIp: fixed?.AllocationId,
        privateIpv4Address: fixed?.PrivateIPv4Address,
      })),
      securityGroups: found.SecurityGroups ?? [],
      ipAddressType: found.IpAddressType,
      ...attributes,
      ...(read.reservation ? { minimumCapacity: read.reservation.units } : {}),
      ...(read.wasRead
        ? { listeners: Object.fromEntries(listeners.map((listener) => [String(listener.port), observedListener(listener)])) }
        : {}),
    },
    handle: {
      vpc: found.VpcId,
      listeners,
      // AWS turns this on when it creates the load balancer (ELB API, SetSecurityGroups).
      isOpenToClients: found.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic === "off",
      isProtected: attributes?.deletionProtection,
    },
    outputs: outputsOf(found, listeners),
    notes: [...notesOf(found, listeners), ...(read.reservation?.notes ?? [])],
    parts: listeners.map((listener) => ({ id: listener.arn, text: lineOf(listener) })),
  };
}

function liveListener(
  { found, rules, certificates, attributes }: Read["parts"][number],
  partTags: ReadonlyMap<AwsId, Tags>,
  written: Listener["rules"],
): LiveListener {
  return {
    arn: found.ListenerArn!,
    port: found.Port!,
    found,
    tags: partTags.get(found.ListenerArn!) ?? {},
    rules: recognised(
      rules.map((rule) => liveRule(rule, partTags.get(rule.RuleArn!) ?? {})),
      written,
    ),
    certificates,
    attributes,
  };
}

/** Gives a rule without a name the name of the written rule with the same priority and conditions. */
function recognised(rules: readonly LiveRule[], written: Listener["rules"] = {}): LiveRule[] {
  const named = new Set(rules.map(({ name }) => name));
  const free = Object.entries(written).filter(([name]) => !named.has(name));
  return rules.map((rule) => {
    if (rule.name !== undefined) return rule;
    const twin = free.find(([, { priority, conditions }]) => priority === rule.priority && isSame(conditions, rule.conditions));
    return twin ? { ...rule, name: twin[0] } : rule;
  });
}

function isSame(written: Rule["conditions"], live: readonly string[]): boolean {
  return normalConditions(written).join("\n") === live.join("\n");
}

function liveRule(found: AwsRule, tags: Tags): LiveRule {
  return {
    arn: found.RuleArn!,
    name: tags[ruleTag],
    priority: Number(found.Priority),
    conditions: conditionTexts(found.Conditions),
    found,
    tags,
  };
}

function observedListener({ found, tags, rules, certificates, attributes }: LiveListener): Listener {
  return {
    protocol: found.Protocol as Listener["protocol"],
    certificate: found.Certificates?.[0]?.CertificateArn,
    certificates: [...certificates],
    sslPolicy: found.SslPolicy,
    alpnPolicy: found.AlpnPolicy?.[0] as Listener["alpnPolicy"],
    mutualAuthentication: mutualOf(found),
    ...attributes,
    ...asWritten(observeAction(found.DefaultActions), tags),
    rules: Object.fromEntries(rules.map((rule) => [rule.name ?? `@${rule.priority}`, observedRule(rule)])),
  };
}

function observedRule({ found, tags, priority, conditions }: LiveRule): Rule {
  // Conditions are observed in the form for comparison.
  return {
    priority,
    conditions: conditions as Rule["conditions"],
    ...observeRewrites(found.Transforms),
    ...asWritten(observeAction(found.Actions), tags),
  };
}

function mutualOf({ MutualAuthentication: told }: AwsListener): Listener["mutualAuthentication"] {
  if (told?.Mode === undefined) return { mode: "off" };
  return {
    mode: told.Mode as "off",
    ...(told.TrustStoreArn ? { trustStore: told.TrustStoreArn } : {}),
    ...(told.IgnoreClientCertificateExpiry === undefined ? {} : { ignoreClientCertificateExpiry: told.IgnoreClientCertificateExpiry }),
    ...(told.AdvertiseTrustStoreCaNames ? { advertiseTrustStoreCaNames: told.AdvertiseTrustStoreCaNames } : {}),
  };
}

/** Weights that others moved are shown as they were last written. A note mentions the move. */
function asWritten(action: ActionFields, tags: Tags): ActionFields {
  return Array.isArray(action.forward) ? { ...action, forward: writtenWeights(action.forward, tags) } : action;
}

function notesOf(found: AwsBalancer, listeners: readonly LiveListener[]): string[] {
  const notes: string[] = [];
  if (found.State?.Code === "active_impaired")
    notes.push(`it works, but cannot scale up (${found.State.Reason ?? "active_impaired"}): its subnets have too few free addresses`);
  for (const listener of listeners) {
    const places = [
      { what: `listener ${listener.port}`, actions: listener.found.DefaultActions, tags: listener.tags },
      ...listener.rules.map((rule) => ({
        what: `rule ${rule.name ?? rule.priority} of listener ${listener.port}`,
        actions: rule.found.Actions,
        tags: rule.tags,
      })),
    ];
    for (const { what, actions, tags } of places) {
      const weights = liveWeights(actions);
      if (areMoved(weights, tags))
        notes.push(
          `somebody else changed the weights of ${what} (now ${weightsText(weights)}); they stay until the YAML writes other weights`,
        );
    }
  }
  return notes;
}

function outputsOf(found: AwsBalancer, listeners: readonly LiveListener[]): Record<string, string> {
  const addresses = (found.AvailabilityZones ?? [])
    .flatMap((zone) => zone.LoadBalancerAddresses ?? [])
    .flatMap((one) => one.IpAddress ?? one.PrivateIPv4Address ?? []);
  return {
    dnsName: found.DNSName ?? "",
    hostedZone: found.CanonicalHostedZoneId ?? "",
    zones: (found.AvailabilityZones ?? [])
      .map((zone) => zone.ZoneName ?? "")
      .sort()
      .join(", "),
    ...(addresses.length > 0 ? { addresses: addresses.join(", ") } : {}),
    ...(listeners.length > 0 ? { listeners: listeners.map((listener) => `${listener.found.Protocol} ${listener.port}`).join(", ") } : {}),
  };
}

function lineOf({ found, port, rules }: LiveListener): string {
  const { forward, redirect, fixedResponse } = observeAction(found.DefaultActions);
  const groups = forward === undefined ? [] : liveWeights(found.DefaultActions).map((group) => nameIn(group.targetGroup));
  const does =
    groups.length > 0
      ? `forwards to ${groups.join(", ")}`
      : redirect
        ? "redirects"
        : fixedResponse
          ? `answers ${fixedResponse.statusCode}`
          : "has another action";
  return `${found.Protocol} ${port} ${does}${rules.length > 0 ? `, ${rules.length} rule${rules.length === 1 ? "" : "s"}` : ""}`;
}
