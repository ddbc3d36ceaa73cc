/** Plays the script to one endpoint and keeps its answers. */
import type { Clients } from "../../e2e/support/clients.ts";
import type { Step } from "../script/step.ts";
import { normalise, type Answer } from "./compare.ts";

/**
 * Runs every step, also those that fail. `start` names the ids that exist beforehand; `settle` lets time pass, so that each step has
 * finished before the next.
 */
export async function play(
  script: readonly Step[],
  clients: Clients,
  start: Readonly<Record<string, string>>,
  settle: () => void,
): Promise<ReadonlyMap<string, Answer>> {
  const known = new Map(Object.entries(start));
  const names = new Map(Object.entries(start).map(([name, id]) => [id, name]));
  const answers = new Map<string, Answer>();
  const id = (name: string) => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`no step has kept "${name}"`);
    return found;
  };
  for (const step of script) {
    settle();
    const answer = await ask(clients, step, step.command(id));
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      const kept = valueAt(answer.output, path);
      if (typeof kept !== "string") throw new Error(`${step.title}: no ${path} in the answer: ${JSON.stringify(answer)}`);
      known.set(name, kept);
      names.set(kept, name);
    }
    answers.set(step.title, { ...answer, ...(answer.output !== undefined && { output: normalise(answer.output, names) }) });
  }
  return answers;
}

interface Refusal {
  readonly name: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

async function ask(clients: Clients, { service }: Step, command: object): Promise<Answer> {
  const client = clients[service] as unknown as { send(command: object): Promise<unknown> };
  try {
    return { output: await client.send(command) };
  } catch (error) {
    const { name, Code, $metadata } = error as Refusal;
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { error: { code: Code ?? name, status: $metadata.httpStatusCode } };
  }
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}
