import { standsForSeveral } from "../../resource/several.ts";
import { needsIpv4 } from "../shared/network/ipv6-only.ts";
import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { groupsOfItsVpc, needsIpv6 } from "../shared/network/subnet-checks.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { rangeOf } from "../../resource/ranges.ts";
import { wantedWeights } from "./actions.ts";
import { attributeFields, onlyApplication, onlyNetwork } from "./attributes.ts";
import { checkLogs } from "./logs.ts";
import { ofApplicationListeners } from "./listener-attributes.ts";
import type { ActionFields, Listener, LoadBalancer, Rule } from "./schema.ts";

type Say = (path: string, summary: string, hint?: string, severity?: "warning") => void;

/** Checks of a load balancer that the schema cannot express. */
export function check(self: Subject<LoadBalancer>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [...beyondQuota(self, index.of("loadBalancer"), 50, "load balancers in one region")];
  const say: Say = (path, summary, hint, severity) =>
    problems.push({ code: "load-balancer", path, summary, ...(hint ? { hint } : {}), ...(severity ? { severity } : {}) });
  checkName(self, say);
  checkNetwork(self, index, say);
  problems.push(...checkSubnets(self.spec, index));
  checkFields(self.spec, say);
  problems.push(...checkLogs(self.spec, index));
  for (const [port, listener] of Object.entries(self.spec.listeners ?? {})) checkListener(self, index, port, listener, say);
  checkNumberOfRules(self.spec, say);
  checkSharing(self, index, say);
  return problems;
}

/** Every subnet must have the address families of the load balancer (Elastic Load Balancing, "IP address types"). */
function checkSubnets({ subnets, subnetMappings, ipAddressType = "ipv4", securityGroups }: LoadBalancer, index: ResourceIndex): Problem[] {
  const named = [
    ...(subnets ?? []).map((subnet, i) => [`subnets[${i}]`, subnet] as const),
    ...(subnetMappings ?? []).map(({ subnet }, i) => [`subnetMappings[${i}].subnet`, subnet] as const),
  ];
  const all = named.map(([, subnet]) => subnet);
  return [
    ...needsIpv4(index, "a load balancer", named),
    ...(ipAddressType === "ipv4" ? [] : needsIpv6(index, "ipAddressType", all, "`ipAddressType: ipv4`")),
    ...groupsOfItsVpc(index, "a load balancer", all, securityGroups),
  ];
}

function isNetwork(spec: LoadBalancer): boolean {
  return spec.type === "network";
}

function checkName(self: Subject & { readonly awsName?: string }, say: Say): void {
  const name = self.awsName;
  if (name === undefined) return;
  if (name.startsWith("internal-"))
    say("name", `the name of a load balancer must not begin with "internal-": "${name}"`, "give it another `name:`");
  if (/^-|-$/.test(name)) say("name", `the name of a load balancer must not begin or end with a hyphen: "${name}"`);
}

/** One subnet in each zone, all in one VPC. An application load balancer needs at least two zones. */
function checkNetwork({ spec }: Subject<LoadBalancer>, index: ResourceIndex, say: Say): void {
  const { subnets, subnetMappings } = spec;
  if ((subnets === undefined) === (subnetMappings === undefined))
    return say(
      subnets ? "subnetMappings" : "",
      subnets ? "a load balancer has `subnets` or `subnetMappings`, not both" : "a load balancer needs `subnets` or `subnetMappings`",
    );
  const path = subnets ? "subnets" : "subnetMappings";
  const names = subnets ?? subnetMappings!.map((mapping) => mapping.subnet);
  if (!isNetwork(spec) && names.length < 2 && !names.some(standsForSeveral))
    say(path, "an application load balancer needs subnets in two zones", "add a subnet in another zone");
  const seen = new Map<string, string>();
  for (const name of names) {
    const zone = zoneOf(index, name);
    const other = zone && seen.get(zone);
    if (other) say(path, `${other} and ${name} are both in ${zone}, but a load balancer can have only one subnet in each zone`);
    if (zone) seen.set(zone, name);
  }
  if (!isNetwork(spec)) for (const name of names) checkSize(index, name, path, say);
  const vpcs = new Set(names.flatMap((name) => vpcOf(index, name) ?? []));
  if (vpcs.size > 1) say(path, `the subnets are in different VPCs (${[...vpcs].join(", ")})`);
  if (!isNetwork(spec) && spec.securityGroups.length === 0) say("securityGroups", "an application load balancer needs a security group");
  (subnetMappings ?? []).forEach((mapping, i) => {
    const at = `subnetMappings[${i}]`;
    if (mapping.elasticIp !== undefined && (!isNetwork(spec) || spec.scheme === "internal"))
      say(`${at}.elasticIp`, "only an internet-facing network load balancer can have Elastic IPs");
    if (mapping.privateIpv4Address !== undefined && (!isNetwork(spec) || spec.scheme !== "internal"))
      say(`${at}.privateIpv4Address`, "only an internal network load balancer can have fixed private addresses");
  });
}

