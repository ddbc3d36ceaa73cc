import { unzipped } from "../../resource/gzip.ts";
import { authored } from "./authored.ts";
import { imageLines, textOf } from "../shared/told.ts";
import { machineNames } from "../shared/instances/names.ts";
import { foreignAddresses } from "../shared/network/foreign-addresses.ts";
import { preflightMachines } from "../shared/instances/preflight.ts";
import { interfacesImpact, outliving, sameInterfaces } from "./listed.ts";
import { afterItsWay, checkInstance, whyQuarantined } from "./check.ts";
import { diskPaths, launching } from "./iam.ts";
import { modify } from "./modify.ts";
import type { Handle } from "./live.ts";
import { findInstances, getInstances, listInstances, instancesWithin } from "./observe.ts";
import { architectureOf } from "../shared/instances/processor.ts";
import { launch, terminate } from "./launch.ts";
import { shrinks, volumesAgree, volumesImpact } from "./volumes.ts";
import { network } from "./network.ts";
import { schema, type Instance } from "./schema.ts";
import { refKey } from "../shared/network/network-index.ts";
import type { Around, Driver, Fields, Impact, Kind, Slot, Subject } from "../kind.ts";
import type { Spot } from "../shared/instances/fields.ts";
import { launchedWith } from "../shared/instances/iam.ts";
import { atLeast, privateAddressSlot } from "../shared/slots.ts";
import { isSameKmsKey, isSameSpot, normaliseMachine } from "../shared/instances/launch.ts";
import { ec2Tagging } from "../../aws/tagging.ts";
import { drawn } from "./drawn.ts";
import { together } from "../../resource/findings.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const fields: Fields<Instance> = {
  image: {
    // A new version of an image of the file counts as a newer image. An existing instance stays, unless the author says otherwise.
    change: (_was, _now, { now, live }) => (live === undefined && now.imageUpdates !== "replace" ? "note" : "replace"),
    whileGone: "free",
    hashTag: "infra:image",
    lines: imageLines,
    // The tag holds the expression. The author decides whether a newer image replaces the instance.
    same: (_want, have, _live, resolved, spec) =>
      spec?.imageUpdates !== "replace" || resolved === undefined || have === undefined || have === resolved,
    because: "an instance keeps the image that it was launched from",
  },
  instanceType: {
    change: typeImpact,
    because: {
      restart: "changing the instance type needs a stop and start",
      replace: "changing the instance type needs a stop, and EC2 cannot stop an instance of a one-time Spot request",
    },
  },
  // Importing a key pair again under its name changes nothing on the instances that have the old one.
  keyPair: {
    change: (_was, now, spec) => (spec.was.keyPair === now ? "note" : "replace"),
    whileGone: "free",
    because: "the key is installed on an instance when it first boots",
    urgency: "safety",
  },
  // An interface in a VPC needs at least one group (EC2 API, ModifyInstanceAttribute).
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  associatePublicIpAddress: { change: "update", urgency: opensWhen(true) },
  instanceProfile: { change: "update", urgency: "safety" },
  userData: {
    change: (_was, _now, { now }) => now.userDataChange ?? "note",
    hashTag: "infra:user-data",
    hashed: true,
    late: true,
    means: unzipped,
    because: "its user data differs; an instance reads it when it boots",
    urgency: "safety",
  },
  rootVolume: {
    change: "update",
    of: {
      size: { change: (was: number | undefined, now: number | undefined) => (shrinks(was, now) ? refuseShrink : "update") },
      type: { change: "update" },
      iops: { change: "update" },
      throughput: { change: "update" },
      // An account that encrypts by default also encrypts volumes for which nobody asked for it.
      encrypted: {
        change: "replace",
        same: (request, have) => request === have || have === true,
        because: "a volume cannot be encrypted in place",
        urgency: "safety",
      },
      kmsKey: {
        change: "replace",
        same: (request, have) => isSameKmsKey(request as string, have as string | undefined),
        because: "the KMS key of a volume cannot be changed",
        urgency: "safety",
      },
      deleteOnTermination: { change: "update", urgency: "safety" },
    },
  },
  volumes: { change: volumesImpact, same: volumesAgree, because: "its volumes differ" },
  metadataOptions: {
    change: "update",
    of: { httpTokens: { change: "update", default: { value: "required", class: "create-only" } } },
    urgency: opensWhen("optional"),
  },
  monitoring: { change: "update" },
  disableApiTermination: { change: "update", urgency: "safety" },
  shutdownBehavior: { change: "update", urgency: "safety" },
  spot: {
    change: "replace",
    same: (request, have) => isSameSpot(request, have as boolean | Spot | undefined),
    because: "the purchasing option of an instance can only be chosen at launch",
  },
  disableApiStop: { change: "update", urgency: "safety" },
  hibernation: { change: "replace", because: "hibernation can only be enabled at launch" },
  cpuOptions: { change: "replace", because: "the CPU options of an instance can only be chosen at launch" },
  enclave: { change: "replace", because: "Nitro Enclaves can only be enabled at launch" },
  maintenanceOptions: { change: "update" },
  privateDnsNameOptions: {
    change: "update",
    of: {
      hostnameType: { change: "restart", because: "changing the host name needs a stop and start" },
      enableResourceNameDnsARecord: { change: "update" },
      enableResourceNameDnsAAAARecord: { change: "update" },
    },
  },
  launchTemplate: { change: "replace", whileGone: "free", because: "an instance keeps the launch template that it was launched from" },
  volumeTags: { change: "update", as: "map", late: true },
  placementGroup: { change: "restart", because: "changing the placement group needs a stop and start" },
  capacityReservation: { change: "restart", because: "changing the capacity reservation needs a stop and start" },
  tenancy: { change: "replace", because: "the tenancy of an instance can only be chosen at launch" },
  ebsOptimized: { change: "restart", because: "changing the EBS optimisation needs a stop and start" },
  creditSpecification: { change: "update" },
  subnet: { change: "replace", because: "an instance cannot move to another subnet" },
  networkInterfaces: {
    change: interfacesImpact,
    same: sameInterfaces,
    default: { value: [], class: "enforced" },
    because: { replace: "an instance keeps the network interfaces with which it was launched" },
  },
  privateIpAddress: { change: "replace", because: "the primary private address of an instance cannot be changed" },
  secondaryPrivateIpAddresses: { change: "update", as: "set", default: { value: [], class: "create-only" } },
  ipv6AddressCount: { change: "update" },
  // On an interface that is a separate resource, it is a field of that resource.
  sourceDestCheck: {
    change: "update",
    default: { value: true, class: "enforced", unless: (spec) => spec.subnet === undefined },
    urgency: "safety",
  },
  state: {
    change: (_was, now) => (now === "stopped" ? "restart" : "update"),
    // Left alone when unwritten, except for an instance that a restart of ours stopped and did not start again.
    default: { value: "running", class: "floor" },
    lessSafe: isInterrupted,
    unfinished: isInterrupted,
    because: "its power state differs",
    urgency: "traffic",
  },
  userDataEncoding: { change: "never" },
  userDataChange: { change: "never" },
  imageUpdates: { change: "never" },
};

