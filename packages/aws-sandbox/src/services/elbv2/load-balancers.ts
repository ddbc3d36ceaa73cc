/** Load balancers: active after minutes, with a name that is unique in the region, and interfaces that outlive them. */
import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer,
  ModifyLoadBalancerAttributesInput,
  SetIpAddressTypeInput,
  SetSecurityGroupsInput,
  SetSubnetsInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createdWith } from "../ec2/default-vpc.ts";
import { defaultGroupOf } from "../ec2/groups.ts";
import { setInterfaceGroups } from "../ec2/interfaces.ts";
import { addresses, endpointServices, interfaces, subnets } from "../ec2/state.ts";
import { timeFor } from "../ec2/timing.ts";
import { arn, newId, pathOf } from "./arns.ts";
import { attributeList, balancerDefaults, setBalancerAttributes } from "./attributes.ts";
import { atMost20, badConfiguration, invalid, needBalancer, notModelled, oneOf, required } from "./faults.ts";
import { dropListener, listenersOf } from "./listener-records.ts";
import { checkFamily, leave, settle, wantedGroups, wantedPlaces, type WantedPlace } from "./places.ts";
import { within } from "./quotas.ts";
import { balancerNames, listeners, loadBalancers, targetGroups, type LoadBalancerRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timing } from "./timing.ts";

const create: Handler<CreateLoadBalancerInput, CreateLoadBalancerOutput> = (input, call) => {
  refuseUnknown(call, input, ["Name", "Type", "Scheme", "IpAddressType", "Subnets", "SubnetMappings", "SecurityGroups", "Tags"]);
  createdWith(call);
  const name = checkedName(input.Name);
  const type = oneOf(input.Type ?? "application", ["application", "network", "gateway"], "type");
  if (type === "gateway") throw notModelled("gateway load balancers");
  const scheme = oneOf(input.Scheme ?? "internet-facing", ["internet-facing", "internal"], "scheme");
  const tags = newTags(input.Tags);
  const known = balancerNames(call).get(name);
  if (known)
    return {
      LoadBalancers: [describe(call, sameOrRefuse(call, loadBalancers(call).get(known.arn)!, { ...input, Type: type, Scheme: scheme }))],
    };
  const places = wantedPlaces(call, { type, scheme }, input);
  checkFamily(
    input.IpAddressType ?? "ipv4",
    places.map((place) => place.subnet),
  );
  const vpcId = places[0]!.subnet.vpcId;
  const groups = wantedGroups(
    call,
    input.SecurityGroups?.length ? input.SecurityGroups : type === "application" ? [defaultGroupOf(call, vpcId).id] : [],
    vpcId,
  );
  within(call, "loadBalancers", loadBalancers(call).size, "TooManyLoadBalancers");
  const id = newId(call);
  const made: LoadBalancerRecord = {
    arn: arn(call, `loadbalancer/${type === "application" ? "app" : "net"}/${name}/${id}`),
    name,
    type,
    scheme,
    vpcId,
    createdAt: call.now,
    readyAt: call.now + timeFor(call, id, type === "application" ? timing.applicationActive : timing.networkActive),
    ...(call.fault("elbv2:loadBalancerFails") ? { failure: "InternalError: the load balancer could not be set up" } : {}),
    ipAddressType: input.IpAddressType ?? "ipv4",
    places: [],
    securityGroups: groups,
    attributes: balancerDefaults({ type, scheme }),
    tags,
    listeners: {},
  };
  settleAll(call, made, places);
  loadBalancers(call).set(made.arn, made);
  balancerNames(call).set(name, { arn: made.arn });
  return { LoadBalancers: [describe(call, made)] };
};

/** Makes all the interfaces or none. */
function settleAll(call: Call, balancer: LoadBalancerRecord, places: readonly WantedPlace[]): void {
  const before = balancer.places.length;
  try {
    for (const place of places) balancer.places.push(settle(call, balancer, place));
  } catch (error) {
    leave(
      call,
      balancer.places.splice(before).map((place) => place.interfaceId),
    );
    throw error;
  }
}

function checkedName(name: string | undefined): string {
  const given = required(name, "Name");
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(given))
    throw invalid(
      `The load balancer name '${given}' can have 32 letters, digits and hyphens at most and cannot begin or end with a hyphen`,
    );
  if (given.startsWith("internal-")) throw invalid(`The load balancer name '${given}' cannot begin with the prefix 'internal-'`);
  return given;
}

