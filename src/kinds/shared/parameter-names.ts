/** Returns why a name in Parameter Store is not allowed although its characters are (Systems Manager API, PutParameter). */
export function whyNotParameterName(name: string): string | undefined {
  if (/^\/?(aws|ssm)/i.test(name)) return "AWS reserves names that begin with aws or ssm";
  if (name.startsWith("/plumbline/")) return "infra keeps its locks under /plumbline/";
  if (name.includes("/") && !name.startsWith("/")) return "a name that contains a / must begin with a /";
  if (name.endsWith("/") || name.includes("//")) return "a name must not end with a / or contain //";
  return name.split("/").length - 1 > 15 ? "AWS allows 15 levels" : undefined;
}
