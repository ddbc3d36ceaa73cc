import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchApproval } from "./approval.mjs";
import { infra, mark, scratch } from "./infra.mjs";

const stale = 4;

/** Applies what was approved, and nothing else. */
export async function apply(job) {
  const { environment, directory, github, hasRole, whyNoRole } = job;
  if (!hasRole) {
    mark("error", "Not applied", `${environment} was not applied: ${whyNoRole}`);
    return 1;
  }
  const source = await approvedAt(github);
  const approval = source && (await fetchApproval(github, environment, source.sha));
  if (!approval) return withoutApproval(job, source);
  console.log(`Approved by ${source.by} at ${source.sha}.`);
  const file = join(scratch(), "approval.json");
  // It was given to the trial merge of the pull request; that it is this pull request's merge which was pushed, was established above.
  writeFileSync(file, JSON.stringify({ ...approval, commit: github.sha }));
  const { code } = await infra(directory, "apply", "--approve", file, "--", environment);
  if (code === stale) tellHowToGoOn(job, "the plan is no longer the approved one");
  return code;
}

/** By hand: the commit that this run has planned. A push: the head of the pull request that was merged by it. */
async function approvedAt(github) {
  if (github.eventName === "workflow_dispatch") return { sha: github.sha, by: "this run" };
  for (let tries = 0; tries < 3; tries++) {
    const pulls = await github.send("GET", `/commits/${github.sha}/pulls`);
    const merged = pulls.find((pull) => pull.merged_at && pull.merge_commit_sha === github.sha && pull.base.ref === github.branch);
    if (merged) return { sha: merged.head.sha, by: `pull request #${merged.number}` };
    await new Promise((resolve) => setTimeout(resolve, 2_000)); // the push may be told before the merge is
  }
  return undefined;
}

/** Nobody approved anything: that is well as long as there is nothing to do. */
async function withoutApproval(job, source) {
  const { code } = await infra(job.directory, "plan", "--detailed-exitcode", "--", job.environment);
  if (code !== 2) return code;
  tellHowToGoOn(job, source ? `${source.by} has no approval of ${job.environment}` : "this commit has no pull request");
  return stale;
}

function tellHowToGoOn({ environment, summary, output }, why) {
  const words = `${environment} was not applied: ${why}. Run this workflow by hand for ${environment}: it plans again, and applies what the environment's reviewers then approve.`;
  mark("error", "Not applied", words);
  summary(`> [!WARNING]\n> ${words}\n`);
  output("exitcode", stale);
}
