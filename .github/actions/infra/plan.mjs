import { readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { storeApproval } from "./approval.mjs";
import { infra, mark, scratch } from "./infra.mjs";

/** Plans one environment, shows the plan in one comment of the pull request, and keeps what merging will approve. */
export async function plan(job) {
  const { environment, directory, github, hasRole, repairContested, output } = job;
  if (!hasRole) return validateOnly(job);
  const folder = scratch();
  const [saved, shown] = [join(folder, "plan.json"), join(folder, "plan.md")];
  const [page, picture] = ["html", "svg"].map((ending) => join(folder, `plan-${environment.replaceAll(/[^\w.-]/g, "-")}.${ending}`));
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
    "--format",
    "svg",
    "--output",
    picture,
    ...(repairContested ? ["--repair-contested"] : []),
  ];
  const { code, stderr } = await infra(directory, "plan", ...flags, "--", environment);
  const pull = github.event.pull_request;
  if (code !== 0) {
    if (pull) await comment(github, pull.number, environment, failure(environment, stderr));
    return code;
  }
  output("page", page); // the next steps keep them
  output("picture", picture);
  const markdown = readFileSync(shown, "utf8");
  const title = /^### (.*)$/m.exec(markdown)?.[1].replaceAll("`", "") ?? environment;
  const note = `Saved by the workflow itself: \`infra apply --approve\` will run this and nothing else. [The plan](${github.runUrl})`;
  await storeApproval(
    github,
    environment,
    pull?.head.sha ?? github.sha,
    JSON.parse(readFileSync(saved, "utf8")).approval,
    title.slice(0, 200),
    note,
  );
  if (!pull) return 0;
  const shownPicture = await committedPicture(job, pull.head.sha);
  if (shownPicture.stale) output("stale", shownPicture.stale); // fails the job, after all else is done
  const body = `${markdown}\n${shownPicture.text}Merging applies exactly this. If the apply needs any other change by then, it stops. ${keptBy(github.runUrl)}`;
  const id = await comment(github, pull.number, environment, body);
  const file = join(folder, "comment.md");
  writeFileSync(file, body);
  output("comment", JSON.stringify({ id, file, environment }));
  return 0;
}

/** Until the files have addresses of their own. */
function keptBy(runUrl) {
  return `The [run](${runUrl}) has the plan as a page, with a picture of before and after.`;
}

/** Puts the addresses of what was kept into the comment. */
export async function links({ github }) {
  const { COMMENT, PAGE_URL, PICTURE_URL } = process.env;
  if (!PAGE_URL || !PICTURE_URL) return 0; // the run is linked
  const { id, file, environment } = JSON.parse(COMMENT);
  const text = readFileSync(file, "utf8").replace(
    keptBy(github.runUrl),
    () => `[The plan as a page](${PAGE_URL}), and [before and after in one picture](${PICTURE_URL}).`,
  );
  await github.send("PATCH", `/issues/comments/${id}`, { body: `${markerOf(environment)}\n${text}` });
  return 0;
}

/**
 * The picture of the network that the repository keeps, for the comment. An artifact cannot be shown there: GitHub gives it to
 * those who are signed in only. One that is not what the files declare is not shown; the job fails with what to do.
 */
async function committedPicture({ environment, directory, pictures, github }, sha) {
  if (pictures === "") return { text: "" };
  const file = posix.join(pictures, `${environment}.svg`);
  const { code, stdout } = await infra(directory, "graph", "--check", file, "--", environment);
  if (code === 0) return { text: `![The network of ${environment}](${github.imageUrl(sha, posix.join(directory, file))})\n\n` };
  if (code !== 2) return { text: "" }; // an error, which the log tells
  const stale = stdout.trim().split("\n").at(-1);
  return { text: `> [!WARNING]\n> ${stale}\n\n`, stale };
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
  const marker = markerOf(environment);
  const body = `${marker}\n${text}`;
  const comments = await github.all(`/issues/${number}/comments`);
  const ours = comments.find((one) => github.isByUs(one) && one.body.startsWith(marker));
  if (!ours) return (await github.send("POST", `/issues/${number}/comments`, { body })).id;
  await github.send("PATCH", `/issues/comments/${ours.id}`, { body });
  return ours.id;
}

function markerOf(environment) {
  return `<!-- infra:plan:${environment} -->`;
}

function failure(environment, stderr) {
  const text = stderr.replace(/^::.*$/gm, "").trim();
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `### \`${environment}\`: no plan\n\nNothing is approved.\n\n${fence}text\n${text.slice(-60_000)}\n${fence}`;
}
