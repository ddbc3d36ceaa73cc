/**
 * Objects of others in the same account and region: an environment of the same name in another project, and copies of our objects with all
 * our tags ("launch more like this"), one of every kind in the environment.
 */
import type { Environment } from "../../src/config/environment.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { ownership } from "../../src/resource/ownership.ts";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { account } from "../support/past-the-wire.ts";
import { runProcess, tell } from "./process.ts";
import { letTimePass, unmanagedIn, type Unmanaged } from "./shape.ts";

export interface Neighbourhood {
  readonly state: SandboxState;
  readonly unmanaged: Unmanaged;
  readonly at: number;
}

/** Returns a state that already holds the objects of others. */
export async function neighbourhood(kinds: readonly Kind[], environment: Environment, start: number): Promise<Neighbourhood> {
  const state = new SandboxState();
  // Three environments exceed AWS's quotas of five VPCs, Elastic IPs and NAT gateways, so the quotas are raised, as accounts do.
  const quotas = state.region(account, environment.region).table("ec2.quotas");
  for (const name of ["vpcs", "addresses", "natGatewaysPerZone"]) quotas.set(name, { value: 20 });
  let at = start;
  for (const name of ["other", "copy"]) {
    const ended = await runProcess(kinds, state, at, { environment: renamed(environment, name), goal: "agree" });
    if (ended.how !== "done") throw new Error(`the foreign objects of ${environment.name} could not settle: ${tell(ended)}`);
    at = ended.end + 1000;
  }
  at += 3_600_000;
  await letTimePass(state, at);
  const disguised = SandboxState.from(JSON.parse(JSON.stringify(state, disguise(environment))) as Parameters<typeof SandboxState.from>[0]);
  for (const [key, region] of disguised.regions) region.inheritSecrets(state.region(...(key.split("/") as [string, string])));
  return { state: disguised, unmanaged: unmanagedIn(disguised), at };
}

/** The environment under another name, so that the names in AWS do not collide. */
function renamed(environment: Environment, name: string): Environment {
  const rename = (awsName: string) => awsName.replace(environment.name, name);
  const nodes = environment.nodes.map((node) => ({
    ...node,
    ...(node.awsName === undefined ? {} : { awsName: rename(node.awsName) }),
    spec: {
      ...(arnsRenamed(node.spec, rename) as typeof node.spec),
      // An account has one provider for each URL, so theirs has another URL.
      ...(node.kind === "oidcProvider" ? { url: `https://${name}.example.com` } : {}),
      ...(node.kind === "kmsKey" ? { alias: rename(String(node.spec.alias)) } : {}),
      ...(node.kind === "keyPair" ? { privateKey: parameterRenamed(node.spec["privateKey"], rename) } : {}),
      // AWS allows one customer gateway for an address and number, unless its device has another name.
      ...(node.kind === "customerGateway" ? { deviceName: name } : {}),
    },
    at: node.at.bind(node),
  }));
  return { ...environment, name, nodes };
}

/** Their keys are in separate parameters. */
function parameterRenamed(place: unknown, rename: (awsName: string) => string): unknown {
  const { ssmParameter } = (place ?? {}) as { readonly ssmParameter?: string };
  return ssmParameter === undefined ? place : { ssmParameter: rename(ssmParameter) };
}

/** A policy may name an object of its environment by an explicit ARN, such as that of a bucket. Theirs names their own. */
function arnsRenamed(value: unknown, rename: (awsName: string) => string): unknown {
  if (typeof value === "string") return value.startsWith("arn:") ? rename(value) : value;
  if (Array.isArray(value)) return value.map((item) => arnsRenamed(item, rename));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, arnsRenamed(item, rename)]));
}

/** Rewrites the tags of both: one becomes an environment of our name in another project, the other gets our tags. */
function disguise(environment: Environment): (this: unknown, key: string, value: unknown) => unknown {
  return function (_key, value) {
    const tags = value as Record<string, string> | null;
    if (typeof tags !== "object" || tags === null || Array.isArray(value)) return value;
    const was = tags[ownership.environment];
    if (was === "other") return { ...tags, [ownership.project]: "somebody-elses", [ownership.environment]: environment.name };
    if (was === "copy") return { ...tags, ...copied(tags, environment) };
    return value;
  };
}

/** Our tags as a copy has them, with our name and token. Where AWS keeps neither, the copy has the mark of its maker. */
function copied(tags: Record<string, string>, environment: Environment): Record<string, string> {
  const name = tags[ownership.name];
  const ours = { [ownership.environment]: environment.name };
  if (name !== undefined) return { ...ours, [ownership.name]: name.replace("copy", environment.name) };
  if (tags[ownership.resource]?.startsWith("instance/")) return { ...ours, [ownership.token]: "0".repeat(32) };
  return { ...ours, "eks:cluster-name": "theirs" };
}
