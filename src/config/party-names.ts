import { didYouMean } from "../diag/did-you-mean.ts";
import type { Network } from "../reach/network.ts";
import { namesOf } from "../reach/parties.ts";

/** What to write in the place of a text that means nobody. */
export function hintForName(network: Network, text: string): string {
  const names = namesOf(network);
  const called = text.includes("/") ? [] : names.filter((name) => name.endsWith(`/${text}`));
  if (called.length > 0) return `write ${called.slice(0, 5).join(" or ")}`;
  const wholeKinds = names.flatMap((name) => (name.includes("/") ? [`${name.slice(0, name.indexOf("/"))}/*`] : []));
  const near = didYouMean(text, text.endsWith("/*") ? wholeKinds : names);
  return near === undefined ? "write `internet`, a network, KIND/NAME, or KIND/*" : `did you mean "${near}"?`;
}
