import { VirtualClock } from "@plumbline/clock";
import type { AwsError } from "../../src/aws/errors.ts";
import { refusal } from "./refusal.ts";
import { awsOf } from "./services.ts";

/** A Parameter Store with a few texts that records every call as a line. `refused` names the operations that fail, with their errors. */
export function storeOf(texts: Readonly<Record<string, string>>, refused: Readonly<Record<string, AwsError>> = {}) {
  const store = new Map(Object.entries(texts));
  const calls: string[] = [];
  const clock = new VirtualClock();
  const shown = (names: readonly string[]) => names.flatMap((Name) => (store.has(Name) ? [{ Name, Value: store.get(Name)! }] : []));
  const call = async (what: string, input: unknown): Promise<unknown> => {
    const { Path, Name, Names, Value, Recursive, Type, Overwrite } = input as {
      [K in "Path" | "Name" | "Value" | "Recursive" | "Type" | "Overwrite"]?: string;
    } & {
      Names?: string[];
    };
    const operation = what.replace("ssm ", "");
    calls.push([operation, Path ?? Name ?? Names!.join(" "), ...(Value === undefined ? [] : [Value])].join(" "));
    if (refused[operation]) throw refused[operation];
    switch (operation) {
      case "GetParametersByPath":
        return { Parameters: shown([...store.keys()].filter((name) => isBelow(name, Path!, Boolean(Recursive)))) };
      case "GetParameters":
        return { Parameters: shown(Names!) };
      case "PutParameter":
        if (Type !== "String" || (store.has(Name!) && !Overwrite))
          throw refusal("duplicate", { code: "ParameterAlreadyExists", operation });
        store.set(Name!, Value!);
        return {};
      default:
        if (!store.delete(Name!)) throw refusal("not-found", { code: "ParameterNotFound", operation });
        return {};
    }
  };
  return { aws: awsOf(clock, call), clock, calls, texts: () => Object.fromEntries(store) };
}

function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  return name.startsWith(`${path}/`) && (isRecursive || !name.slice(path.length + 1).includes("/"));
}