/** Application load balancers need subnets of a /27 or larger (Elastic Load Balancing, "Subnets for your load balancer"). */
function checkSize(index: ResourceIndex, subnet: string, path: string, say: Say): void {
  const { cidrBlock } = (index.get(subnet)?.spec ?? {}) as { cidrBlock?: unknown };
  const range = rangeOf(cidrBlock);
  if (range && range.prefix > 27)
    say(path, `${subnet} is a /${range.prefix}, but an application load balancer needs subnets of size /27 or larger`);
}

function zoneOf(index: ResourceIndex, subnet: unknown): string | undefined {
  const zone =
    typeof subnet === "string" ? (index.get(subnet)?.spec as { availabilityZone?: string } | undefined)?.availabilityZone : undefined;
  return zone !== undefined && /^[a-z]$/.test(zone) ? index.region + zone : zone;
}

function vpcOf(index: ResourceIndex, subnet: unknown): string | undefined {
  const vpc = typeof subnet === "string" ? (index.get(subnet)?.spec as { vpc?: unknown } | undefined)?.vpc : undefined;
  return typeof vpc === "string" ? vpc : undefined;
}

function checkFields(spec: LoadBalancer, say: Say): void {
  const foreign: readonly string[] = isNetwork(spec) ? onlyApplication : onlyNetwork;
  for (const field of attributeFields)
    if (spec[field] !== undefined && foreign.includes(field))
      say(field, `\`${field}\` is allowed only for ${isNetwork(spec) ? "application" : "network"} load balancers`);
  if (!isNetwork(spec) && spec.crossZone === false)
    say(
      "crossZone",
      "cross-zone load balancing of an application load balancer cannot be turned off; its target groups can turn it off with `crossZone`",
    );
  if (isNetwork(spec) && spec.ipAddressType === "dualstack-without-public-ipv4")
    say("ipAddressType", "the ipAddressType of a network load balancer must be ipv4 or dualstack");
  for (const field of ["accessLogs", "connectionLogs"] as const)
    if (spec[field] && spec[field].enabled !== false && spec[field].bucket === undefined) say(field, "an enabled log needs a `bucket`");
}

// ───────────────────────────────────────────────────────────── listeners

const protocolsOf = { application: ["HTTP", "HTTPS"], network: ["TCP", "TLS", "UDP", "TCP_UDP"] } as const;

/**
 * The target group protocols to which a listener of each protocol may forward (Elastic Load Balancing, "Listeners for your Application Load
 * Balancers" and "Listeners for your Network Load Balancers").
 */
const groupsFor: Readonly<Record<Listener["protocol"], readonly string[]>> = {
  HTTP: ["HTTP", "HTTPS"],
  HTTPS: ["HTTP", "HTTPS"],
  TCP: ["TCP", "TCP_UDP"],
  TLS: ["TLS", "TCP"],
  UDP: ["UDP", "TCP_UDP"],
  TCP_UDP: ["TCP_UDP"],
};