/** The existing load balancer for a repeated create with the same settings, whoever created it. Tags are not compared. */
function sameOrRefuse(call: Call, have: LoadBalancerRecord, want: CreateLoadBalancerInput): LoadBalancerRecord {
  const subnets = want.SubnetMappings?.length ? want.SubnetMappings.map((mapping) => mapping.SubnetId) : (want.Subnets ?? []);
  const groups = want.SecurityGroups?.length
    ? want.SecurityGroups
    : have.type === "application"
      ? [defaultGroupOf(call, have.vpcId).id]
      : [];
  const isSame =
    have.type === want.Type &&
    have.scheme === want.Scheme &&
    have.ipAddressType === (want.IpAddressType ?? "ipv4") &&
    textOf(subnets) === textOf(have.places.map((place) => place.subnetId)) &&
    textOf(groups) === textOf(have.securityGroups);
  if (!isSame)
    throw new AwsFault("DuplicateLoadBalancerName", `A load balancer with the name '${have.name}' exists, but with different settings`);
  return have;
}

function textOf(ids: readonly (string | undefined)[]): string {
  return [...ids].sort().join(",");
}

const describeAll: Handler<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> = (input, call) => {
  if (input.LoadBalancerArns?.length && input.Names?.length) throw invalid("You cannot specify both load balancer names and ARNs");
  const arns = atMost20(input.LoadBalancerArns, "LoadBalancerArns");
  const names = atMost20(input.Names, "Names");
  const asked = [...arns, ...names.map((name) => balancerNames(call).get(name)?.arn ?? missing(name))];
  const all =
    asked.length > 0
      ? asked.map((one) => needBalancer(call, one))
      : [...loadBalancers(call).values()].filter((one) => call.sees(one.arn, "id"));
  const { items, next } = page(call, all, input, { key: (one) => one.arn, max: 400, size: 400, names: "elbv2" });
  return { LoadBalancers: items.map((one) => describe(call, one)), ...next };
};

function missing(name: string): never {
  throw new AwsFault("LoadBalancerNotFound", `Load balancers '[${name}]' not found`);
}

const remove: Handler<DeleteLoadBalancerInput, object> = (input, call) => {
  const found = loadBalancers(call).get(required(input.LoadBalancerArn, "LoadBalancerArn"));
  if (!found) return {};
  if (found.attributes["deletion_protection.enabled"] === "true")
    throw new AwsFault("OperationNotPermitted", `Load balancer '${found.arn}' cannot be deleted because deletion protection is enabled`);
  // Elastic Load Balancing API, DeleteLoadBalancer: ResourceInUse.
  for (const { id, balancers } of endpointServices(call).values())
    if (balancers.includes(found.arn))
      throw new AwsFault(
        "ResourceInUse",
        `Load balancer '${found.arn}' cannot be deleted because it is currently associated with another service (${id})`,
      );
  // The same for a load balancer that is a target ("Use Application Load Balancers as targets of a Network Load Balancer").
  for (const group of targetGroups(call).values())
    if (group.targetType === "alb" && Object.values(group.targets).some(({ id }) => id === found.arn))
      throw new AwsFault("ResourceInUse", `Load balancer '${found.arn}' cannot be deleted because it is a target of '${group.arn}'`);
  for (const one of listenersOf(found)) dropListener(call, listeners(call).get(one)!);
  loadBalancers(call).delete(found.arn);
  balancerNames(call).delete(found.name);
  call.later(timeFor(call, found.arn, timing.interfacesLinger), "elbv2:interfacesGo", {
    ids: found.places.map((place) => place.interfaceId),
  });
  return {};
};

const setSubnets: Handler<SetSubnetsInput, object> = (input, call) => {
  refuseUnknown(call, input, ["LoadBalancerArn", "Subnets", "SubnetMappings", "IpAddressType"]);
  const found = needBalancer(call, input.LoadBalancerArn);
  const wanted = wantedPlaces(call, found, input, found.places);
  if (wanted[0]!.subnet.vpcId !== found.vpcId)
    throw badConfiguration(`The subnets must belong to the VPC '${found.vpcId}' of the load balancer`);
  checkFamily(
    input.IpAddressType ?? found.ipAddressType,
    wanted.map((place) => place.subnet),
  );
  const going = found.places.filter((place) => !wanted.some((want) => want.subnet.id === place.subnetId));
  settleAll(
    call,
    found,
    wanted.filter((want) => !found.places.some((place) => place.subnetId === want.subnet.id)),
  );
  found.places = found.places.filter((place) => !going.includes(place));
  if (going.length > 0)
    call.later(timeFor(call, found.arn, timing.interfacesLinger), "elbv2:interfacesGo", { ids: going.map((place) => place.interfaceId) });
  if (input.IpAddressType) found.ipAddressType = input.IpAddressType;
  changes(call, found);
  return { AvailabilityZones: describe(call, found).AvailabilityZones, IpAddressType: found.ipAddressType };
};

