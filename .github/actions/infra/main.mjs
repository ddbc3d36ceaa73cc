/** One step of a workflow: runs `infra`, and tells GitHub what came of it. Plain Node, no dependencies. */
import { appendFileSync } from "node:fs";
import { apply } from "./apply.mjs";
import { drift } from "./drift.mjs";
import { environments } from "./environments.mjs";
import { GitHub } from "./github.mjs";
import { links, plan } from "./plan.mjs";

const commands = { environments, plan, links, apply, drift };
const command = commands[process.env.COMMAND];
if (!command) throw new Error(`there is no command "${process.env.COMMAND}"`);

const job = {
  environment: process.env.ENVIRONMENT ?? "",
  directory: process.env.DIRECTORY || ".",
  pictures: process.env.PICTURES ?? "",
  repairContested: process.env.REPAIR_CONTESTED === "true",
  hasRole: process.env.HAS_ROLE === "true",
  whyNoRole: process.env.WHY_NO_ROLE ?? "",
  github: new GitHub(process.env),
  output: (name, value) => appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`),
  summary: (markdown) => appendFileSync(process.env.GITHUB_STEP_SUMMARY, `${markdown}\n`),
};
process.exitCode = await command(job);