function checkListener(self: Subject<LoadBalancer>, index: ResourceIndex, port: string, listener: Listener, say: Say): void {
  const path = `listeners.${port}`;
  const type = isNetwork(self.spec) ? "network" : "application";
  const isSecure = listener.protocol === "HTTPS" || listener.protocol === "TLS";
  if (Number(port) > 65_535) say(path, `port ${port} is greater than 65535`);
  if (!(protocolsOf[type] as readonly string[]).includes(listener.protocol))
    say(
      `${path}.protocol`,
      `the protocol of a listener of a${type === "application" ? "n" : ""} ${type} load balancer must be ${protocolsOf[type].join(" or ")}, not ${listener.protocol}`,
    );
  if (isSecure && listener.certificate === undefined)
    say(
      path,
      `a listener with protocol ${listener.protocol} needs a certificate`,
      "write `certificate:` with a name from `certificates`, or with `{ arn: … }`",
    );
  checkMutual(listener, path, say);
  for (const field of ["certificate", "certificates", "sslPolicy", "alpnPolicy"] as const)
    if (!isSecure && listener[field] !== undefined)
      say(`${path}.${field}`, `\`${field}\` is allowed only with HTTPS or TLS, not with ${listener.protocol}`);
  if (listener.alpnPolicy !== undefined && listener.protocol === "HTTPS")
    say(`${path}.alpnPolicy`, "`alpnPolicy` is allowed only for TLS listeners of network load balancers");
  if (listener.idleTimeout !== undefined && listener.protocol !== "TCP")
    say(
      `${path}.idleTimeout`,
      `\`idleTimeout\` of a listener is allowed only with TCP, not with ${listener.protocol}`,
      type === "application" ? "write it on the load balancer" : undefined,
    );
  for (const field of ofApplicationListeners)
    if (type === "network" && listener[field] !== undefined)
      say(`${path}.${field}`, `\`${field}\` is allowed only for listeners of application load balancers`);
  checkAction(self, index, listener, listener.protocol, path, say);
  checkRules(self, index, port, listener, say);
}

/** Checks client certificates (Elastic Load Balancing, "Mutual authentication with TLS in Application Load Balancer"). */
function checkMutual({ protocol, mutualAuthentication: mutual }: Listener, path: string, say: Say): void {
  if (mutual === undefined) return;
  if (protocol !== "HTTPS")
    say(`${path}.mutualAuthentication`, `\`mutualAuthentication\` is allowed only with HTTPS, not with ${protocol}`);
  if ((mutual.mode === "verify") !== (mutual.trustStore !== undefined))
    say(
      `${path}.mutualAuthentication`,
      mutual.mode === "verify"
        ? "`mode: verify` needs a `trustStore`"
        : `\`trustStore\` is allowed only with \`mode: verify\`, not with ${mutual.mode}`,
    );
  if (mutual.mode !== "verify")
    for (const field of ["ignoreClientCertificateExpiry", "advertiseTrustStoreCaNames"] as const)
      if (mutual[field] !== undefined) say(`${path}.mutualAuthentication.${field}`, `\`${field}\` is allowed only with \`mode: verify\``);
}

/**
 * Checks authentication: on HTTPS listeners only, and by one method (Elastic Load Balancing, "Authenticate users using an Application Load
 * Balancer").
 */
function checkAuthentication(action: ActionFields, protocol: Listener["protocol"], path: string, say: Say): void {
  const written = (["authenticateOidc", "authenticateCognito", "jwtValidation"] as const).filter(
    (field) => typeof action[field] === "object",
  );
  for (const field of written)
    if (protocol !== "HTTPS") say(`${path}.${field}`, `\`${field}\` is allowed only with HTTPS, not with ${protocol}`);
  if (written.length > 1) say(`${path}.${written[1]}`, `${written.join(" and ")} exclude each other`);
  for (const field of ["authenticateOidc", "authenticateCognito"] as const) {
    const its = action[field];
    if (typeof its === "object" && Object.keys(its.authenticationRequestExtraParams ?? {}).length > 10)
      say(`${path}.${field}.authenticationRequestExtraParams`, "AWS allows at most ten extra parameters");
  }
}

