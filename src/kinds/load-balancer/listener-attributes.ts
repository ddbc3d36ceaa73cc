/**
 * Attributes of listeners (Elastic Load Balancing API, ListenerAttribute): the idle timeout, and the headers that the load balancer writes.
 * AWS returns all of them, unset ones as "".
 */
import type { Aws } from "../../aws/aws.ts";
import { soon } from "../../aws/eventual.ts";
import type { AwsId } from "../kind.ts";
import { count, flag, fromAttributes, toAttributes, type AttributeField, type AttributeTable } from "../shared/elbv2/attributes.ts";
import type { Listener } from "./schema.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";

const ofNetwork = { idleTimeout: count("tcp.idle_timeout.seconds", 350) } as const satisfies AttributeTable;

const ofApplication = {
  serverHeader: flag("routing.http.response.server.enabled", true),
  responseHeaders: headers("response", "header_value", responseHeaders),
  requestHeaders: headers("request", "header_name", requestHeaders),
} as const satisfies AttributeTable;

export type ListenerAttributes = Pick<Listener, keyof typeof ofNetwork | keyof typeof ofApplication>;

const ofNetworkListeners = Object.keys(ofNetwork) as (keyof typeof ofNetwork)[];
export const ofApplicationListeners = Object.keys(ofApplication) as (keyof typeof ofApplication)[];
export const listenerAttributeFields: readonly (keyof ListenerAttributes)[] = [...ofNetworkListeners, ...ofApplicationListeners];

function headers(way: string, what: string, names: readonly string[]): AttributeField {
  const keyOf = (name: string) => `routing.http.${way}.${name.toLowerCase().replaceAll("-", "_")}.${what}`;
  return {
    read: (text) => Object.fromEntries(names.map((name) => [name, text(keyOf(name), "")])),
    write: (value: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(value).map(([name, to]) => [keyOf(name), to])),
  };
}

type Sdk = typeof import("../../aws/sdk/elbv2.ts");

export async function readListenerAttributes(
  aws: Aws,
  elbv2: Sdk,
  ListenerArn: AwsId,
  type: string | undefined,
): Promise<ListenerAttributes> {
  const { Attributes = [] } = await aws.elbv2(new elbv2.DescribeListenerAttributesCommand({ ListenerArn }));
  return fromAttributes(type === "network" ? ofNetwork : ofApplication, Attributes) as ListenerAttributes;
}

/** Sets the attributes that are written and still differ. */
export async function setListenerAttributes(
  aws: Aws,
  elbv2: Sdk,
  ListenerArn: AwsId,
  request: Listener,
  live: ListenerAttributes = {},
): Promise<void> {
  const have = new Map(toAttributes({ ...ofNetwork, ...ofApplication }, live).map(({ Key, Value }) => [Key, Value]));
  const Attributes = toAttributes({ ...ofNetwork, ...ofApplication }, request).filter(({ Key, Value }) => have.get(Key) !== Value);
  // A new listener may not be visible everywhere yet.
  if (Attributes.length > 0) await soon(aws, () => aws.elbv2(new elbv2.ModifyListenerAttributesCommand({ ListenerArn, Attributes })));
}

/** The attributes that an import writes: those that differ from AWS's defaults. */
export function writtenAttributes(observed: Partial<Listener>): ListenerAttributes {
  const { idleTimeout, serverHeader } = observed;
  const set = (all: Readonly<Record<string, string>> = {}) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  const [answers, requests] = [set(observed.responseHeaders), set(observed.requestHeaders)];
  return {
    ...(idleTimeout === undefined || idleTimeout === 350 ? {} : { idleTimeout }),
    ...(serverHeader === false ? { serverHeader } : {}),
    ...(Object.keys(answers).length > 0 ? { responseHeaders: answers } : {}),
    ...(Object.keys(requests).length > 0 ? { requestHeaders: requests } : {}),
  };
}
