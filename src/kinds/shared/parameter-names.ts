/** Returns why a name in Parameter Store is not allowed although its characters are (Systems Manager API, PutParameter). */
export function whyNotParameterName(name: string): string | undefined {
  if (/^\/?(aws|ssm)/i.test(name)) return "AWS keeps names that begin with aws or ssm for itself";
  if (name.startsWith("/plumbline/")) return "/plumbline/ is where the leases are";
  if (name.includes("/") && !name.startsWith("/")) return "a name with a / in it begins with one";
  if (name.endsWith("/") || name.includes("//")) return "something must stand between and after its slashes";
  return name.split("/").length - 1 > 15 ? "AWS takes 15 levels" : undefined;
}
