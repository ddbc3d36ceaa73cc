import type { Authored, AwsId, Remark, Spec } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { authoredMachine, remarksOfMachine } from "../shared/instances/authored.ts";
import type { Instance } from "./schema.ts";
import type { InstanceLive } from "./live.ts";

/**
 * An instance as an author writes it, without its private address, which AWS chose, and without the subnet's setting for public addresses.
 */
export function authored(spec: Partial<Instance>, live: InstanceLive, specOf: (id: AwsId) => Spec | undefined): Authored<Instance> {
  const remarks: Remark[] = remarksOfMachine(spec);
  const { cards, attached, madeWith, ownsCard } = live.handle;
  const strange = cards - attached.length - madeWith.length - (ownsCard ? 1 : 0);
  if (strange > 0)
    remarks.push({ text: `it has ${strange} more network interfaces, which AWS deletes with the instance; they are not in this file` });
  const ofSubnet = specOf(spec.subnet ?? "")?.["mapPublicIpOnLaunch"];
  const plain = without(omit(authoredMachine(withoutOthers(spec, live)), ["privateIpAddress"]), {
    associatePublicIpAddress: ofSubnet,
    state: "running",
  });
  const mine: Partial<Instance> = without(plain, {
    networkInterfaces: [],
    secondaryPrivateIpAddresses: [],
    ipv6AddressCount: ipv6Of(specOf(spec.subnet ?? "")),
  });
  if (mine.networkInterfaces) mine.networkInterfaces = mine.networkInterfaces.map((one) => plainInterface(one, specOf));
  Object.assign(mine, processorsOf(spec), hostNameOf(spec, specOf));
  return { spec: ownsCard ? mine : omit(mine, ofInterface), remarks };
}

/** An interface as an author writes it, without the private address that AWS chose. */
function plainInterface(one: Listed, specOf: (id: AwsId) => Spec | undefined): Listed {
  if (typeof one === "string") return one;
  return without(omit(one, ["privateIpAddress"]), {
    secondaryPrivateIpAddressCount: 0,
    ipv6AddressCount: ipv6Of(specOf(one.subnet)),
  }) as Listed;
}

type Listed = NonNullable<Instance["networkInterfaces"]>[number];

/**
 * CPU options that somebody chose: one thread for each core. Graviton types (a1, m7g) and types with a single core have no other setting
 * (EC2 User Guide, "Supported CPU options"). The number of cores of a type is not known here.
 */
function processorsOf({ cpuOptions, instanceType = "" }: Partial<Instance>): Partial<Instance> {
  const isUsual = /^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType) || cpuOptions?.threadsPerCore !== 1 || cpuOptions.coreCount === 1;
  return isUsual ? {} : { cpuOptions };
}

/** The host name options, where they differ from the form that the subnet gives, or add records for the other form. */
function hostNameOf({ privateDnsNameOptions, subnet }: Partial<Instance>, specOf: (id: AwsId) => Spec | undefined): Partial<Instance> {
  const { hostnameType, enableResourceNameDnsARecord: four, enableResourceNameDnsAAAARecord: six } = privateDnsNameOptions ?? {};
  const usual = specOf(subnet ?? "")?.["privateDnsHostnameTypeOnLaunch"] ?? "ip-name";
  const isUsual = (hostnameType ?? usual) === usual && four !== true && six !== true;
  return privateDnsNameOptions === undefined || isUsual ? {} : { privateDnsNameOptions };
}

/** Leaves out volumes that outlive the instance: they are separate resources. */
function withoutOthers(spec: Partial<Instance>, { handle }: InstanceLive): Partial<Instance> {
  if (!spec.volumes) return spec;
  const own = new Set(handle.disks.filter(({ diesWithIt }) => diesWithIt).map(({ device }) => device));
  return { ...spec, volumes: Object.fromEntries(Object.entries(spec.volumes).filter(([device]) => own.has(device))) };
}

/** Fields that an instance shows of an interface that is a separate resource. */
const ofInterface = [
  "subnet",
  "securityGroups",
  "associatePublicIpAddress",
  "privateIpAddress",
  "secondaryPrivateIpAddresses",
  "ipv6AddressCount",
  "sourceDestCheck",
] as const;

/** The number of IPv6 addresses that an instance gets when nobody sets it. */
function ipv6Of(subnet: Spec | undefined): number {
  return subnet?.["assignIpv6AddressOnCreation"] === true ? 1 : 0;
}
