/** A small part of the engines' parameters, with true defaults and ElastiCache's allowed values. */
import type { Parameter } from "@aws-sdk/client-elasticache";
import { invalidValue, notModelled } from "./faults.ts";
import type { ParameterGroupRecord } from "./state.ts";

interface Definition {
  readonly name: string;
  readonly value: string;
  readonly data: "integer" | "string";
  readonly allowed: string;
  readonly change: "immediate" | "requires-reboot";
  readonly fixed?: true;
}

/** The families of parameter groups (ElastiCache API, CreateCacheParameterGroup), with their engine and version. */
export const families: Readonly<Record<string, { readonly engine: string; readonly major: string }>> = {
  "memcached1.6": { engine: "memcached", major: "1.6" },
  "redis6.x": { engine: "redis", major: "6" },
  redis7: { engine: "redis", major: "7" },
  valkey7: { engine: "valkey", major: "7" },
  valkey8: { engine: "valkey", major: "8" },
};

/**
 * One parameter in each line: `name default data allowed change`. `!` before a name means that it cannot be modified (ElastiCache User
 * Guide, "Valkey and Redis OSS parameters").
 */
const redisLike = table(`
  activedefrag no string yes,no immediate
  active-expire-effort 1 integer 1-10 immediate
  appendonly no string yes,no immediate
  client-output-buffer-limit-pubsub-hard-limit 33554432 integer 0- immediate
  cluster-enabled no string yes,no requires-reboot
  databases 16 integer 1-1200000 requires-reboot
  hash-max-listpack-entries 512 integer 0- immediate
  lazyfree-lazy-eviction no string yes,no immediate
  !maxmemory 0 integer 0- requires-reboot
  maxmemory-policy volatile-lru string volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction immediate
  maxmemory-samples 3 integer 1- immediate
  notify-keyspace-events - string - immediate
  reserved-memory-percent 25 integer 0-100 immediate
  slowlog-log-slower-than 10000 integer -1- immediate
  slowlog-max-len 128 integer 0- immediate
  tcp-keepalive 300 integer 0- immediate
  timeout 0 integer 0- immediate
`);

const memcached = table(`
  backlog_queue_limit 1024 integer 1-10000 requires-reboot
  chunk_size 48 integer 1-1024 requires-reboot
  max_item_size 1048576 integer 1024-1073741824 requires-reboot
  idle_timeout 0 integer 0-86400 requires-reboot
  !maxconns_fast 1 integer 0-1 requires-reboot
`);

export function definitionsOf(family: string): readonly Definition[] {
  return families[family]?.engine === "memcached" ? memcached : redisLike;
}

export function describeParameter(definition: Definition, group: ParameterGroupRecord | undefined): Parameter {
  const set = group?.values[definition.name];
  return {
    ParameterName: definition.name,
    ParameterValue: set ?? definition.value,
    Source: set === undefined ? "system" : "user",
    DataType: definition.data,
    ...(definition.allowed === "" ? {} : { AllowedValues: definition.allowed }),
    IsModifiable: definition.fixed !== true,
    MinimumEngineVersion: "2.8.6",
    ChangeType: definition.change,
  };
}

export function needParameter(family: string, name: string | undefined): Definition {
  const found = definitionsOf(family).find((one) => one.name === name);
  if (!found) throw notModelled(`the parameter ${name ?? ""} of ${family}`);
  if (found.fixed) throw invalidValue(`The parameter ${found.name} cannot be modified.`);
  return found;
}

export function checkValue({ name, data, allowed }: Definition, value: string): void {
  const bad = () => invalidValue(`The parameter ${name} cannot be set to ${value}: allowed values are ${allowed}.`);
  if (data === "string") {
    if (allowed !== "" && !allowed.split(",").includes(value)) throw bad();
    return;
  }
  const [, from, to] = /^(-?\d+)-(\d*)$/.exec(allowed) ?? [];
  if (!/^-?\d+$/.test(value) || Number(value) < Number(from) || (to !== "" && Number(value) > Number(to))) throw bad();
}

function table(text: string): readonly Definition[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [name, value, data, allowed, change] = line.trim().split(/\s+/) as [string, string, string, string, string];
      return {
        name: name.replace(/^!/, ""),
        value: value === "-" ? "" : value,
        data: data as Definition["data"],
        allowed: allowed === "-" ? "" : allowed,
        change: change as Definition["change"],
        ...(name.startsWith("!") ? { fixed: true as const } : {}),
      };
    });
}