function checkAction(
  self: Subject<LoadBalancer>,
  index: ResourceIndex,
  action: ActionFields,
  protocol: Listener["protocol"],
  path: string,
  say: Say,
): void {
  const written = (["forward", "redirect", "fixedResponse"] as const).filter((field) => action[field] !== undefined);
  if (written.length !== 1)
    say(
      path,
      written.length === 0
        ? "an action needs one of `forward`, `redirect` and `fixedResponse`"
        : `${written.join(" and ")} exclude each other`,
    );
  checkAuthentication(action, protocol, path, say);
  if (isNetwork(self.spec) && (action.redirect || action.fixedResponse)) say(path, "a network load balancer can only `forward`");
  if (action.forwardStickiness !== undefined && action.forward === undefined)
    say(`${path}.forwardStickiness`, "`forwardStickiness` is allowed only with `forward`");
  const status = action.fixedResponse?.statusCode;
  if (status !== undefined && status >= 300 && status < 400)
    say(`${path}.fixedResponse.statusCode`, `the status code of a fixed response must be 2xx, 4xx or 5xx, not ${status}`, "use `redirect`");
  const { redirect } = action;
  if (redirect && protocol === "HTTPS" && redirect.protocol === "HTTP")
    say(`${path}.redirect.protocol`, "AWS does not redirect from HTTPS to HTTP");
  if (redirect && isLoop(redirect))
    say(`${path}.redirect`, "a redirect that changes nothing would never end", "change the protocol, host, port or path");
  const groups = wantedWeights(action.forward);
  const names = groups.map((group) => group.targetGroup);
  if (new Set(names).size < names.length) say(`${path}.forward`, "`forward` lists a target group twice");
  if (groups.length > 0 && groups.every((group) => group.weight === 0))
    say(`${path}.forward`, "all weights are 0, so every request would be answered with an error", undefined, "warning");
  for (const name of names) checkGroup(self, index, name, protocol, `${path}.forward`, say);
}

function isLoop({ protocol, host, port, path, query }: NonNullable<ActionFields["redirect"]>): boolean {
  const changes = (value: unknown, placeholder: string) => value !== undefined && value !== placeholder;
  return (
    !changes(protocol, "#{protocol}") &&
    !changes(host, "#{host}") &&
    !changes(port, "#{port}") &&
    !changes(path, "/#{path}") &&
    !changes(query, "#{query}")
  );
}

/** The group must have a protocol that fits the listener, and lie in the VPC of the load balancer. */
function checkGroup(
  { spec }: Subject<LoadBalancer>,
  index: ResourceIndex,
  name: unknown,
  listener: Listener["protocol"],
  path: string,
  say: Say,
): void {
  const group = typeof name === "string" ? index.get(name) : undefined;
  if (!group) return;
  const { protocol, vpc, targetType } = group.spec as { protocol?: string; vpc?: unknown; targetType?: string };
  if (targetType === "lambda" && isNetwork(spec))
    say(path, `${group.address} has \`targetType: lambda\`, to which only application load balancers can forward`);
  if (targetType === "alb" && !isNetwork(spec))
    say(path, `${group.address} has \`targetType: alb\`, to which only network load balancers can forward`);
  const type = isNetwork(spec) ? "network" : "application";
  // A listener protocol that does not fit the load balancer is reported separately.
  const fitting = (protocolsOf[type] as readonly string[]).includes(listener) ? groupsFor[listener] : protocolsOf[type];
  const listeners = protocolsOf[type].filter((one) => protocol !== undefined && groupsFor[one].includes(protocol));
  if (protocol !== undefined && !fitting.includes(protocol))
    say(
      path,
      `${group.address} has protocol ${protocol}, but a ${listener} listener of a${type === "application" ? "n" : ""} ${type} load balancer can forward only to target groups with protocol ${fitting.join(" or ")}`,
      `write ${oneOf("protocol", fitting)} on ${group.address}${listeners.length > 0 ? `, or ${oneOf("protocol", listeners)} on the listener` : ""}`,
    );
  const mine = vpcOf(index, spec.subnets?.[0] ?? spec.subnetMappings?.[0]?.subnet);
  if (mine !== undefined && typeof vpc === "string" && vpc !== mine)
    say(path, `${group.address} is in ${vpc}, but the load balancer is in ${mine}`);
}

