import { didYouMean } from "../../../diag/did-you-mean.ts";

/**
 * The sizes of EC2's types besides numbered ones such as `2xlarge` and `metal-24xl` (EC2 User Guide, "Amazon EC2 instance type naming
 * conventions"). New families appear every year, new sizes of this form hardly ever, so of a family only the form is checked.
 */
const sizes = ["nano", "micro", "small", "medium", "large", "xlarge", "metal"];
const numbered = /^(\d+xlarge|metal-\d+xl)$/;
const family = /^([a-z]{1,4}\d+[a-z]*|u(\d+[a-z]*)?|mac)(-[a-z0-9]+)?$/;

/** Returns what is wrong with the form of a type such as `t3.micro`; undefined when AWS may have it. `prefix` is "db." for RDS. */
export function whyNotType(type: string, prefix = ""): { readonly why: string; readonly hint: string } | undefined {
  const written = type.startsWith(prefix) ? type.slice(prefix.length) : type;
  const dot = written.indexOf(".");
  const [group, size] = [written.slice(0, dot), written.slice(dot + 1)];
  if (dot < 0) return undefined; // the schema reports it
  if (!family.test(group)) return { why: `"${group}" is not an instance family`, hint: "write letters and a generation, as in t3 or m7g" };
  if (sizes.includes(size) || numbered.test(size)) return undefined;
  const near = didYouMean(size, [...sizes, ...[2, 4, 8, 12, 16, 24, 32, 48].map((n) => `${n}xlarge`)]);
  const hint = near ? `did you mean "${prefix}${group}.${near}"?` : `sizes are ${sizes.join(", ")}, 2xlarge, 4xlarge and so on`;
  return { why: `"${size}" is not an instance size`, hint };
}