const refuseShrink: Impact = { refuse: "a volume cannot shrink; declare a smaller one beside it and copy the data" };

export const instance: Kind<Instance, Handle> = {
  name: "instance",
  section: "instances",
  idPrefix: "i-",
  doc: "A virtual machine of EC2.",
  wanted: ["publicIp"],
  summary: ({ instanceType, subnet }) =>
    subnet === undefined
      ? { line: textOf(instanceType), tells: ["instanceType"] }
      : { line: `${textOf(instanceType)} in ${textOf(subnet)}`, tells: ["instanceType", "subnet"] },
  foreign: {
    kind: ["ec2", "vm", "machine", "server", "host", "virtual_machine"],
    fields: {
      ...machineNames,
      PrivateIp: "privateIpAddress",
      private_ip: "privateIpAddress",
      availability_zone: "subnet",
      network_interface: "networkInterfaces subnet securityGroups",
      NetworkInterfaces: "networkInterfaces subnet securityGroups",
      secondary_private_ips: "secondaryPrivateIpAddresses",
      ipv6_address_count: "ipv6AddressCount",
    },
  },
  schema,
  fields,
  stages: [{ name: "create" }, { name: "settings", fields: ["sourceDestCheck", "state"] }],
  create: "token",
  slots,
  dataLoss: (_spec, live) => (live?.handle.disks.some((disk) => !disk.isRoot && disk.diesWithIt) ? "data" : "machine"),
  waits: { create: { typical: 30, limit: 600 }, delete: { typical: 60, limit: 1200 }, poll: 4 },
  tagIndex: ec2Index("instance"),
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 1000)) + Math.ceil(ours / 200),
  iam: {
    read: [
      "ec2:DescribeInstances",
      "ec2:DescribeVolumes",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceAttribute",
      "ec2:DescribeInstanceCreditSpecifications",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeSpotInstanceRequests",
      "ec2:DescribeNetworkInterfaces",
    ],
    write: [
      "ec2:RunInstances",
      "ec2:AttachNetworkInterface",
      "ec2:DetachNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
      "ec2:AssignIpv6Addresses",
      "ec2:UnassignIpv6Addresses",
      "ec2:TerminateInstances",
      "ec2:StartInstances",
      "ec2:StopInstances",
      "ec2:ModifyInstanceAttribute",
      "ec2:ModifyInstanceMetadataOptions",
      "ec2:ModifyInstanceCreditSpecification",
      "ec2:ModifyInstanceCapacityReservationAttributes",
      "ec2:ModifyInstanceMaintenanceOptions",
      "ec2:ModifyInstancePlacement",
      "ec2:ModifyPrivateDnsNameOptions",
      "ec2:ModifyNetworkInterfaceAttribute",
      "ec2:ModifyVolume",
      "ec2:MonitorInstances",
      "ec2:UnmonitorInstances",
      "ec2:DisassociateIamInstanceProfile",
      "ec2:CancelSpotInstanceRequests",
      "ec2:DescribeIamInstanceProfileAssociations",
      "ec2:DescribeVolumesModifications",
      "ec2:CreateTags",
      "ec2:DeleteTags",
    ],
    remove: ["ec2:CancelSpotInstanceRequests", "ec2:TerminateInstances"],
    onlyFor: {
      "ec2:AssignIpv6Addresses": ["ipv6AddressCount", "networkInterfaces"],
      "ec2:AssignPrivateIpAddresses": ["secondaryPrivateIpAddresses", "networkInterfaces"],
      "ec2:AttachNetworkInterface": ["networkInterfaces"],
      "ec2:DescribeNetworkInterfaces": ["secondaryPrivateIpAddresses", "ipv6AddressCount", "networkInterfaces"],
      "ec2:DetachNetworkInterface": ["networkInterfaces"],
      "ec2:UnassignIpv6Addresses": ["ipv6AddressCount", "networkInterfaces"],
      "ec2:UnassignPrivateIpAddresses": ["secondaryPrivateIpAddresses", "networkInterfaces"],
      "ec2:CancelSpotInstanceRequests": ["spot"],
      "ec2:DescribeIamInstanceProfileAssociations": ["instanceProfile"],
      "ec2:DescribeInstanceAttribute": ["disableApiStop", "disableApiTermination", "shutdownBehavior"],
      "ec2:DescribeInstanceCreditSpecifications": ["creditSpecification"],
      "ec2:DescribeInstanceTypeOfferings": ["instanceType"],
      "ec2:DescribeLaunchTemplateVersions": ["launchTemplate"],
      "ec2:DescribeSpotInstanceRequests": ["spot"],
      "ec2:DescribeVolumesModifications": diskPaths,
      "ec2:DisassociateIamInstanceProfile": ["instanceProfile"],
      "ec2:ModifyInstanceCapacityReservationAttributes": ["capacityReservation"],
      "ec2:ModifyInstanceCreditSpecification": ["creditSpecification"],
      "ec2:ModifyInstanceMetadataOptions": ["metadataOptions"],
      "ec2:ModifyInstanceMaintenanceOptions": ["maintenanceOptions"],
      "ec2:ModifyInstancePlacement": ["placementGroup"],
      "ec2:ModifyPrivateDnsNameOptions": ["privateDnsNameOptions"],
      "ec2:ModifyVolume": diskPaths,
      "ec2:MonitorInstances": ["monitoring"],
      "ec2:UnmonitorInstances": ["monitoring"],
    },
    access: {
      "ec2:AssignIpv6Addresses": { free: ["network-interface/*"] },
      "ec2:AssignPrivateIpAddresses": { free: ["network-interface/*"] },
      "ec2:AttachNetworkInterface": { ours: ["instance/*"], free: ["network-interface/*"] },
      "ec2:DetachNetworkInterface": { ours: ["instance/*"], free: ["network-interface/*"] },
      "ec2:UnassignIpv6Addresses": { free: ["network-interface/*"] },
      "ec2:UnassignPrivateIpAddresses": { free: ["network-interface/*"] },
      "ec2:CancelSpotInstanceRequests": { free: ["spot-instances-request/*"] },
      "ec2:ModifyInstanceAttribute": { ours: ["instance/*"], free: ["volume/*"] },
      "ec2:ModifyInstanceCapacityReservationAttributes": { ours: ["instance/*"], free: ["capacity-reservation/*"] },
      "ec2:ModifyInstancePlacement": { ours: ["instance/*"], free: ["placement-group/*"] },
      // Interfaces and volumes do not have our tags.
      "ec2:ModifyNetworkInterfaceAttribute": { ours: ["instance/*"], free: ["network-interface/*", "security-group/*"] },
      "ec2:ModifyVolume": { free: ["volume/*"] },
      "ec2:RunInstances": { ...launchedWith, free: [...(launchedWith.free ?? []), "launch-template/*"] },
    },
    arn: "instance/*",
    implied: ({ spec }, index, place) => launching(spec, index, place),
  },
  after: afterItsWay,
  check: checkInstance,
  network,
  normalise: normaliseMachine,
  notes(self, live, resolved) {
    const isExpression = typeof self.spec.image === "object";
    if (!isExpression || self.spec.imageUpdates === "replace" || typeof resolved.image !== "string" || live.spec.image === resolved.image)
      return [];
    return [
      `a newer image is available: ${resolved.image}; the instance runs ${String(live.spec.image)} (\`imageUpdates: replace\` would replace it)`,
    ];
  },
  leaveAlone: whyQuarantined,
  outputs: {
    privateIp: "The primary private IPv4 address.",
    // A stop releases the address, and a start gets another one (Amazon EC2 User Guide, "Amazon EC2 instance IP addressing").
    publicIp: { doc: "The public IPv4 address, if there is one.", changesWith: "restart" },
    ipv6: "The first IPv6 address, if there is one.",
    zone: "The Availability Zone.",
  },
  authored,
  drawn,
  load: async () => driver(await import("../../aws/sdk/ec2.ts")),
};

