/** An account that returns its lists in another order. */
import { typeSchema, type SchemaNode } from "@plumbline/aws-types";
import type { Connection } from "../../src/aws/connection.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { deref, factsOf, isSet, itemOf, memberOf, type Way } from "../../src/kinds/types/facts.ts";
import { comparingOf } from "../../src/kinds/types/rules.ts";
import { isPlainObject } from "../../src/resource/plain-object.ts";

/** Lists whose order has a meaning: the preferences of an Auto Scaling group, and the DNS servers that instances ask first. */
const kept: Readonly<Record<string, (holder: object) => boolean>> = {
  Overrides: () => true,
  Values: (holder) => "Key" in holder,
};

/** The same connection, with every list reversed whose order means nothing. */
export function backwards(connection: Connection): Connection {
  const { aws } = connection;
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned).toReversed();
    if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return value;
    const entries = Object.entries(value).map(([key, one]) => {
      if (!kept[key]?.(value)) return [key, turned(one)];
      return [key, (one as unknown[]).map((item) => turned(item))];
    });
    const holder = Object.fromEntries(entries) as Record<string, unknown>;
    return typeof holder["TypeName"] === "string" ? withTurnedProperties(holder["TypeName"], holder) : holder;
  };
  const withTurned = (way: typeof aws): typeof aws => {
    const services = Object.entries(way).filter(([, service]) => typeof service === "function" && "pages" in service);
    const wrapped = services.map(([name, service]) => {
      const send = async (...args: unknown[]) => turned(await (service as (...args: unknown[]) => unknown)(...args));
      async function* pages(...args: unknown[]) {
        for await (const page of (service as unknown as { pages(...args: unknown[]): AsyncIterable<unknown> }).pages(...args))
          yield turned(page);
      }
      return [name, Object.assign(send, { pages })] as const;
    });
    return { ...way, ...(Object.fromEntries(wrapped) as object), within: (scope) => withTurned(way.within(scope)) };
  };
  return { ...connection, aws: withTurned(aws), fence: connection.fence.bind(connection) };
}

/** Reverses the lists in Cloud Control's text that are sets by the schema of the type. */
function withTurnedProperties(type: string, answer: Readonly<Record<string, unknown>>): unknown {
  const facts = factsOf(type, typeSchema(type)!);
  const { unordered } = comparingOf(facts, curated[type]);
  const turned = (written: SchemaNode, value: unknown, way: Way): unknown => {
    if (Array.isArray(value)) {
      const inner = value.map((one) => turned(itemOf(facts.schema, written), one, [...way, "*"]));
      return isSet(deref(facts.schema, written), unordered, way) ? inner.toReversed() : inner;
    }
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, turned(memberOf(facts.schema, written, key) ?? {}, one, [...way, key])]),
    );
  };
  const described = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(described);
    if (!isPlainObject(one) || typeof one["Properties"] !== "string") return one;
    const properties = Object.entries(JSON.parse(one["Properties"]) as object);
    const other = properties.map(([property, value]) => [property, turned(facts.schema.properties?.[property] ?? {}, value, [property])]);
    return { ...one, Properties: JSON.stringify(Object.fromEntries(other)) };
  };
  return Object.fromEntries(Object.entries(answer).map(([key, one]) => [key, described(one)]));
}
