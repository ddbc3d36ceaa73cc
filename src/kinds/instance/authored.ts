import type { Authored, AwsId, Remark, Spec } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { authoredMachine, remarksOfMachine } from "../shared/machine-authored.ts";
import type { Instance } from "./schema.ts";
import type { InstanceLive } from "./live.ts";

/** A machine as an author writes it. Its private address is AWS's choice, and its public one its subnet's, unless it is another. */
export function authored(spec: Partial<Instance>, live: InstanceLive, specOf: (id: AwsId) => Spec | undefined): Authored<Instance> {
  const remarks: Remark[] = remarksOfMachine(spec);
  const { cards, attached, madeWith, ownsCard } = live.handle;
  const strange = cards - attached.length - madeWith.length - (ownsCard ? 1 : 0);
  if (strange > 0) remarks.push({ text: `it has ${strange} more network interfaces that go with it; they are not in this file` });
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

/** Its private address is AWS's choice. */
function plainInterface(one: Listed, specOf: (id: AwsId) => Spec | undefined): Listed {
  if (typeof one === "string") return one;
  return without(omit(one, ["privateIpAddress"]), {
    secondaryPrivateIpAddressCount: 0,
    ipv6AddressCount: ipv6Of(specOf(one.subnet)),
  }) as Listed;
}

type Listed = NonNullable<Instance["networkInterfaces"]>[number];

/**
 * Where somebody asked for one thread a core: types of Graviton (a1, m7g) and those of one processor have no other (EC2 User Guide,
 * "Supported CPU options"). How many cores a type has nothing here tells.
 */
function processorsOf({ cpuOptions, instanceType = "" }: Partial<Instance>): Partial<Instance> {
  const isUsual = /^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType) || cpuOptions?.threadsPerCore !== 1 || cpuOptions.coreCount === 1;
  return isUsual ? {} : { cpuOptions };
}

/** Where its names are not of the form that its subnet gives, without records for the other form. */
function hostNameOf({ privateDnsNameOptions, subnet }: Partial<Instance>, specOf: (id: AwsId) => Spec | undefined): Partial<Instance> {
  const { hostnameType, enableResourceNameDnsARecord: four, enableResourceNameDnsAAAARecord: six } = privateDnsNameOptions ?? {};
  const usual = specOf(subnet ?? "")?.["privateDnsHostnameTypeOnLaunch"] ?? "ip-name";
  const isUsual = (hostnameType ?? usual) === usual && four !== true && six !== true;
  return privateDnsNameOptions === undefined || isUsual ? {} : { privateDnsNameOptions };
}

/** Disks that outlive it are objects of their own. */
function withoutOthers(spec: Partial<Instance>, { handle }: InstanceLive): Partial<Instance> {
  if (!spec.volumes) return spec;
  const own = new Set(handle.disks.filter(({ diesWithIt }) => diesWithIt).map(({ device }) => device));
  return { ...spec, volumes: Object.fromEntries(Object.entries(spec.volumes).filter(([device]) => own.has(device))) };
}

/** What a machine shows of an interface that is an object of its own. */
const ofInterface = [
  "subnet",
  "securityGroups",
  "associatePublicIpAddress",
  "privateIpAddress",
  "secondaryPrivateIpAddresses",
  "ipv6AddressCount",
  "sourceDestCheck",
] as const;

/** How many IPv6 addresses a machine gets when nobody says. */
function ipv6Of(subnet: Spec | undefined): number {
  return subnet?.["assignIpv6AddressOnCreation"] === true ? 1 : 0;
}
