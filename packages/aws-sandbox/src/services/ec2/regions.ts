/** The account's regions, zones and attributes. */
import type {
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidValue } from "./faults.ts";
import { quota } from "./quotas.ts";
import { vpcs } from "./state.ts";
import { regions, zonesOf } from "./zones.ts";

const describeZones: Handler<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult> = (input, call) => {
  const zones = zonesOf(call);
  for (const name of input.ZoneNames ?? [])
    if (!zones.some((zone) => zone.name === name)) throw invalidValue(`Invalid availability zone: [${name}]`);
  for (const id of input.ZoneIds ?? [])
    if (!zones.some((zone) => zone.id === id)) throw invalidValue(`Invalid availability zone-id: [${id}]`);
  const asked = zones.filter(
    (zone) =>
      (!input.ZoneNames?.length || input.ZoneNames.includes(zone.name)) && (!input.ZoneIds?.length || input.ZoneIds.includes(zone.id)),
  );
  const { found } = list(
    call,
    { Filters: input.Filters },
    {
      records: asked.map((zone) => ({ ...zone })),
      tagged: null,
      filters: {
        "group-name": () => `${call.region}-zg-1`,
        "opt-in-status": () => "opt-in-not-required",
        "region-name": () => call.region,
        state: () => "available",
        "zone-id": (zone) => zone.id,
        "zone-name": (zone) => zone.name,
        "zone-type": () => "availability-zone",
        message: () => [],
      },
    },
  );
  return {
    AvailabilityZones: found.map((zone) => ({
      ZoneName: zone.name,
      ZoneId: zone.id,
      RegionName: call.region,
      State: "available",
      OptInStatus: "opt-in-not-required",
      ZoneType: "availability-zone",
      GroupName: `${call.region}-zg-1`,
      NetworkBorderGroup: call.region,
      Messages: [],
    })),
  };
};

const describeRegions: Handler<DescribeRegionsRequest, DescribeRegionsResult> = (input, call) => {
  const all = [...new Set<string>([...regions, call.region])];
  const unknown = input.RegionNames?.find((name) => !all.includes(name));
  if (unknown) throw new AwsFault("InvalidParameterValue", `Invalid region names: [${unknown}]`);
  const { found } = list(
    call,
    { Filters: input.Filters },
    {
      records: all.filter((name) => !input.RegionNames?.length || input.RegionNames.includes(name)).map((id) => ({ id })),
      tagged: null,
      filters: {
        endpoint: ({ id }) => `ec2.${id}.amazonaws.com`,
        "opt-in-status": () => "opt-in-not-required",
        "region-name": ({ id }) => id,
      },
    },
  );
  return { Regions: found.map(({ id }) => ({ RegionName: id, Endpoint: `ec2.${id}.amazonaws.com`, OptInStatus: "opt-in-not-required" })) };
};

const describeAccountAttributes: Handler<DescribeAccountAttributesRequest, DescribeAccountAttributesResult> = (input, call) => {
  const defaultVpc = [...vpcs(call).values()].find((vpc) => vpc.isDefault)?.id ?? "none";
  const attributes: Record<string, string> = {
    "supported-platforms": "VPC",
    "default-vpc": defaultVpc,
    "max-instances": "20",
    "vpc-max-security-groups-per-interface": String(quota(call, "groupsPerInterface")),
    "max-elastic-ips": String(quota(call, "addresses")),
    "vpc-max-elastic-ips": String(quota(call, "addresses")),
  };
  const asked = input.AttributeNames?.length ? input.AttributeNames : Object.keys(attributes);
  return {
    AccountAttributes: asked.map((AttributeName) => {
      const value = attributes[AttributeName];
      if (value === undefined) throw invalidValue(`Value (${AttributeName}) for parameter attributeName is invalid.`);
      return { AttributeName, AttributeValues: [{ AttributeValue: value }] };
    }),
  };
};

export const regionOperations: Record<string, Handler> = {
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAvailabilityZones: describeZones,
  DescribeRegions: describeRegions,
};
