/**
 * Where what was approved is kept between the pull request and the merge: in check runs that only this workflow's own
 * identity can write. People and other apps can write comments, labels and reviews, so none of those is ever read back.
 */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

/** A check run's text holds 65,535 characters. */
const partLength = 60_000;

/** Stores an approval at a commit. */
export async function storeApproval(github, environment, sha, approval, title, summary) {
  const packed = gzipSync(JSON.stringify(approval)).toString("base64");
  const parts = packed.match(new RegExp(`.{1,${partLength}}`, "g"));
  for (const [i, text] of parts.entries())
    await github.send("POST", "/check-runs", {
      name: nameOf(environment),
      head_sha: sha,
      status: "completed",
      conclusion: "success",
      details_url: github.runUrl,
      external_id: `${digestOf(packed)} ${github.runId} ${i + 1}/${parts.length}`,
      output: { title, summary, text },
    });
}

/** The newest approval that was stored at a commit by ourselves; undefined when there is none. Throws when it is not whole. */
export async function fetchApproval(github, environment, sha) {
  const name = nameOf(environment);
  const found = await github.all(`/commits/${sha}/check-runs?check_name=${encodeURIComponent(name)}&filter=all`, "check_runs");
  const ours = found
    .filter(
      (run) =>
        run.app?.slug === github.identity &&
        run.name === name &&
        run.head_sha === sha &&
        run.status === "completed" &&
        run.conclusion === "success",
    )
    .sort((a, b) => b.id - a.id);
  if (ours.length === 0) return undefined;
  const [digest, runId] = ours[0].external_id.split(" ");
  const parts = new Map(
    ours.filter((run) => run.external_id.startsWith(`${digest} ${runId} `)).map((run) => [run.external_id.split(" ")[2], run.output.text]),
  );
  const total = Number(ours[0].external_id.split("/")[1]);
  const packed = Array.from({ length: total }, (_, i) => parts.get(`${i + 1}/${total}`) ?? "").join("");
  if (digestOf(packed) !== digest) throw new Error(`the approval of ${environment} at ${sha} is incomplete; plan again`);
  return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8"));
}

function nameOf(environment) {
  return `infra approval: ${environment}`;
}

function digestOf(text) {
  return createHash("sha256").update(text).digest("hex");
}
