import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { infra, mark, scratch } from "./infra.mjs";

const differences = 2;
const label = "infra-drift";

/** Compares AWS with what was applied last, and keeps one issue: opened, brought up to date, closed when clean. */
export async function drift(job) {
  const { environment, directory, github, hasRole, whyNoRole, output } = job;
  if (!hasRole) {
    mark("error", "Not checked", `${environment} was not checked for drift: ${whyNoRole}`);
    return 1;
  }
  const found = await look(directory, environment);
  if (found.code !== 0 && found.code !== differences) return found.code; // what could not be read says nothing about the issue
  const issue = await keepIssue(github, environment, found);
  output("drifted", found.code === differences);
  output("issue", issue ?? "");
  return 0;
}

/** What main says and nobody has applied yet is no drift, and neither is what main has taken over from AWS. */
async function look(directory, environment) {
  const applied = await appliedLast(directory, environment);
  const shown = join(scratch(), "drift.md");
  const compare = (from) => infra(from, "drift", "--format", "markdown", "--output", shown, "--", environment);
  if (applied === undefined) return withText(await compare(directory), shown);
  const before = await compare(applied.directory);
  if (before.code !== differences) return withText(before, shown);
  const text = readFileSync(shown, "utf8");
  const { code } = await infra(directory, "--no-github", "drift", "--", environment);
  return code === 0
    ? { code: 0, text: "" }
    : { code: differences, text: `${text}\nCompared with commit ${applied.commit}, which was applied last.` };
}

function withText({ code }, file) {
  return { code, text: code === differences ? readFileSync(file, "utf8") : "" };
}

/** A checkout of the commit that was applied last; undefined when that is this one, or when there is none to be had. */
async function appliedLast(directory, environment) {
  const { code, stdout } = await infra(directory, "--no-github", "--format", "json", "freeze", "--", environment);
  const commit = code === 0 ? JSON.parse(stdout).lease?.commit : undefined;
  if (!commit || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const git = (...args) => execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  if (git("rev-parse", "HEAD") === commit) return undefined;
  const copy = join(scratch(), "applied");
  try {
    git("worktree", "add", "--detach", copy, commit);
  } catch {
    mark("notice", "", `${commit}, which was applied last, is not in this history; compared with the newest commit instead`);
    return undefined;
  }
  const there = join(copy, relative(git("rev-parse", "--show-toplevel"), resolve(directory)));
  const isThere = [`environments/${environment}.yaml`, `environments/${environment}`].some((path) => existsSync(join(there, path)));
  return isThere ? { directory: there, commit } : undefined;
}

/** Returns the address of the issue that is open afterwards. */
async function keepIssue(github, environment, { code, text }) {
  const marker = `<!-- infra:drift:${environment} -->`;
  const open = (await github.all(`/issues?state=open&labels=${label}`)).find(
    (issue) => github.isByUs(issue) && issue.body?.startsWith(marker),
  );
  if (code === 0) {
    if (!open) return undefined;
    await github.send("POST", `/issues/${open.number}/comments`, { body: `AWS agrees again. [Run](${github.runUrl})` });
    await github.send("PATCH", `/issues/${open.number}`, { state: "closed", state_reason: "completed" });
    return undefined;
  }
  const body = `${marker}\n${text}\n[Run](${github.runUrl})`;
  if (open) await github.send("PATCH", `/issues/${open.number}`, { body });
  const issue = open ?? (await github.send("POST", "/issues", { title: `Drift in ${environment}`, body, labels: [label] }));
  return issue.html_url;
}
