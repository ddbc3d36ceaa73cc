/**
 * Gives access to AWS that answers the same read twice from one call. The proof of an import asks for much that has just been read. Details
 * that AWS tells object by object (attributes, policies, settings of buckets) would cost each of their calls once more.
 */
import type { Aws, Command, Service } from "../aws/aws.ts";

/** Returns the same access with a memory. It is meant for seconds, and for calls that only read. */
export function remembering(aws: Aws): Aws {
  return withMemory(aws, new Map());
}

/** The answer of a call, or its pages, by service, operation and input. */
type Memory = Map<string, unknown>;

function withMemory(aws: Aws, memory: Memory): Aws {
  const services = Object.entries(aws).filter((entry): entry is [string, Service] => isService(entry[1]));
  const remembered = services.map(([name, service]) => [name, serviceWith(service, name, memory)] as const);
  return { ...aws, ...Object.fromEntries(remembered), within: (scope) => withMemory(aws.within(scope), memory) };
}

function serviceWith(service: Service, name: string, memory: Memory): Service {
  const send = async <I extends object, O>(command: Command<I, O>, options?: Parameters<Service>[1]): Promise<O> => {
    const key = keyOf(name, command);
    if (!memory.has(key)) memory.set(key, await service(command, options));
    return memory.get(key) as O;
  };
  async function* pages<I extends object, O>(command: new (input: I) => Command<I, O>, input: I): AsyncIterable<O> {
    const key = `pages of ${keyOf(name, new command(input))}`;
    const known = memory.get(key) as readonly O[] | undefined;
    if (known) return yield* known;
    const told: O[] = [];
    for await (const page of service.pages(command, input)) {
      told.push(page);
      yield page;
    }
    memory.set(key, told);
  }
  return Object.assign(send, { pages }) as Service;
}

/** Returns the key of a call. Lists of strings are sorted, because ids and values of filters mean the same in any order. */
function keyOf(service: string, command: Command<object, unknown>): string {
  const sorted = (_key: string, value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === "string") ? [...value].sort() : value;
  return `${service} ${command.constructor.name} ${JSON.stringify(command.input, sorted)}`;
}

function isService(value: unknown): value is Service {
  return typeof value === "function" && "pages" in value;
}
