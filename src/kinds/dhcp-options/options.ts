/** A set of DHCP options in EC2's form: keys with lists of values. */
import type { DhcpOptions as AwsOptions, NewDhcpConfiguration } from "@aws-sdk/client-ec2";
import { tagsOf } from "../../resource/ownership.ts";
import type { Authored, Live } from "../kind.ts";
import { saysTheDefault } from "../shared/network/dhcp-defaults.ts";
import type { DhcpOptions } from "./schema.ts";

/** Our fields, by the keys of the API (EC2 API, CreateDhcpOptions). */
const keys = {
  domainName: "domain-name",
  domainNameServers: "domain-name-servers",
  ntpServers: "ntp-servers",
  netbiosNameServers: "netbios-name-servers",
  netbiosNodeType: "netbios-node-type",
  ipv6AddressPreferredLeaseTime: "ipv6-address-preferred-lease-time",
} as const satisfies Record<keyof DhcpOptions, string>;

/** Only values that are set: AWS takes no empty ones. */
export function configurations(spec: DhcpOptions): NewDhcpConfiguration[] {
  return Object.entries(keys).flatMap(([field, Key]) => {
    const value = spec[field as keyof DhcpOptions];
    const Values = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
    return Values.length > 0 ? [{ Key, Values }] : [];
  });
}

export function live(found: AwsOptions): Live<DhcpOptions, null> {
  const valuesOf = (key: string) =>
    found.DhcpConfigurations?.find(({ Key }) => Key === key)?.Values?.flatMap(({ Value }) => Value ?? []) ?? [];
  const numberOf = (key: string) => (valuesOf(key)[0] === undefined ? undefined : Number(valuesOf(key)[0]));
  return {
    id: found.DhcpOptionsId!,
    aliases: [],
    tags: tagsOf(found.Tags),
    ...(found.OwnerId ? { owner: found.OwnerId } : {}),
    state: "ready",
    spec: {
      domainName: valuesOf(keys.domainName)[0],
      domainNameServers: valuesOf(keys.domainNameServers),
      ntpServers: valuesOf(keys.ntpServers),
      netbiosNameServers: valuesOf(keys.netbiosNameServers),
      netbiosNodeType: numberOf(keys.netbiosNodeType) as DhcpOptions["netbiosNodeType"],
      ipv6AddressPreferredLeaseTime: numberOf(keys.ipv6AddressPreferredLeaseTime),
    },
    handle: null,
  };
}

/** Whether the set is AWS's own: it has AWS's default content and no tags. */
export function isAwsOwn({ spec, tags }: Pick<Live<DhcpOptions>, "spec" | "tags">, region?: string): boolean {
  return Object.keys(tags).length === 0 && saysTheDefault(spec, region);
}

export function authored(spec: Partial<DhcpOptions>, found: Live<DhcpOptions, null>): Authored<DhcpOptions> {
  return isAwsOwn(found) ? { madeByAws: "AWS's own set of DHCP options, which every new VPC has" } : { spec };
}
