/** Reads the records of earlier applies in one call: the kinds that the environment has had, and the values that were set recently. */
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import { getParameters, namesPerCall, type ParametersOf } from "../observe/parameters.ts";
import type { KnownKinds } from "../observe/reading.ts";
import type { AppliedHistory } from "../plan/flapping.ts";
import { historyFrom, nameOfHistory } from "./applied-history.ts";
import { knownFrom, nameOfKinds, textsBelow, type Texts } from "./known-kinds.ts";
import type { LeaseOwner } from "./lease.ts";

export interface Memory {
  readonly known: Promise<KnownKinds>;
  /** `denied`: why the history could not be read. */
  readonly history: Promise<{ readonly applied: AppliedHistory; readonly denied?: string }>;
  /** The parameters that name images, read in the same call. */
  readonly parametersOf: ParametersOf;
}

/**
 * Reads the records, together with the parameters that name images. When the role may read only one of the two, AWS refuses the shared
 * call, and each is read in a call of its own.
 */
export function readMemory(aws: Aws, owner: LeaseOwner, images: readonly string[]): Memory {
  const names = [nameOfKinds(owner), nameOfHistory(owner)];
  const isOneCall = images.length > 0 && images.length + names.length <= namesPerCall;
  const together = isOneCall ? unlessDenied(getParameters(aws, [...names, ...images])) : Promise.resolve("in calls of their own");
  let reading: Promise<Texts | string> | undefined;
  const below = () => (reading ??= unlessDenied(textsBelow(aws, owner)));
  const texts = together.then((all) =>
    typeof all === "string" ? below() : new Map(all.map(({ Name, Value }) => [Name, Value ?? ""] as const)),
  );
  const known = texts.then(async (some): Promise<KnownKinds> => {
    // Only the lock's parameter shows whether an apply has ever run. Its name has a number, so it is not in the shared call.
    const of = typeof some === "string" || some.has(nameOfKinds(owner)) ? some : await below();
    return typeof of === "string" ? { unknown: of } : knownFrom(of, owner);
  });
  const history = texts.then((of) =>
    typeof of === "string"
      ? { applied: new Map<string, never>(), denied: of }
      : { applied: historyFrom(of.get(nameOfHistory(owner)), aws.clock.now()) },
  );
  for (const each of [known, history]) each.catch(() => undefined); // a caller that needs it gets the error; another read may fail first
  const parametersOf: ParametersOf = async (asked) => {
    const all = await together;
    return typeof all === "string" ? getParameters(aws, asked) : all;
  };
  return { known, history, parametersOf };
}

/** Returns the answer, or the reason why AWS denied it. */
async function unlessDenied<T>(reading: Promise<T>): Promise<T | string> {
  try {
    return await reading;
  } catch (error) {
    if (!isDenied(error)) throw error;
    return `${error.operation} was denied (${error.code})`;
  }
}
