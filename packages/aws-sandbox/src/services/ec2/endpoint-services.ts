/** Endpoint services, which Network Load Balancers offer to endpoints of other accounts (AWS PrivateLink Guide, "Share your services"). */
import type {
  CreateVpcEndpointServiceConfigurationRequest,
  CreateVpcEndpointServiceConfigurationResult,
  DeleteVpcEndpointServiceConfigurationsRequest,
  DeleteVpcEndpointServiceConfigurationsResult,
  DescribeVpcEndpointConnectionsRequest,
  DescribeVpcEndpointConnectionsResult,
  DescribeVpcEndpointServiceConfigurationsRequest,
  DescribeVpcEndpointServiceConfigurationsResult,
  DescribeVpcEndpointServicePermissionsRequest,
  DescribeVpcEndpointServicePermissionsResult,
  ModifyVpcEndpointServiceConfigurationRequest,
  ModifyVpcEndpointServiceConfigurationResult,
  ModifyVpcEndpointServicePermissionsRequest,
  ModifyVpcEndpointServicePermissionsResult,
  ServiceConfiguration,
  UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { loadBalancers } from "../elbv2/state.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, knownValue, required } from "./faults.ts";
import { idKinds, isWellFormed, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { endpointServices, vpcEndpoints, type EndpointServiceRecord, type VpcEndpointRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";

const create: Handler<CreateVpcEndpointServiceConfigurationRequest, CreateVpcEndpointServiceConfigurationResult> = (input, call) => {
  const modelled = ["NetworkLoadBalancerArns", "GatewayLoadBalancerArns", "AcceptanceRequired", "PrivateDnsName"];
  refuseUnknown(call, input, [...modelled, "SupportedIpAddressTypes", "ClientToken", "TagSpecifications"]);
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const made = endpointServices(call).get(ids[0]!);
  return { ServiceConfiguration: made ? describe(call, made) : { ServiceId: ids[0] }, ClientToken: input.ClientToken };
};

function begin(call: Call, input: CreateVpcEndpointServiceConfigurationRequest): EndpointServiceRecord {
  const { NetworkLoadBalancerArns: networks = [], GatewayLoadBalancerArns: gateways = [] } = input;
  if (networks.length > 0 && gateways.length > 0) throw invalidCombination("Network and Gateway Load Balancers cannot be in one service");
  if (gateways.length > 0) throw new AwsFault("NotImplemented", "The sandbox does not model gateway load balancers.", 501);
  if (networks.length === 0) throw new AwsFault("MissingParameter", "The request must contain the parameter NetworkLoadBalancerArns");
  for (const one of networks) checkBalancer(call, one);
  for (const family of input.SupportedIpAddressTypes ?? []) knownValue(family, ["ipv4", "ipv6"], "supportedIpAddressTypes");
  if (input.PrivateDnsName !== undefined) checkName(input.PrivateDnsName);
  const tags = tagsToBe(input.TagSpecifications, "vpc-endpoint-service");
  within(
    call,
    "endpointServices",
    endpointServices(call).size,
    "VpcEndpointServiceLimitExceeded",
    "The maximum number of VPC endpoint services has been reached.",
  );
  const made: EndpointServiceRecord = {
    id: call.id("vpce-svc"),
    createdAt: call.now,
    balancers: [...networks],
    acceptanceRequired: input.AcceptanceRequired ?? true,
    families: [...(input.SupportedIpAddressTypes ?? ["ipv4"])],
    principals: [],
    ...(input.PrivateDnsName === undefined ? {} : { privateName: input.PrivateDnsName }),
  };
  endpointServices(call).set(made.id, made);
  giveTags(call, made.id, tags["vpc-endpoint-service"]);
  return made;
}

function checkBalancer(call: Call, arn: string): void {
  const found = loadBalancers(call).get(arn);
  if (!found || found.type !== "network")
    throw new AwsFault("InvalidParameter", `The Network Load Balancer ${arn} does not exist or is of another type.`);
  for (const one of endpointServices(call).values())
    if (one.balancers.includes(arn))
      throw new AwsFault("InvalidParameter", `The Network Load Balancer ${arn} is already associated with ${one.id}.`);
}

function checkName(name: string): void {
  if (!/^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$/.test(name)) throw invalidValue(`Value (${name}) for parameter privateDnsName is invalid.`);
}

const modify: Handler<ModifyVpcEndpointServiceConfigurationRequest, ModifyVpcEndpointServiceConfigurationResult> = (input, call) => {
  refuseUnknown(call, input, [
    "ServiceId",
    "PrivateDnsName",
    "RemovePrivateDnsName",
    "AcceptanceRequired",
    "AddNetworkLoadBalancerArns",
    "RemoveNetworkLoadBalancerArns",
    "AddSupportedIpAddressTypes",
    "RemoveSupportedIpAddressTypes",
  ]);
  const one = need(call, idKinds.endpointService, input.ServiceId, "serviceId");
  if (input.PrivateDnsName !== undefined && input.RemovePrivateDnsName)
    throw invalidCombination("PrivateDnsName and RemovePrivateDnsName exclude each other");
  const added = (input.AddNetworkLoadBalancerArns ?? []).filter((arn) => !one.balancers.includes(arn));
  for (const arn of added) checkBalancer(call, arn);
  const balancers = [...one.balancers, ...added].filter((arn) => !input.RemoveNetworkLoadBalancerArns?.includes(arn));
  if (balancers.length === 0) throw new AwsFault("InvalidParameter", "A service needs at least one load balancer.");
  for (const family of input.AddSupportedIpAddressTypes ?? []) knownValue(family, ["ipv4", "ipv6"], "supportedIpAddressTypes");
  const families = [...new Set([...one.families, ...(input.AddSupportedIpAddressTypes ?? [])])];
  const left = families.filter((family) => !(input.RemoveSupportedIpAddressTypes as string[] | undefined)?.includes(family));
  if (left.length === 0) throw new AwsFault("InvalidParameter", "A service needs at least one IP address type.");
  if (input.PrivateDnsName !== undefined) checkName(input.PrivateDnsName);
  one.balancers = balancers;
  one.families = left;
  if (input.AcceptanceRequired !== undefined) one.acceptanceRequired = input.AcceptanceRequired;
  if (input.PrivateDnsName !== undefined) one.privateName = input.PrivateDnsName;
  if (input.RemovePrivateDnsName) delete one.privateName;
  return { Return: true };
};

/** Adds and removes principals. Adding an existing one again succeeds silently (EC2 API, ModifyVpcEndpointServicePermissions). */
const modifyPermissions: Handler<ModifyVpcEndpointServicePermissionsRequest, ModifyVpcEndpointServicePermissionsResult> = (input, call) => {
  const one = need(call, idKinds.endpointService, input.ServiceId, "serviceId");
  const added = input.AddAllowedPrincipals ?? [];
  for (const principal of added)
    if (principal !== "*" && !/^arn:[^:]+:iam::\d{12}:(root|(user|role)\/.+)$/.test(principal))
      throw new AwsFault("InvalidPrincipal", `The principal ${principal} is not valid.`);
  const before = one.principals;
  one.principals = [...new Set([...before, ...added])].filter((principal) => !input.RemoveAllowedPrincipals?.includes(principal));
  return {
    ReturnValue: true,
    AddedPrincipals: added.filter((principal) => !before.includes(principal)).map((Principal) => ({ Principal, ServiceId: one.id })),
  };
};

const describePermissions: Handler<DescribeVpcEndpointServicePermissionsRequest, DescribeVpcEndpointServicePermissionsResult> = (
  input,
  call,
) => {
  const one = need(call, idKinds.endpointService, input.ServiceId, "serviceId");
  const { items, next } = page(
    call,
    one.principals.map((id) => ({ id })),
    input,
    { key: ({ id }) => id, fits: () => true, min: 1, max: 1000 },
  );
  return {
    ...next,
    AllowedPrincipals: items.map(({ id: Principal }) => ({
      Principal,
      PrincipalType: Principal === "*" ? "All" : Principal.endsWith(":root") ? "Account" : Principal.includes(":role/") ? "Role" : "User",
      ServiceId: one.id,
    })),
  };
};

/** Deletes services. A successful answer may hold failures: `Unsuccessful` lists them by id. */
const remove: Handler<DeleteVpcEndpointServiceConfigurationsRequest, DeleteVpcEndpointServiceConfigurationsResult> = (input, call) => ({
  Unsuccessful: required(input.ServiceIds, "serviceId").flatMap((id): UnsuccessfulItem[] => {
    if (!isWellFormed(idKinds.endpointService, id)) throw new AwsFault(idKinds.endpointService.malformed, `Invalid id: "${id}"`);
    const one = endpointServices(call).get(id);
    if (!one) return [{ ResourceId: id, Error: { Code: "InvalidVpcEndpointService.NotFound", Message: idKinds.endpointService.says(id) } }];
    if (usersOf(call, one).length > 0) {
      const Message = `Service ${id} has existing active VPC Endpoint connections!`;
      return [{ ResourceId: id, Error: { Code: "ExistingVpcEndpointConnections", Message } }];
    }
    endpointServices(call).delete(id);
    dropTags(call, id);
    return [];
  }),
});

function serviceName(call: Pick<Call, "region">, { id }: EndpointServiceRecord): string {
  return `com.amazonaws.vpce.${call.region}.${id}`;
}

function usersOf(call: Call, one: EndpointServiceRecord): VpcEndpointRecord[] {
  const name = serviceName(call, one);
  return [...vpcEndpoints(call).values()].filter(({ service, deletedAt }) => service === name && deletedAt === undefined);
}

const describeServices: Handler<DescribeVpcEndpointServiceConfigurationsRequest, DescribeVpcEndpointServiceConfigurationsResult> = (
  input,
  call,
) => {
  const { found, NextToken } = list<EndpointServiceRecord>(call, input, {
    records: endpointServices(call).values(),
    ids: { kind: idKinds.endpointService, given: input.ServiceIds, parameter: "serviceId" },
    pages: [1, 1000],
    filters: {
      "service-id": (one) => one.id,
      "service-name": (one) => serviceName(call, one),
      "service-state": (one) => stateOf(call, one),
    },
  });
  return { NextToken, ServiceConfigurations: found.map((one) => describe(call, one)) };
};

function stateOf(call: Call, one: EndpointServiceRecord): "Pending" | "Available" {
  return call.now < one.createdAt + timing.endpointServiceAvailable ? "Pending" : "Available";
}

function describe(call: Call, one: EndpointServiceRecord): ServiceConfiguration {
  const zones = one.balancers.flatMap(
    (arn) =>
      loadBalancers(call)
        .get(arn)
        ?.places.map(({ zone }) => zone) ?? [],
  );
  return {
    ServiceId: one.id,
    ServiceName: serviceName(call, one),
    ServiceType: [{ ServiceType: "Interface" }],
    ServiceState: stateOf(call, one),
    AvailabilityZones: [...new Set(zones)],
    AcceptanceRequired: one.acceptanceRequired,
    ManagesVpcEndpoints: false,
    NetworkLoadBalancerArns: [...one.balancers],
    SupportedIpAddressTypes: one.families as "ipv4"[],
    BaseEndpointDnsNames: [`${one.id}.${call.region}.vpce.amazonaws.com`],
    ...(one.privateName === undefined
      ? {}
      : {
          PrivateDnsName: one.privateName,
          PrivateDnsNameConfiguration: {
            State: "pendingVerification" as const,
            Type: "TXT",
            Name: `_${one.id.slice(-8)}`,
            Value: `vpce:${one.id.slice(-12)}`,
          },
        }),
    Tags: tagList(call, one.id),
  };
}

const describeConnections: Handler<DescribeVpcEndpointConnectionsRequest, DescribeVpcEndpointConnectionsResult> = (input, call) => {
  const connections = [...endpointServices(call).values()].flatMap((one) =>
    usersOf(call, one).map((endpoint) => ({ id: `${one.id} ${endpoint.id}`, service: one, endpoint })),
  );
  const { found, NextToken } = list<(typeof connections)[number]>(call, input, {
    records: connections,
    tagged: null,
    pages: [1, 1000],
    filters: {
      "service-id": ({ service }) => service.id,
      "vpc-endpoint-id": ({ endpoint }) => endpoint.id,
      "vpc-endpoint-owner": () => call.account,
    },
  });
  return {
    NextToken,
    VpcEndpointConnections: found.map(({ service, endpoint }) => ({
      ServiceId: service.id,
      VpcEndpointId: endpoint.id,
      VpcEndpointOwner: call.account,
      VpcEndpointState: service.acceptanceRequired ? "pendingAcceptance" : "available",
      CreationTimestamp: new Date(endpoint.createdAt),
      IpAddressType: endpoint.ipAddressType as "ipv4",
    })) as unknown as NonNullable<DescribeVpcEndpointConnectionsResult["VpcEndpointConnections"]>,
  };
};

export const endpointServiceOperations: Record<string, Handler> = {
  CreateVpcEndpointServiceConfiguration: create,
  DeleteVpcEndpointServiceConfigurations: remove,
  DescribeVpcEndpointConnections: describeConnections,
  DescribeVpcEndpointServiceConfigurations: describeServices,
  DescribeVpcEndpointServicePermissions: describePermissions,
  ModifyVpcEndpointServiceConfiguration: modify,
  ModifyVpcEndpointServicePermissions: modifyPermissions,
};
