/**
 * Outputs of other objects inside the texts of a spec: `${iamRole/web.arn}`. The configuration writes them where an expression
 * names what only AWS knows; a plan fills in what exists, an apply fills in the rest.
 */
import type { Address } from "../kinds/kind.ts";

export interface Embed {
  readonly address: Address;
  readonly output: string;
}

/** The text that stands for an output. */
export function embedOf({ address, output }: Embed): string {
  return `\${${address}.${output}}`;
}

const pattern = /\$\{([A-Za-z0-9:]+\/[A-Za-z0-9_-]+(?:\[[A-Za-z0-9_-]+\])?)\.([A-Za-z]\w*)\}/g;

/** The outputs that a text holds. */
export function embedsIn(text: string): readonly Embed[] {
  if (!text.includes("${")) return [];
  return [...text.matchAll(pattern)].map(([, address = "", output = ""]) => ({ address, output }));
}

/** A value with every output filled in that is known; the same value (===) where nothing is. */
export function fillEmbeds(value: unknown, known: (embed: Embed) => string | undefined): unknown {
  return mapTexts(value, (text) =>
    text.includes("${")
      ? text.replace(pattern, (whole, address: string, output: string) => known({ address, output }) ?? whole)
      : text,
  );
}

/** The other way round: a text that is the value of an output becomes what stands for it. */
export function linkEmbeds(value: unknown, embeds: ReadonlyMap<string, string>): unknown {
  return mapTexts(value, (text) => embeds.get(text) ?? text);
}

function mapTexts(value: unknown, fn: (text: string) => string): unknown {
  if (typeof value === "string") return fn(value);
  if (Array.isArray(value)) {
    const mapped = value.map((item) => mapTexts(item, fn));
    return mapped.some((item, i) => item !== value[i]) ? mapped : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, inner, mapTexts(inner, fn)] as const);
  return entries.some(([, was, now]) => was !== now) ? Object.fromEntries(entries.map(([key, , now]) => [key, now])) : value;
}

/** Every output in a value, with the path at which it stands ("VpcConfig.SubnetIds[0]"). */
export function visitEmbeds(value: unknown, visit: (embed: Embed, path: string) => void, path = ""): void {
  if (typeof value === "string") for (const embed of embedsIn(value)) visit(embed, path);
  else if (Array.isArray(value)) value.forEach((item, i) => visitEmbeds(item, visit, `${path}[${i}]`));
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) visitEmbeds(inner, visit, path === "" ? key : `${path}.${key}`);
}
