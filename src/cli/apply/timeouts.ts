import { secondsOf } from "../../config/values/seconds.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Kind } from "../../kinds/kind.ts";
import { usage } from "../outputs.ts";

/** Reads `--timeout KIND=TIME`: seconds by the kind's name. */
export function timeoutsFor(written: readonly string[], kinds: readonly Kind[]): ReadonlyMap<string, number> {
  return new Map(written.map((text) => timeoutOf(text, kinds)));
}

function timeoutOf(text: string, kinds: readonly Kind[]): readonly [string, number] {
  const [name = "", time = ""] = text.split("=", 2);
  const kind = kinds.find((one) => one.name === name);
  if (!kind) {
    const names = kinds.map((one) => one.name);
    const near = didYouMean(name, names);
    throw usage(
      `--timeout ${text}: there is no kind "${name}".`,
      near === undefined ? `kinds: ${names.join(", ")}` : `did you mean ${near}?`,
    );
  }
  const seconds = secondsOf(time);
  if (seconds === undefined) throw usage(`--timeout ${text}: "${time}" is not a duration.`, "write 90s, 30m or 2h");
  return [name, seconds];
}
