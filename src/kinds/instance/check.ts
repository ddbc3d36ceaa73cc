/** Checks that a schema cannot express about an instance and its neighbours. */
import ipaddr from "ipaddr.js";
import type { Instance } from "./schema.ts";
import type { Address, Desired, Live, Problem, Subject, ResourceIndex } from "../kind.ts";
import { checkMachine } from "../shared/instances/checks.ts";
import { spotOf } from "../shared/instances/launch.ts";
import { checkFurther } from "../shared/instances/further-interfaces.ts";
import { hasOnlyIpv6 } from "../shared/network/ipv6-only.ts";
import { gatewaysOf, indexBy, refKey, subnetOfMachine, tableFor, vpcOfSubnet } from "../shared/network/network-index.ts";
import { checkKeyOfWindows } from "../shared/instances/private-keys.ts";
import { isBurstable } from "../shared/instances/processor.ts";
import { groupsOfItsVpc, groupsOfTemplate, needsIpv6 } from "../shared/network/subnet-checks.ts";

export function checkInstance(self: Subject<Instance>, index: ResourceIndex): readonly Problem[] {
  const { spec } = self;
  return [
    ...checkMachine(spec),
    ...checkKeyOfWindows(self, index),
    ...checkInterfaces(spec, index),
    ...groupsOfItsVpc(index, "an instance", [spec.subnet], spec.securityGroups),
    ...groupsOfTemplate(index, spec.launchTemplate, "launchTemplate", [spec.subnet], spec),
    ...((spec.ipv6AddressCount ?? 0) > 0 ? needsIpv6(index, "ipv6AddressCount", [spec.subnet]) : []),
    ...checkAddress(self, index),
    ...ofIpv4.flatMap((field) => (spec[field] === undefined || spec[field] === false ? [] : hasOnlyIpv6(index, spec.subnet, field))),
    ...checkType(spec),
    ...checkTemplate(spec),
  ];
}

/** An instance comes after the routes and gateways to the outside, because its user data downloads only once, at the first boot. */
export function afterItsWay(self: Subject<Instance>, index: ResourceIndex): readonly Address[] {
  const subnet = subnetOfMachine(index, self);
  const vpc = vpcOfSubnet(index, subnet);
  const table = tableFor(index, subnet);
  return [...(table ? [table.address] : []), ...(vpc === undefined ? [] : gatewaysOf(index, vpc).map(({ address }) => address))];
}

/**
 * Says why the instance must be left alone: foreign security groups may be a quarantine, in which everything must stay as it is. Groups of
 * our own that are not listed are ordinary drift. With `unlisted: remove`, foreign groups are ordinary drift, too.
 */
export function whyQuarantined(self: Subject<Instance>, live: Live<Instance>): string | undefined {
  const { unlisted } = self as Partial<Desired>;
  const listed = self.spec.securityGroups;
  if (!listed || (typeof unlisted === "object" ? unlisted["securityGroups"] : unlisted) === "remove") return undefined;
  const strange = (live.spec.securityGroups ?? []).filter((group) => group.startsWith("sg-") && !listed.includes(group));
  if (strange.length === 0 || listed.some((group) => typeof group !== "string")) return undefined;
  return `it has ${strange.join(", ")}, which the YAML does not list; that may be a quarantine (\`unlisted: remove\` removes unlisted groups)`;
}

/** Fields of the instance's own interface. They do not apply where the first interface is declared separately. */
const ofOwnInterface = [
  "securityGroups",
  "associatePublicIpAddress",
  "privateIpAddress",
  "secondaryPrivateIpAddresses",
  "ipv6AddressCount",
  "sourceDestCheck",
] as const;

/** Fields that an instance can have only where its subnet has IPv4. */
const ofIpv4 = ["privateIpAddress", "secondaryPrivateIpAddresses", "associatePublicIpAddress"] as const;

