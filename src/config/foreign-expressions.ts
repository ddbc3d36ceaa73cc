import type { Diagnostic } from "../diag/diagnostic.ts";

/** A reference as Terraform or CloudFormation's `Fn::Sub` write it is a plain name here: `${aws_vpc.main.id}` is `main`. */
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

/** Where the key begins whose value holds the expression in which a column stands. */
function lastKeyBefore(text: string, column: number): number {
  const opens = text.lastIndexOf("${", column - 1);
  return /[\w-]*:?[ \t]*["']?$/.exec(text.slice(0, opens < 0 ? column - 1 : opens))!.index;
}

function nameIn(inside: string): string | undefined {
  const terraform = /^\s*(?:data\.)?aws_[a-z0-9_]+\.([A-Za-z0-9_-]+)(?:\[\d+\])?(?:\.|\s*$)/.exec(inside);
  const cloudFormation = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\.(?:Arn|Id|[A-Z]\w*Id))\s*$/.exec(inside);
  return (terraform ?? cloudFormation)?.[1];
}

/** What other tools say of the environment, of variables and of parts. */
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