function slots({ spec }: Pick<Subject<Partial<Instance>>, "spec">): readonly Slot[] {
  const { subnet, privateIpAddress, secondaryPrivateIpAddresses = [], networkInterfaces = [] } = spec;
  const interfaces = networkInterfaces.flatMap((one, i) => {
    const path = `networkInterfaces[${i}]`;
    if (typeof one === "string")
      return { space: "machines of network interfaces", value: refKey(one), path, what: `the use of ${refKey(one)}`, of: [one] };
    return one.privateIpAddress === undefined ? [] : privateAddressSlot(one.subnet, one.privateIpAddress, `${path}.privateIpAddress`);
  });
  if (subnet === undefined) return interfaces;
  return [
    ...interfaces,
    ...(privateIpAddress === undefined ? [] : [privateAddressSlot(subnet, privateIpAddress, "privateIpAddress")]),
    ...secondaryPrivateIpAddresses.map((ip, i) => privateAddressSlot(subnet, ip, `secondaryPrivateIpAddresses[${i}]`)),
  ];
}

/** Whether the observed `state` says that a restart of ours stopped the instance and did not start it again. */
function isInterrupted(have: string | undefined): boolean {
  return have === "interrupted";
}

/** The cost of a new type. A type of another architecture cannot boot from the existing volume. */
function typeImpact(was: string | undefined, now: string | undefined, spec: { readonly was: Partial<Instance> }): Impact {
  if (was !== undefined && now !== undefined && architectureOf(was) !== architectureOf(now))
    return {
      refuse: `${now} is ${architectureOf(now)} and ${was} is ${architectureOf(was)}: the root volume cannot boot on the other architecture; declare a second instance and move to it`,
    };
  const isOneTime =
    spec.was.spot !== undefined && spec.was.spot !== false && !(typeof spec.was.spot === "object" && spec.was.spot.type === "persistent");
  return isOneTime ? "replace" : "restart"; // EC2 stops no instance of a one-time spot request
}