function checkInterfaces(spec: Instance, index: ResourceIndex): Problem[] {
  const { subnet, networkInterfaces = [] } = spec;
  const [first] = networkInterfaces;
  if (subnet === undefined && typeof first === "object")
    return [
      {
        code: "conflict",
        path: "networkInterfaces[0]",
        summary: "Without `subnet`, the first network interface of an instance must be one that this file declares.",
        hint: "write its settings as fields of the instance, or name a network interface: `networkInterfaces: [NAME]`",
      },
    ];
  if (subnet === undefined && first === undefined)
    return [
      {
        code: "missing-field",
        summary: "An instance needs `subnet` or `networkInterfaces`.",
        hint: "write `subnet: NAME`, or `networkInterfaces: [NAME]`",
      },
    ];
  const problems: Problem[] = [];
  if (subnet !== undefined && first !== undefined && spec.associatePublicIpAddress)
    problems.push({
      code: "conflict",
      path: "associatePublicIpAddress",
      summary: "EC2 does not assign a public IPv4 address to an instance that is launched with several network interfaces.",
      hint: "remove `associatePublicIpAddress`, and declare an Elastic IP with `instance:` or `networkInterface:`",
    });
  if (subnet === undefined)
    for (const field of ofOwnInterface)
      if (spec[field] !== undefined)
        problems.push({
          code: "conflict",
          path: field,
          summary: `The instance is launched with ${refKey(first)}, so ${field} must be written there.`,
          hint: `write it on ${refKey(first)}, or write \`subnet\` on the instance`,
        });
  const zoneOf = (place: unknown): unknown => index.get(String(place))?.spec.availabilityZone;
  const zone = zoneOf(subnetOfMachine(index, { spec }));
  for (const [i, one] of networkInterfaces.entries()) {
    const other = zoneOf(typeof one === "string" ? index.get(one)?.spec.subnet : one.subnet);
    if (zone !== undefined && other !== undefined && zone !== other)
      problems.push({
        code: "conflict",
        path: `networkInterfaces[${i}]`,
        summary: `${typeof one === "string" ? one : `networkInterfaces[${i}]`} is in ${String(other)}, but the instance is in ${String(zone)}.`,
        hint: "use subnets in one zone for all network interfaces of an instance",
      });
    if (typeof one === "string") {
      if (networkInterfaces.indexOf(one) < i)
        problems.push({ code: "conflict", path: `networkInterfaces[${i}]`, summary: `${one} is listed twice.` });
      continue;
    }
    problems.push(...checkFurther(one, `networkInterfaces[${i}]`, index));
    for (const field of ["privateIpAddress", "secondaryPrivateIpAddressCount"] as const)
      if (one[field] !== undefined) problems.push(...hasOnlyIpv6(index, one.subnet, `networkInterfaces[${i}].${field}`));
  }
  return problems;
}

function checkAddress(self: Subject<Instance>, index: ResourceIndex): Problem[] {
  const { privateIpAddress: address, subnet } = self.spec;
  if (address === undefined || subnet === undefined) return [];
  const wrong = (code: Problem["code"], summary: string, hint?: string): Problem[] => [
    { code, path: "privateIpAddress", summary, ...(hint ? { hint } : {}) },
  ];
  if (!ipaddr.IPv4.isValidFourPartDecimal(address))
    return wrong("bad-value", `"${address}" is not an IPv4 address.`, "write an address of the subnet, such as 10.0.1.10");
  const twin = indexBy(index, "instances by private address", "instance", (one) =>
    one.spec.privateIpAddress === undefined ? [] : [`${refKey(one.spec.subnet)} ${one.spec.privateIpAddress}`],
  )
    .get(`${refKey(subnet)} ${address}`)
    ?.find((one) => one.address < self.address && declaredAs(one) !== declaredAs(self));
  if (twin) return wrong("conflict", `${twin.address} already has the address ${address}.`, "write another address");
  const range: unknown = index.get(subnet)?.spec.cidrBlock;
  if (typeof range !== "string" || !ipaddr.IPv4.isValidCIDR(range)) return [];
  const parsed = ipaddr.IPv4.parse(address);
  if (!parsed.match(ipaddr.IPv4.parseCIDR(range))) return wrong("bad-value", `${address} is not inside ${subnet} (${range}).`);
  return isReserved(parsed, range)
    ? wrong("bad-value", `AWS reserves ${address}: the first four addresses and the last address of every subnet.`)
    : [];
}

/**
 * The declaration of an address. One declaration that makes several instances with the same address is reported once, by the check of
 * slots.
 */
function declaredAs({ address }: { readonly address: string }): string {
  return address.replace(/\[.*\]$/s, "");
}

function isReserved(address: ipaddr.IPv4, range: string): boolean {
  const number = (of: ipaddr.IPv4) => of.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return (
    number(address) - number(ipaddr.IPv4.networkAddressFromCIDR(range)) < 4 ||
    number(address) === number(ipaddr.IPv4.broadcastAddressFromCIDR(range))
  );
}

/** Checks that the instance has an image and a type. A template may supply them. */
function checkTemplate(spec: Instance): Problem[] {
  if (spec.launchTemplate !== undefined) return [];
  return (["image", "instanceType"] as const)
    .filter((field) => spec[field] === undefined)
    .map((field) => ({
      code: "missing-field",
      summary: `${field} is missing.`,
      hint: `write \`${field}:\`, or \`launchTemplate:\` with a template that has it`,
    }));
}

function checkType(spec: Instance): Problem[] {
  const problems: Problem[] = [];
  if (spec.creditSpecification !== undefined && spec.instanceType !== undefined && !isBurstable(spec.instanceType))
    problems.push({
      code: "bad-value",
      path: "creditSpecification",
      summary: `${spec.instanceType} has no CPU credits; only t2, t3, t3a and t4g instances have them.`,
    });
  const spot = spotOf(spec.spot);
  if (spot && spot.type !== "persistent" && spec.state === "stopped")
    problems.push({
      code: "bad-spot",
      path: "state",
      summary: "EC2 cannot stop an instance of a one-time Spot request.",
      hint: "write `spot: { type: persistent, interruptionBehavior: stop }`",
    });
  return problems;
}
