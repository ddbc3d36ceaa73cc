/** The form that an answer of REST with XML must have by its schema (Smithy, "AWS restXml protocol"). S3 answers in this form. */
import { NormalizedSchema } from "@smithy/core/schema";

/** The body that the schema promises. `root`: the root element, where the schema names it. */
export type RestBody = { readonly sort: "none" } | { readonly sort: "text" } | { readonly sort: "xml"; readonly root: string | undefined };

/** Returns the body that an operation's output has: every member that is not a header. */
export function restBody(schema: unknown): RestBody {
  const output = NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]);
  if (!output.isStructSchema()) return { sort: "none" };
  let body: RestBody = { sort: "none" };
  for (const [, member] of output.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpPayload && member.isStringSchema()) return { sort: "text" };
    if (traits.httpPayload) return { sort: "xml", root: textOf(traits.xmlName) };
    if (traits.httpHeader === undefined) body = { sort: "xml", root: textOf(output.getMergedTraits().xmlName) };
  }
  return body;
}

function textOf(name: unknown): string | undefined {
  return typeof name === "string" ? name : undefined;
}
