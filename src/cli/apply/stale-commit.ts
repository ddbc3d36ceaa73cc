import { execFile } from "node:child_process";
import type { LeaseView } from "../../apply/lease.ts";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import type { Context } from "../context.ts";

/** Returns the commit that is being applied, if CI tells it. */
export function commitOf({ io: { env } }: Pick<Context, "io">): string | undefined {
  return env["GITHUB_SHA"] || env["CI_COMMIT_SHA"] || undefined;
}

/** Refuses to apply an older commit by accident: a re-run of an old job would undo the changes of a newer commit. */
export async function refuseStaleCommit(context: Context, lease: LeaseView | undefined): Promise<void> {
  const [now, last] = [commitOf(context), lease?.record?.commit];
  if (now === undefined || last === undefined || now === last) return;
  const isOlder = await isAncestor(now, last, context.cwd);
  if (isOlder === undefined)
    context.io.stderr.write(
      `note: Git does not know both ${short(now)} and ${short(last)}, which was applied last; infra cannot check whether this commit is older\n`,
    );
  if (isOlder !== true) return;
  throw new DiagnosticError([
    {
      code: "older-commit",
      severity: "error",
      summary: `commit ${short(now)} is older than ${short(last)}, which was applied last.`,
      hint: "to return to it, revert in Git; to apply it anyway, use --allow-older",
    },
  ]);
}

/** Whether one commit is an ancestor of another. Undefined when Git cannot tell: no repository here, a shallow clone, no Git. */
function isAncestor(one: string, other: string, cwd: string): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    execFile("git", ["merge-base", "--is-ancestor", one, other], { cwd }, (error) =>
      resolve(error === null ? true : error.code === 1 ? false : undefined),
    );
  });
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
