import { readFileSync } from "node:fs";
import { join } from "node:path";
import { storeApproval } from "./approval.mjs";
import { infra, mark, scratch } from "./infra.mjs";

/** Plans one environment, shows the plan in one comment of the pull request, and keeps what merging will approve. */
export async function plan(job) {
  const { environment, directory, github, hasRole, repairContested, output } = job;
  if (!hasRole) return validateOnly(job);
  const folder = scratch();
  const [saved, shown] = [join(folder, "plan.json"), join(folder, "plan.md")];
  const page = join(folder, `plan-${environment.replaceAll(/[^\w.-]/g, "-")}.html`);
  const flags = [
    "--out",
    saved,
    "--format",
    "markdown",
    "--output",
    shown,
    "--format",
    "html",
    "--output",
    page,
    ...(repairContested ? ["--repair-contested"] : []),
  ];
  const { code, stderr } = await infra(directory, "plan", ...flags, "--", environment);
  const pull = github.event.pull_request;
  if (code !== 0) {
    if (pull) await comment(github, pull.number, environment, failure(environment, stderr));
    return code;
  }
  output("page", page); // the next step keeps it
  const markdown = readFileSync(shown, "utf8");
  const title = /^### (.*)$/m.exec(markdown)?.[1].replaceAll("`", "") ?? environment;
  const note = `Kept by the workflow itself: \`infra apply --approve\` will run this and nothing else. [The plan](${github.runUrl})`;
  await storeApproval(
    github,
    environment,
    pull?.head.sha ?? github.sha,
    JSON.parse(readFileSync(saved, "utf8")).approval,
    title.slice(0, 200),
    note,
  );
  if (pull)
    await comment(
      github,
      pull.number,
      environment,
      `${markdown}\nMerging applies exactly this; whatever else has become necessary by then stops the apply. The [run](${github.runUrl}) keeps the plan as a page, with a picture of before and after.`,
    );
  return 0;
}

/** What can be done without a way to AWS. Nothing is approved, so nothing can be applied by the merge. */
async function validateOnly({ environment, directory, whyNoRole, summary }) {
  const words = `${environment} was validated, not planned: ${whyNoRole}. Nothing is approved by this run.`;
  mark("notice", "Not planned", words);
  summary(`> [!NOTE]\n> ${words}\n`);
  return (await infra(directory, "validate", "--", environment)).code;
}

/** Writes our one comment for this environment: over the one that is there, else a new one. */
async function comment(github, number, environment, text) {
  const marker = `<!-- infra:plan:${environment} -->`;
  const body = `${marker}\n${text}`;
  const comments = await github.all(`/issues/${number}/comments`);
  const ours = comments.find((one) => github.isByUs(one) && one.body.startsWith(marker));
  if (ours) await github.send("PATCH", `/issues/comments/${ours.id}`, { body });
  else await github.send("POST", `/issues/${number}/comments`, { body });
}

function failure(environment, stderr) {
  const text = stderr.replace(/^::.*$/gm, "").trim();
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `### \`${environment}\`: no plan\n\nNothing is approved.\n\n${fence}text\n${text.slice(-60_000)}\n${fence}`;
}