function checkRules(self: Subject<LoadBalancer>, index: ResourceIndex, port: string, { rules = {}, protocol }: Listener, say: Say): void {
  const entries = Object.entries(rules);
  if (entries.length > 0 && isNetwork(self.spec)) say(`listeners.${port}.rules`, "a listener of a network load balancer cannot have rules");
  const byPriority = new Map<number, string>();
  for (const [name, rule] of entries) {
    const path = `listeners.${port}.rules.${name}`;
    const other = rule.priority === undefined ? undefined : byPriority.get(rule.priority);
    if (other !== undefined)
      say(`${path}.priority`, `rule ${other} already has priority ${rule.priority}, and each rule of a listener needs its own`);
    if (rule.priority !== undefined) byPriority.set(rule.priority, name);
    checkAction(self, index, rule, protocol, path, say);
    checkConditions(rule, path, say);
  }
}

/** The quota counts the rules of all listeners together, without the default actions (Elastic Load Balancing, "Quotas"). */
function checkNumberOfRules({ listeners = {} }: LoadBalancer, say: Say): void {
  const count = Object.values(listeners).reduce((sum, { rules = {} }) => sum + Object.keys(rules).length, 0);
  if (count > 100)
    say("listeners", `the listeners have ${count} rules together, but AWS allows 100 unless the quota was raised`, undefined, "warning");
}

/** AWS takes at most five values in all conditions of a rule together. */
function checkConditions({ conditions }: Rule, path: string, say: Say): void {
  const { header = {}, headerRegex = {}, ...lists } = conditions;
  const values = [...Object.values(lists), ...Object.values(header), ...Object.values(headerRegex)].flatMap((list) => list ?? []).length;
  for (const field of ["host", "path"] as const)
    if (conditions[field] && conditions[`${field}Regex`])
      say(`${path}.conditions.${field}Regex`, `a rule has \`${field}\` or \`${field}Regex\`, not both`);
  if (values === 0) say(`${path}.conditions`, "a rule needs a condition", "write the action for all requests on the listener itself");
  if (values > 5) say(`${path}.conditions`, `the conditions have ${values} values, but AWS allows 5 in one rule`, "split the rule");
}

/** A target group can belong to only one application load balancer. */
function checkSharing(self: Subject<LoadBalancer>, index: ResourceIndex, say: Say): void {
  if (isNetwork(self.spec)) return;
  const mine = groupsOf(self.spec);
  for (const other of index.of("loadBalancer") as readonly Subject<LoadBalancer>[]) {
    // The load balancer whose address sorts later gets the problem.
    if (isNetwork(other.spec) || other.address >= self.address) continue;
    const shared = [...groupsOf(other.spec)].find((group) => mine.has(group));
    if (shared !== undefined)
      say(
        "listeners",
        `${other.address} also forwards to ${shared}, but a target group can belong to only one application load balancer`,
        "declare a second target group",
      );
  }
}

function groupsOf(spec: LoadBalancer): Set<string> {
  const actions = Object.values(spec.listeners ?? {}).flatMap((listener): ActionFields[] => [
    listener,
    ...Object.values(listener.rules ?? {}),
  ]);
  return new Set(
    actions.flatMap((action) => wantedWeights(action.forward).map((group) => group.targetGroup)).filter((name) => typeof name === "string"),
  );
}

function oneOf(field: string, values: readonly string[]): string {
  return values.map((value) => `\`${field}: ${value}\``).join(" or ");
}
