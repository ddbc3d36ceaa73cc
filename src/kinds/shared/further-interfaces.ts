/** Network interfaces that are made with a machine besides its first: as authors write them, and in EC2's words. */
import type { LaunchTemplateInstanceNetworkInterfaceSpecification } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import { boolean, integer, object, optional, ref, set, string } from "../../resource/fields.ts";
import type { Problem, ResourceIndex } from "../kind.ts";
import { whyNotIn } from "./private-address.ts";
import { groupsOfItsVpc, needsIpv6 } from "./subnet-checks.ts";

const fields = {
  securityGroups: optional(
    set(
      ref("securityGroup", "A security group."),
      "The security groups of the network interface. If omitted: the default group of the VPC.",
      {
        minItems: 1,
        uniqueItems: true,
      },
    ),
  ),
  description: optional(string("A description of the network interface.", { maxLength: 255 })),
  secondaryPrivateIpAddressCount: optional(
    integer("Number of private addresses in addition to the primary one; EC2 chooses them.", { minimum: 0, maximum: 49 }),
  ),
  ipv6AddressCount: optional(integer("Number of IPv6 addresses. If omitted: the setting of the subnet.", { minimum: 0, maximum: 49 })),
};

/** One of a machine: it is in a subnet that the author names, and goes with the machine. */
export const ofMachine = object(
  {
    subnet: ref("subnet", "The subnet of the network interface, in the zone of the instance."),
    privateIpAddress: optional(string("The primary private address. If omitted: an address that EC2 chooses.", { format: "ipv4" })),
    ...fields,
  },
  "A network interface that is made and deleted with the instance.",
);

/** One of a launch template, of which many machines may be made. */
export const ofTemplate = object(
  {
    subnet: optional(
      ref(
        "subnet",
        "The subnet of the network interface. If omitted: that of the first interface. Not allowed when an Auto Scaling group launches.",
      ),
    ),
    ...fields,
    deleteOnTermination: optional(boolean("Whether the network interface is deleted when its instance is terminated. Default: true.")),
  },
  "A network interface in addition to the first.",
);

export type FurtherInterface = Static<typeof ofMachine>;
export type TemplateInterface = Static<typeof ofTemplate>;

type Either = Partial<FurtherInterface> & Partial<TemplateInterface>;

/** For RunInstances and a launch template's data. */
export function furtherRequest(one: Either, DeviceIndex: number) {
  const written = {
    DeviceIndex,
    SubnetId: one.subnet,
    Groups: one.securityGroups === undefined ? undefined : [...one.securityGroups],
    Description: one.description,
    PrivateIpAddress: one.privateIpAddress,
    SecondaryPrivateIpAddressCount: one.secondaryPrivateIpAddressCount,
    Ipv6AddressCount: one.ipv6AddressCount,
    DeleteOnTermination: one.deleteOnTermination ?? true,
  };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as typeof written;
}

/** One of a template's data, as an author writes it; what the template does not set is there, as undefined. */
export function furtherOfTemplate(one: LaunchTemplateInstanceNetworkInterfaceSpecification): TemplateInterface {
  return {
    subnet: one.SubnetId,
    securityGroups: one.Groups?.length ? one.Groups : undefined,
    description: one.Description,
    secondaryPrivateIpAddressCount: one.SecondaryPrivateIpAddressCount,
    ipv6AddressCount: one.Ipv6AddressCount,
    deleteOnTermination: one.DeleteOnTermination,
  };
}

/** The fields that are written and that AWS has otherwise. */
export function differing(request: Either, have: Either): readonly (keyof Either)[] {
  const isSame = (a: unknown, b: unknown) =>
    Array.isArray(a) ? Array.isArray(b) && a.length === b.length && a.every((item) => b.includes(item)) : a === b;
  return (Object.keys(request) as (keyof Either)[]).filter(
    (field) => request[field] !== undefined && !isSame(request[field], have[field] ?? unwritten[field]),
  );
}

/** What EC2 makes of a field that is left out; it tells some of them as absent. */
const unwritten: Either = { description: "", secondaryPrivateIpAddressCount: 0, ipv6AddressCount: 0, deleteOnTermination: true };

/** What a schema cannot say: groups of its own VPC, and IPv6 addresses where there are some. */
export function checkFurther(one: Either, path: string, index: ResourceIndex): Problem[] {
  const problems = groupsOfItsVpc(index, "an interface", [one.subnet], one.securityGroups, `${path}.securityGroups`);
  const range: unknown = one.subnet === undefined ? undefined : index.get(one.subnet)?.spec.cidrBlock;
  const why =
    one.privateIpAddress !== undefined && typeof range === "string" ? whyNotIn(one.privateIpAddress, range, one.subnet!) : undefined;
  if (why !== undefined) problems.push({ code: "bad-value", path: `${path}.privateIpAddress`, summary: why });
  if ((one.ipv6AddressCount ?? 0) > 0) problems.push(...needsIpv6(index, `${path}.ipv6AddressCount`, [one.subnet]));
  return problems;
}
