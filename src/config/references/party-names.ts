import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { Network } from "../../reach/network.ts";
import { namesOf } from "../../reach/parties.ts";
import { withKindMeant } from "./foreign-names.ts";

/** Returns what to write in place of a text that names nothing on the network. */
export function hintForName(network: Network, text: string, kinds: readonly Kind[]): string {
  const names = namesOf(network);
  const called = text.includes("/") ? [] : names.filter((name) => name.endsWith(`/${text}`));
  if (called.length > 0) return `write ${called.slice(0, 5).join(" or ")}`;
  const wholeKinds = names.flatMap((name) => (name.includes("/") ? [`${name.slice(0, name.indexOf("/"))}/*`] : []));
  const meant = withKindMeant(text, kinds);
  const near = didYouMean(meant ?? text, text.endsWith("/*") ? wholeKinds : names);
  if (near !== undefined) return `did you mean "${near}"?`;
  const forms = "write `internet`, a network, KIND/NAME, or KIND/*";
  return meant === undefined ? forms : `${meant} has no network connections; ${forms}`;
}
