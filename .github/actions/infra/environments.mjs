import { infra, mark } from "./infra.mjs";

/** Most jobs that GitHub makes of one matrix. */
const mostJobs = 256;

/** Lists the environments whose files the pull request or the push touches, for a matrix; all of them where nothing is compared. */
export async function environments({ github, directory, environment, output }) {
  const base = baseOf(github.event);
  const { code, stdout } = await infra(
    directory,
    "--no-github",
    "environments",
    "--json",
    ...(environment === "" && base !== undefined ? ["--changed", base] : []),
  );
  if (code !== 0) return code;
  const all = JSON.parse(stdout);
  const listed = environment === "" ? all : all.filter(({ name }) => name === environment);
  if (environment !== "" && listed.length === 0) {
    mark("error", "", `there is no environment "${environment}"; there are: ${all.map(({ name }) => name).join(", ")}`);
    return 1;
  }
  if (listed.length > mostJobs) {
    console.log(
      `::error::${listed.length} environments, but a matrix can have ${mostJobs} jobs: divide them among folders, and give each its own workflow with \`directory\``,
    );
    return 1;
  }
  output("matrix", JSON.stringify(listed));
  return 0;
}

/** The commit to compare with; undefined for runs by the clock or by hand, and for a branch's first push. */
function baseOf({ pull_request: pull, before }) {
  if (pull) return pull.base.sha;
  return before === undefined || /^0+$/.test(before) ? undefined : before;
}
