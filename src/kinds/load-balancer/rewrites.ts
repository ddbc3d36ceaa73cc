/** What a rule changes of a request before its target sees it, between the user's words and AWS's. */
import type { RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Rule } from "./schema.ts";

const types = { hostHeaderRewrite: "host-header-rewrite", urlRewrite: "url-rewrite" } as const;

/** Each is there, so that one which is taken away can be told. */
export function observeRewrites(transforms: readonly RuleTransform[] | undefined): Pick<Rule, "hostHeaderRewrite" | "urlRewrite"> {
  const of = (type: string) => {
    const found = transforms?.find(({ Type }) => Type === type);
    const [first] = found?.HostHeaderRewriteConfig?.Rewrites ?? found?.UrlRewriteConfig?.Rewrites ?? [];
    return first ? { regex: first.Regex ?? "", replace: first.Replace ?? "" } : ("none" as const);
  };
  return { hostHeaderRewrite: of(types.hostHeaderRewrite), urlRewrite: of(types.urlRewrite) };
}

/** All that a rule has afterwards: those that are written, and those that stand there and are not spoken of. */
export function rewriteRequest(request: Rule, before: readonly RuleTransform[] = []): RuleTransform[] {
  return (["hostHeaderRewrite", "urlRewrite"] as const).flatMap((field): RuleTransform[] => {
    const written = request[field];
    const Type = types[field];
    if (written === "none") return [];
    if (written === undefined) return before.filter((one) => one.Type === Type);
    const config = { Rewrites: [{ Regex: written.regex, Replace: written.replace }] };
    return [field === "urlRewrite" ? { Type, UrlRewriteConfig: config } : { Type, HostHeaderRewriteConfig: config }];
  });
}
