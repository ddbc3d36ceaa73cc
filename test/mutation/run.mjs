/** `npm run mutants`: runs Stryker, which is installed beside this file at the first run. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const usage = `npm run mutants -- [--room ROOM]… [--every N] [--from K] [--write] [-- what Stryker takes, such as --mutate src/plan/compare.ts]

  --room ROOM     plan, apply or aws: the folder of src/ whose files are changed; all three when absent
  --every N       of the blocks of twenty lines every N-th; all when absent
  --from K        of these the K-th and every N-th after it, from 0 on
  --write         writes the part of docs/reliability.md that is about mutants`;

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const block = 20;

const { values: options, positionals: more } = parseArgs({
  options: {
    room: { type: "string", multiple: true, default: ["plan", "apply", "aws"] },
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (options.help) console.log(usage);
else main();

function main() {
  if (!existsSync(`${here}node_modules/@stryker-mutator/core`)) run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], here);
  // Stryker would add the results of earlier runs for other lines to the report.
  if (options.write) rmSync(`${here}reports/incremental.json`, { force: true });
  const mutate = more.includes("--mutate") ? [] : ["--mutate", places().join()];
  run(
    process.execPath,
    [`${here}node_modules/@stryker-mutator/core/bin/stryker.js`, "run", "test/mutation/stryker.config.json", ...mutate, ...more],
    root,
  );
  if (options.write) write();
}

/** Returns the files, or parts of them: `src/plan/compare.ts:21-40`. */
function places() {
  const files = options.room.flatMap((room) =>
    readdirSync(`${root}src/${room}`, { recursive: true })
      .map((name) => `src/${room}/${name.replaceAll("\\", "/")}`)
      // The files of src/aws/sdk only name commands.
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !file.startsWith("src/aws/sdk/"))
      .sort(),
  );
  const every = Number(options.every);
  if (every === 1) return files;
  const blocks = files.flatMap((file) => {
    const lines = readFileSync(root + file, "utf8").split("\n").length;
    return Array.from({ length: Math.ceil(lines / block) }, (_, i) => `${file}:${1 + i * block}-${(i + 1) * block}`);
  });
  return blocks.filter((_, i) => i % every === Number(options.from));
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function write() {
  const { files } = JSON.parse(readFileSync(`${here}reports/mutation.json`, "utf8"));
  const mutants = Object.entries(files).flatMap(([path, { mutants }]) =>
    mutants.map(({ status }) => ({ room: path.split("/")[1], status })),
  );
  const rows = [...options.room, undefined].map((room) =>
    rowOf(
      room ?? "all",
      mutants.filter((one) => room === undefined || one.room === room),
    ),
  );
  const sample =
    options.every === "1" ? "All of them" : `A sample, the mutants that lie within one block of ${block} lines in ${options.every}`;
  const args = process.argv.slice(2).join(" ");
  const page = `${root}docs/reliability.md`;
  const [before] = readFileSync(page, "utf8").split("\n## Mutants\n");
  writeFileSync(
    page,
    `${before}
## Mutants

Stryker changes one place of the planner, the executor or the gate to AWS at a time; a unit test must fail. ${sample}, on ${new Date().toISOString().slice(0, 10)}, by \`npm run mutants -- ${args}\`.

| Folder | Mutants | Found | Survived | In lines that no unit test runs | Score |
|---|---:|---:|---:|---:|---:|
${rows.join("\n")}

A mutant that survives may still be found by the tests that run whole environments, which take no part in this.
`,
  );
}

/** Returns a row of the table. Mutants that do not compile, or that are in code that runs once when its file is loaded, do not count. */
function rowOf(name, mutants) {
  const count = (...of) => mutants.filter(({ status }) => of.includes(status)).length;
  const [found, survived, unrun] = [count("Killed", "Timeout"), count("Survived"), count("NoCoverage")];
  const all = found + survived + unrun;
  return `| ${name === "all" ? "all" : `src/${name}`} | ${all} | ${found} | ${survived} | ${unrun} | ${all === 0 ? "–" : `${((100 * found) / all).toFixed(1)} %`} |`;
}
