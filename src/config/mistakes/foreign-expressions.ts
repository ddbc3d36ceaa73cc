import type { Diagnostic } from "../../diag/diagnostic.ts";

/**
 * Adds a hint to a reference in the form of Terraform or of CloudFormation's `Fn::Sub`. Here it is a plain name: `${aws_vpc.main.id}` is
 * `main`.
 */
export function withHintForExpression(diagnostic: Diagnostic): Diagnostic {
  const { code, at } = diagnostic;
  if (code !== "bad-expression" || at?.text === undefined) return diagnostic;
  const [, key, inside] = /([\w-]+:)?[ \t]*["']?\$\{([^}]*)\}/.exec(at.text.slice(Math.max(0, lastKeyBefore(at.text, at.column)))) ?? [];
  const instead = insteadOf((inside ?? "").trim());
  if (instead !== undefined) return { ...diagnostic, hint: `write \${${instead}}` };
  const name = nameIn(inside ?? "");
  if (name === undefined) return diagnostic;
  return { ...diagnostic, hint: `a reference is the name alone: write \`${key === undefined ? name : `${key} ${name}`}\`` };
}

/** Returns the offset of the key whose value holds the expression at a column. */
function lastKeyBefore(text: string, column: number): number {
  const opens = text.lastIndexOf("${", column - 1);
  return /[\w-]*:?[ \t]*["']?$/.exec(text.slice(0, opens < 0 ? column - 1 : opens))!.index;
}

function nameIn(inside: string): string | undefined {
  const terraform = /^\s*(?:data\.)?aws_[a-z0-9_]+\.([A-Za-z0-9_-]+)(?:\[\d+\])?(?:\.|\s*$)/.exec(inside);
  const cloudFormation = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\.(?:Arn|Id|[A-Z]\w*Id))\s*$/.exec(inside);
  return (terraform ?? cloudFormation)?.[1];
}

/** Names in other tools for values of the environment, for variables and for parts. */
const values: readonly (readonly [RegExp, string])[] = [
  [/^AWS::Region$|^data\.aws_region\.\w+\.(?:name|id|region)$/, "region"],
  [/^AWS::AccountId$|^data\.aws_caller_identity\.\w+\.account_id$/, "account"],
  [/^AWS::Partition$|^data\.aws_partition\.\w+\.partition$/, "partition"],
  [/^AWS::StackName$|^terraform\.workspace$/, "environment"],
  [/^data\.aws_availability_zones\.\w+\.names\[(\d+)\]$/, "zones[$1]"],
  [/^local\.(\w+)$/, "var.$1"],
  [/^module\.(\w+)\.(\w+)$/, "use.$1.$2"],
];

function insteadOf(inside: string): string | undefined {
  const [form, value] = values.find(([one]) => one.test(inside)) ?? [];
  return form && inside.replace(form, value!);
}
