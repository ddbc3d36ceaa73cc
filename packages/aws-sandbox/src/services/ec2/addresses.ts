/** Elastic IPs. An address that a NAT gateway or another service holds answers with a misleading AuthFailure. */
import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  Address,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { addressOf, numberOf } from "./cidrs.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { gatewayOf } from "./gateways.ts";
import { idKinds, need } from "./ids.ts";
import { isHeld, letGo, mapAddress } from "./interfaces.ts";
import { within } from "./quotas.ts";
import { addressAssociations, addresses, interfaces, next, type AddressRecord, type InterfaceRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";

const allocate: Handler<AllocateAddressRequest, AllocateAddressResult> = (input, call) => {
  if (input.Address || input.PublicIpv4Pool || input.CustomerOwnedIpv4Pool || input.IpamPoolId) throw notModelled("address pools");
  if (input.Domain && input.Domain !== "vpc") throw invalidValue(`Value (${input.Domain}) for parameter domain is invalid.`);
  if (input.NetworkBorderGroup && input.NetworkBorderGroup !== call.region)
    throw invalidValue(`Value (${input.NetworkBorderGroup}) for parameter networkBorderGroup is invalid.`);
  const tags = tagsToBe(input.TagSpecifications, "elastic-ip");
  within(call, "addresses", addresses(call).size, "AddressLimitExceeded", "The maximum number of addresses has been reached.");
  const address: AddressRecord = { id: call.id("eipalloc"), publicIp: addressOf(numberOf("13.124.0.1")! + next(call, "elasticIp")) };
  addresses(call).set(address.id, address);
  giveTags(call, address.id, tags["elastic-ip"]);
  return { AllocationId: address.id, PublicIp: address.publicIp, PublicIpv4Pool: "amazon", Domain: "vpc", NetworkBorderGroup: call.region };
};

/** Associates an address. Takes it from its present owner silently, unless AllowReassociation is false. */
const associate: Handler<AssociateAddressRequest, AssociateAddressResult> = (input, call) => {
  const address = needAddress(call, input);
  const one = targetOf(call, input);
  const privateIp = input.PrivateIpAddress ?? one.privateIps[0];
  if (privateIp === undefined) throw invalidValue(`The network interface ${one.id} has no private IPv4 address`);
  if (!one.privateIps.includes(privateIp))
    throw invalidValue(`The private IP address ${privateIp} is not assigned to the network interface ${one.id}`);
  if (address.association?.interfaceId === one.id && address.association.privateIp === privateIp)
    return { AssociationId: address.association.id };
  if (!gatewayOf(call, one.vpcId))
    throw new AwsFault("Gateway.NotAttached", `Network ${one.vpcId} is not attached to any internet gateway`);
  const other = one.allocations[privateIp];
  const allowed = input.AllowReassociation ?? true;
  if (address.association && !allowed)
    throw new AwsFault(
      "Resource.AlreadyAssociated",
      `resource ${address.id} is already associated with associate-id ${address.association.id}`,
    );
  if (other && !allowed) throw new AwsFault("Resource.AlreadyAssociated", `resource ${one.id} is already associated with ${other}`);
  if (isHeld(call, address)) throw noPermission();
  if (address.association) letGo(call, address.id);
  if (other) letGo(call, other);
  return { AssociationId: mapAddress(call, address.id, one, privateIp) };
};

function targetOf(call: Call, input: AssociateAddressRequest): InterfaceRecord {
  if (input.InstanceId && input.NetworkInterfaceId)
    throw invalidCombination("You may specify either instance-id or network-interface-id, but not both");
  if (input.NetworkInterfaceId) {
    const one = need(call, idKinds.networkInterface, input.NetworkInterfaceId, "networkInterfaceId");
    if (one.requesterId) throw noPermission();
    return one;
  }
  if (!input.InstanceId) throw missingParameter("instanceId");
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  if (instance.state === "pending")
    throw new AwsFault("InvalidInstanceID", `The pending instance '${instance.id}' is not in a valid state for this operation.`);
  if (instance.state === "terminated" || instance.state === "shutting-down")
    throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is not in a valid state for this operation.`);
  if (instance.interfaces.length !== 1)
    throw new AwsFault(
      "InvalidInstanceID",
      `There are multiple interfaces attached to instance '${instance.id}'. Please specify an interface ID for the operation instead.`,
    );
  return interfaces(call).get(instance.interfaces[0]!)!;
}

const disassociate: Handler<DisassociateAddressRequest, object> = (input, call) => {
  const id = input.AssociationId ?? needAddress(call, input).association?.id;
  const address = addresses(call).get(addressAssociations(call).get(required(id, "associationId"))?.owner ?? "");
  if (!address) throw new AwsFault("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
  if (isHeld(call, address)) throw noPermission();
  letGo(call, address.id);
  return {};
};

/**
 * Releases an address. With another border group AWS answers "not found" although the address exists, so
 * that answer does not prove that it is gone.
 */
const release: Handler<ReleaseAddressRequest, object> = (input, call) => {
  if (!input.AllocationId && input.PublicIp)
    throw invalidValue("You must specify an allocation id when releasing a VPC elastic IP address");
  const address = need(call, idKinds.address, input.AllocationId, "allocationId");
  if (input.NetworkBorderGroup && input.NetworkBorderGroup !== call.region)
    throw new AwsFault("InvalidAddress.NotFound", `Address '${address.publicIp}' not found.`);
  if (isHeld(call, address)) throw noPermission();
  if (address.association) throw new AwsFault("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
  addresses(call).delete(address.id);
  dropTags(call, address.id);
  return {};
};

function needAddress(
  call: Call,
  { AllocationId, PublicIp }: { readonly AllocationId?: string | undefined; readonly PublicIp?: string | undefined },
): AddressRecord {
  if (AllocationId) return need(call, idKinds.address, AllocationId, "allocationId");
  return byPublicIp(call, required(PublicIp, "allocationId"));
}

function byPublicIp(call: Call, publicIp: string): AddressRecord {
  for (const address of addresses(call).values()) if (address.publicIp === publicIp) return address;
  throw new AwsFault("InvalidAddress.NotFound", `Address '${publicIp}' not found.`);
}

/** AWS's error for an address that a NAT gateway holds. It means "in use". */
function noPermission(): AwsFault {
  return new AwsFault("AuthFailure", "You do not have permission to access the specified resource.");
}

const describeAddresses: Handler<DescribeAddressesRequest, DescribeAddressesResult> = (input, call) => {
  const ids = [...(input.AllocationIds ?? []), ...(input.PublicIps ?? []).map((ip) => byPublicIp(call, ip).id)];
  const instanceOf = (address: AddressRecord) => interfaces(call).get(address.association?.interfaceId ?? "")?.attachment?.instanceId;
  const { found } = list<AddressRecord>(
    call,
    { Filters: input.Filters },
    {
      records: addresses(call).values(),
      ids: { kind: idKinds.address, given: ids, parameter: "allocationId" },
      filters: {
        "allocation-id": (address) => address.id,
        "association-id": (address) => address.association?.id,
        domain: () => "vpc",
        "instance-id": instanceOf,
        "network-border-group": () => call.region,
        "network-interface-id": (address) => address.association?.interfaceId,
        "network-interface-owner-id": (address) => address.association?.interfaceId && call.account,
        "private-ip-address": (address) => address.association?.privateIp,
        "public-ip": (address) => address.publicIp,
      },
    },
  );
  return { Addresses: found.map((address) => describe(call, address, instanceOf(address))) };
};

function describe(call: Call, { id, publicIp, association, managedBy }: AddressRecord, instanceId: string | undefined): Address {
  return {
    AllocationId: id,
    PublicIp: publicIp,
    Domain: "vpc",
    PublicIpv4Pool: "amazon",
    NetworkBorderGroup: call.region,
    AssociationId: association?.id,
    NetworkInterfaceId: association?.interfaceId,
    NetworkInterfaceOwnerId: association?.interfaceId && call.account,
    PrivateIpAddress: association?.privateIp,
    InstanceId: instanceId ?? "",
    ServiceManaged: managedBy,
    Tags: tagList(call, id),
  };
}

/** Reverse DNS names, which cannot be set here. */
const describeAttributes: Handler<DescribeAddressesAttributeRequest, DescribeAddressesAttributeResult> = (input, call) => {
  const { found, NextToken } = list<AddressRecord>(
    call,
    { MaxResults: input.MaxResults, NextToken: input.NextToken },
    {
      records: addresses(call).values(),
      ids: { kind: idKinds.address, given: input.AllocationIds, parameter: "allocationId" },
      pages: [1, 1000],
      filters: {},
    },
  );
  return { NextToken, Addresses: found.map((address) => ({ AllocationId: address.id, PublicIp: address.publicIp })) };
};

export const addressOperations: Record<string, Handler> = {
  AllocateAddress: allocate,
  AssociateAddress: associate,
  DescribeAddresses: describeAddresses,
  DescribeAddressesAttribute: describeAttributes,
  DisassociateAddress: disassociate,
  ReleaseAddress: release,
};
