import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { PolicyDocument, Statement } from "../../src/iam/subject.ts";
import type { Authorisation } from "./authorisation.ts";

/** Answers whether policies allow what AWS would check, with a simulator in a separate process. */
export interface Simulator {
  /**
   * Returns "Allowed", "ImplicitlyDenied" or "ExplicitlyDenied" for each request. Throws when AWS has no such action, resource or condition
   * key.
   */
  run(requests: readonly Request[]): Promise<readonly string[]>;
  /** The number of different questions. */
  readonly asked: number;
  stop(): void;
}

export interface Request extends Authorisation {
  /** Policies that are attached to the same role. */
  readonly policies: readonly PolicyDocument[];
}

interface Answer {
  readonly error?: string;
  readonly result: string;
  readonly ignored: readonly string[];
}

export function startSimulator(): Simulator {
  const child = spawn(process.execPath, [new URL("simulate.mjs", import.meta.url).pathname], { stdio: ["pipe", "pipe", "inherit"] });
  const known = new Map<string, string>();
  const ask = asker(child);
  return {
    async run(requests) {
      const asked = requests.map((request) => question(request));
      const fresh = [...new Map(asked.map((one) => [JSON.stringify(one), one]))].filter(([key]) => !known.has(key));
      const answers = fresh.length > 0 ? await ask(JSON.stringify(fresh.map(([, one]) => one))) : [];
      fresh.forEach(([key, one], i) => known.set(key, resultOf(answers[i]!, one)));
      return asked.map((one) => known.get(JSON.stringify(one))!);
    },
    get asked() {
      return known.size;
    },
    stop: () => void child.stdin?.end(),
  };
}

/**
 * Reduces the policies to the statements that name the action, with this action alone. The other actions make no difference, and many
 * policies become equal.
 */
function question({ policies, action, resource, context }: Request) {
  const statements = policies
    .flatMap(({ Statement }) => Statement)
    .filter(({ Action }) => Action.includes(action))
    .map((one): Statement => ({ ...one, Action: [action] }));
  const unique = [...new Map(statements.map((one) => [JSON.stringify(one), one])).values()];
  return { statements: unique.map((one, i) => ({ ...one, Sid: `S${i}` })), action, resource: withoutIds(resource), context };
}

function resultOf(
  { error, result, ignored }: Answer,
  { action, resource }: { readonly action: string; readonly resource: string },
): string {
  if (error !== undefined) throw new Error(`${action} on ${resource}: ${error}`);
  if (ignored.length > 0) throw new Error(`${action} on ${resource}: AWS gives it no ${ignored.join(", ")}`);
  return result;
}

/** Removes AWS's ids, because no statement depends on them. */
function withoutIds(resource: string): string {
  return resource.replace(/-0[0-9a-f]{16}\b/g, "-0123456789abcdef0");
}

function asker(child: ChildProcess): (line: string) => Promise<readonly Answer[]> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async (line) => {
    child.stdin!.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("the simulator ended");
    return JSON.parse(value as string) as Answer[];
  };
}
