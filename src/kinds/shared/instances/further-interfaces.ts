/** Network interfaces that are created with an instance in addition to its first one: their fields, and their form in EC2's requests. */
import type { LaunchTemplateInstanceNetworkInterfaceSpecification } from "@aws-sdk/client-ec2";
import type { Static } from "typebox";
import { boolean, integer, object, optional, ref, set, string } from "../../../resource/fields.ts";
import type { Problem, ResourceIndex } from "../../kind.ts";
import { whyNotIn } from "../network/private-address.ts";
import { groupsOfItsVpc, needsIpv6 } from "../network/subnet-checks.ts";

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

/** An interface of an instance. The author names its subnet, and it is deleted with the instance. */
export const ofMachine = object(
  {
    subnet: ref("subnet", "The subnet of the network interface, in the zone of the instance."),
    privateIpAddress: optional(string("The primary private address. If omitted: an address that EC2 chooses.", { format: "ipv4" })),
    ...fields,
  },
  "A network interface that is made and deleted with the instance.",
);

/** An interface of a launch template, from which many instances may be launched. */
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

/** Returns an interface in the form of RunInstances and of a launch template's data. */
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

/**
 * Returns an interface of a launch template's data with the names that authors use. Fields that the template does not set are undefined.
 */
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

/** Returns the fields that are written and differ from AWS. */
export function differing(request: Either, have: Either): readonly (keyof Either)[] {
  const isSame = (a: unknown, b: unknown) =>
    Array.isArray(a) ? Array.isArray(b) && a.length === b.length && a.every((item) => b.includes(item)) : a === b;
  return (Object.keys(request) as (keyof Either)[]).filter(
    (field) => request[field] !== undefined && !isSame(request[field], have[field] ?? unwritten[field]),
  );
}

/** EC2's values for fields that are left out. EC2 returns some of them as absent. */
const unwritten: Either = { description: "", secondaryPrivateIpAddressCount: 0, ipv6AddressCount: 0, deleteOnTermination: true };

/** Checks what a schema cannot: the VPC of the security groups, the private address, and IPv6 in the subnet. */
export function checkFurther(one: Either, path: string, index: ResourceIndex): Problem[] {
  const problems = groupsOfItsVpc(index, "a network interface", [one.subnet], one.securityGroups, `${path}.securityGroups`);
  const range: unknown = one.subnet === undefined ? undefined : index.get(one.subnet)?.spec.cidrBlock;
  const why =
    one.privateIpAddress !== undefined && typeof range === "string" ? whyNotIn(one.privateIpAddress, range, one.subnet!) : undefined;
  if (why !== undefined) problems.push({ code: "bad-value", path: `${path}.privateIpAddress`, summary: why });
  if ((one.ipv6AddressCount ?? 0) > 0) problems.push(...needsIpv6(index, `${path}.ipv6AddressCount`, [one.subnet]));
  return problems;
}
