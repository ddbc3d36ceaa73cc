import type { Authored, Remark } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { observeEnding } from "./actions.ts";
import { writtenAuthentication } from "./authenticate.ts";
import { onlyApplication, onlyNetwork, readAttributes } from "./attributes.ts";
import { conditionsOf, isWritable } from "./conditions.ts";
import { listenerAttributeFields, writtenAttributes } from "./listener-attributes.ts";
import { observeRewrites } from "./rewrites.ts";
import type { LiveBalancer, LiveListener, LiveRule } from "./observe.ts";
import type { Listener, LoadBalancer, Rule } from "./schema.ts";

/** A load balancer as an author writes it. Rules of a Kubernetes controller, and rules that no file can express, stay as they are. */
export function authored(spec: Partial<LoadBalancer>, live: LiveBalancer): Authored<LoadBalancer> {
  const isFixed = (spec.subnetMappings ?? []).some(({ elasticIp, privateIpv4Address }) => elasticIp ?? privateIpv4Address);
  // An application load balancer always has cross-zone load balancing, whatever its attribute says.
  const always: readonly (keyof LoadBalancer)[] = spec.type !== "network" && spec.crossZone === false ? ["crossZone"] : [];
  const other: readonly (keyof LoadBalancer)[] = [...(spec.type === "network" ? onlyApplication : onlyNetwork), ...always];
  const given = { ...readAttributes([], spec.type), type: "application", ipAddressType: "ipv4", minimumCapacity: 0 };
  const listeners = live.handle.listeners.map((one) => [String(one.port), authoredListener(spec.listeners?.[one.port], one)] as const);
  return {
    spec: {
      ...without(omit(spec, [...other, isFixed ? "subnets" : "subnetMappings", "listeners"]), given),
      ...(isFixed && { subnetMappings: spec.subnetMappings!.map((one) => without(one, {})) as LoadBalancer["subnetMappings"] }),
      ...(listeners.length > 0 && { listeners: Object.fromEntries(listeners) }),
    },
    remarks: live.handle.listeners.flatMap(remarksOf),
  };
}

function remarksOf({ port, rules, found }: LiveListener): Remark[] {
  const left = rules.filter((rule) => !isAuthors(rule)).map(({ priority }) => priority);
  const asks = [found.DefaultActions ?? [], ...rules.map((rule) => rule.found.Actions ?? [])].flat();
  return [
    ...(left.length > 0
      ? [
          {
            path: "listeners",
            text: `rules of the listener on port ${port} that the file does not write and infra leaves unchanged: priorities ${left.join(", ")}`,
          },
        ]
      : []),
    ...(asks.some(({ Type }) => Type === "authenticate-oidc")
      ? [
          {
            path: "listeners",
            text: `the listener on port ${port} authenticates users with OIDC; AWS does not return the client secret, so the file does not write it, and infra leaves it unchanged`,
          },
        ]
      : []),
  ];
}

function authoredListener(observed: Partial<Listener> = {}, { rules, certificates }: LiveListener): Listener {
  const ofTls: readonly (keyof Listener)[] = /^(HTTPS|TLS)$/.test(observed.protocol ?? "") ? [] : ["sslPolicy", "alpnPolicy"];
  const written = rules.filter(isAuthors).map((rule) => [rule.name ?? `rule-${rule.priority}`, authoredRule(rule)] as const);
  return {
    ...(without(omit(observed, ["rules", "certificates", ...ofTls, "authenticateOidc", ...listenerAttributeFields]), {
      alpnPolicy: "None",
      authenticateCognito: "none",
      jwtValidation: "none",
      mutualAuthentication: { mode: "off" },
    }) as Listener),
    ...writtenAttributes(observed),
    ...(certificates.length > 0 && { certificates: [...certificates] }),
    ...(written.length > 0 && { rules: Object.fromEntries(written) }),
  };
}

function authoredRule({ priority, found }: LiveRule): Rule {
  const { authenticateOidc: _, ...asks } = writtenAuthentication(found.Actions ?? []);
  const rewrites = without(observeRewrites(found.Transforms), { hostHeaderRewrite: "none", urlRewrite: "none" });
  return { priority, conditions: conditionsOf(found.Conditions ?? []), ...rewrites, ...asks, ...observeEnding(found.Actions) };
}

/**
 * Whether the rule is for the file to write. Controllers mark their rules, and a rule with an action that no file can express is foreign,
 * too.
 */
function isAuthors({ tags, found }: LiveRule): boolean {
  const isControllers = Object.keys(tags).some((key) => /^(elbv2|ingress|service)\.k8s\.aws\//.test(key));
  return !isControllers && (found.Conditions ?? []).every(isWritable) && Object.keys(observeEnding(found.Actions)).length > 0;
}