/** The zone in which an instance would run, where it is known in advance. */
function zoneOf({ subnet, networkInterfaces }: Instance, around: Around): unknown {
  const place = subnet ?? around.spec(outliving(networkInterfaces)[0] ?? "")?.["subnet"];
  return around.spec(String(place))?.["availabilityZone"];
}

function driver(ec2: typeof import("../../aws/sdk/ec2.ts")): Driver<Instance, Handle> {
  return {
    list: (aws, scope) => listInstances(ec2, aws, scope),
    get: (aws, ids, scope) => getInstances(ec2, aws, ids, scope),
    create: (aws, request, identity) => launch(ec2, aws, request, identity),
    update: (aws, _stage, live, request, changes, run) => modify(ec2, aws, live, request, changes, run),
    delete: (aws, live) => terminate(ec2, aws, live),
    tag: ec2Tagging,
    find: (aws, tags, owner) => findInstances(ec2, aws, tags, owner),
    preflight: async (aws, planned, around) => {
      const zones = new Map(planned.map(({ address, request }) => [address, zoneOf(request, around)]));
      return together([
        await preflightMachines(aws, planned, around, (address) => [zones.get(address) ?? []].flat() as string[]),
        await foreignAddresses(aws, planned, around, (spec) => slots({ spec })),
      ]);
    },
    preflightChanges: (aws, changing, around) => foreignAddresses(aws, changing, around, (spec) => slots({ spec })),
    within: (aws, found) => instancesWithin(ec2, aws, found),
  };
}