const setGroups: Handler<SetSecurityGroupsInput, object> = (input, call) => {
  refuseUnknown(call, input, ["LoadBalancerArn", "SecurityGroups"]);
  const found = needBalancer(call, input.LoadBalancerArn);
  const given = input.SecurityGroups ?? [];
  if (found.type === "network" && found.securityGroups.length === 0)
    throw badConfiguration("You cannot add security groups to a Network Load Balancer that was created without");
  if (given.length === 0) throw badConfiguration("A load balancer needs a security group");
  const ids = wantedGroups(call, given, found.vpcId);
  for (const place of found.places) setInterfaceGroups(call, place.interfaceId, ids);
  found.securityGroups = ids;
  changes(call, found);
  return { SecurityGroupIds: ids };
};

const setIpAddressType: Handler<SetIpAddressTypeInput, object> = (input, call) => {
  const found = needBalancer(call, input.LoadBalancerArn);
  const wanted = required(input.IpAddressType, "IpAddressType");
  checkFamily(
    wanted,
    found.places.map((place) => subnets(call).get(place.subnetId)!),
  );
  found.ipAddressType = wanted;
  changes(call, found);
  return { IpAddressType: found.ipAddressType };
};

const describeAttributes: Handler<DescribeLoadBalancerAttributesInput, object> = (input, call) => ({
  Attributes: attributeList(needBalancer(call, input.LoadBalancerArn).attributes),
});

const modifyAttributes: Handler<ModifyLoadBalancerAttributesInput, object> = (input, call) => {
  const found = needBalancer(call, input.LoadBalancerArn);
  setBalancerAttributes(call, found, input.Attributes ?? []);
  changes(call, found);
  return { Attributes: attributeList(found.attributes) };
};

/** Provisions a Network Load Balancer again after a change. */
function changes(call: Call, balancer: LoadBalancerRecord): void {
  if (balancer.type === "network") balancer.readyAt = Math.max(balancer.readyAt, call.now + timing.networkChanges);
}

export const balancerOperations: Record<string, Handler> = {
  CreateLoadBalancer: create,
  DeleteLoadBalancer: remove,
  DescribeLoadBalancerAttributes: describeAttributes,
  DescribeLoadBalancers: describeAll,
  ModifyLoadBalancerAttributes: modifyAttributes,
  SetIpAddressType: setIpAddressType,
  SetSecurityGroups: setGroups,
  SetSubnets: setSubnets,
};

export const balancerTransitions = {
  interfacesGo: ({ ids }: { ids: readonly string[] }, call: Call) => leave(call, ids),
};

function describe(call: Call, one: LoadBalancerRecord): LoadBalancer {
  const path = pathOf(one.arn);
  const host = `${one.scheme === "internal" ? "internal-" : ""}${one.name}-${Number.parseInt(path.slice(-7), 16)}`;
  return {
    LoadBalancerArn: one.arn,
    LoadBalancerName: one.name,
    DNSName:
      one.type === "application"
        ? `${host}.${call.region}.elb.amazonaws.com`.toLowerCase()
        : `${one.name}-${path.split("/").at(-1)}.elb.${call.region}.amazonaws.com`.toLowerCase(),
    CanonicalHostedZoneId: one.type === "application" ? "ZWKZPGTI48KDX" : "ZIBE1TIR4HY56",
    CreatedTime: new Date(one.createdAt),
    Type: one.type,
    Scheme: one.scheme,
    VpcId: one.vpcId,
    IpAddressType: one.ipAddressType as LoadBalancer["IpAddressType"],
    State: stateOf(call, one),
    AvailabilityZones: one.places.map((place) => ({
      ZoneName: place.zone,
      SubnetId: place.subnetId,
      LoadBalancerAddresses: addressesOf(call, place),
    })),
    ...(one.securityGroups.length > 0 || one.type === "application" ? { SecurityGroups: [...one.securityGroups] } : {}),
  };
}

function stateOf(call: Call, one: LoadBalancerRecord): NonNullable<LoadBalancer["State"]> {
  if (call.now < one.readyAt) return { Code: "provisioning" };
  return one.failure === undefined ? { Code: "active" } : { Code: "failed", Reason: one.failure };
}

/** The addresses in a zone. AWS shows only fixed ones. */
function addressesOf(call: Call, place: LoadBalancerRecord["places"][number]) {
  if (place.allocationId) return [{ AllocationId: place.allocationId, IpAddress: addresses(call).get(place.allocationId)?.publicIp }];
  return place.privateIp ? [{ PrivateIPv4Address: interfaces(call).get(place.interfaceId)?.privateIps[0] ?? place.privateIp }] : [];
}
