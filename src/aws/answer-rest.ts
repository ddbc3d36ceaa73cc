/** What an answer of REST with XML must look like by its schema (Smithy, "AWS restXml protocol"): S3 answers so. */
import { NormalizedSchema } from "@smithy/core/schema";

/** A body that the schema promises. `root`: the element around it, where the schema tells it. */
export type RestBody = { readonly sort: "none" } | { readonly sort: "text" } | { readonly sort: "xml"; readonly root: string | undefined };

/** The body that belongs to an operation's output: all that is no header. */
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
