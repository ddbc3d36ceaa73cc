/** Converts the changes that a rule makes to a request before its target sees it, between the user's words and AWS's. */
import type { RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Rule } from "./schema.ts";

const types = { hostHeaderRewrite: "host-header-rewrite", urlRewrite: "url-rewrite" } as const;

/** Each field is always there ("none" when unset), so that a removal can be seen. */
export function observeRewrites(transforms: readonly RuleTransform[] | undefined): Pick<Rule, "hostHeaderRewrite" | "urlRewrite"> {
  const of = (type: string) => {
    const found = transforms?.find(({ Type }) => Type === type);
    const [first] = found?.HostHeaderRewriteConfig?.Rewrites ?? found?.UrlRewriteConfig?.Rewrites ?? [];
    return first ? { regex: first.Regex ?? "", replace: first.Replace ?? "" } : ("none" as const);
  };
  return { hostHeaderRewrite: of(types.hostHeaderRewrite), urlRewrite: of(types.urlRewrite) };
}

/** All rewrites of a rule after a change: the written ones, and existing ones that the YAML does not mention. */
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
