/** `npm run simulate`: tries every fault at every call of every environment, and random histories. Prints a table of what was tried. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kinds } from "../../src/kinds/index.ts";
import { environmentNames, versionsOf } from "./environments.ts";
import { live, type Lived } from "./histories.ts";
import { reportOf, tableOf, type Results } from "./report.ts";
import { disturb, pointsOf, story, type Baseline, type Point, type Tried } from "./simulator.ts";

const usage = `npm run simulate -- [--env NAME]… [--seed S] [--runs N] [--every N] [--from K] [--point "PHASE/FAULT/CALL"] [--workers N] [--write]

  --env NAME      only this environment, or cases/KIND of the contract suite; all of environments/ when absent
  --every N       every N-th point only; 1 when absent
  --from K        of these the K-th and every N-th after it, from 0 on; the runs of all K below N try every point
  --point P       only this point, as a violation names it
  --runs N        random histories for each environment; 50 when absent
  --seed S        the first seed; 1 when absent. A violation names its seed: --seed S --runs 1 --every 0 replays it
  --write         writes docs/reliability.md`;

const { values: options } = parseArgs({
  options: {
    env: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "50" },
    every: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    point: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    root: { type: "string", default: process.cwd() },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** No object of a point outlives the point. With enough room for young objects, collecting them costs almost nothing. */
const youngSpace = ["--max-semi-space-size=64"];

const start = Date.UTC(2026, 0, 1);

/** The work of a worker: a share of the points and of the seeds of one environment. */
interface Share {
  readonly name: string;
  readonly part: number;
  readonly of: number;
}

type Answer =
  | { readonly type: "tried"; readonly name: string; readonly tried: Tried }
  | { readonly type: "lived"; readonly name: string; readonly lived: Lived }
  | { readonly type: "ended"; readonly name: string; readonly points: number }
  | { readonly type: "broken"; readonly name: string; readonly what: string };

if (options.help) console.log(usage);
else if (process.send) process.on("message", (share: Share) => void work(share));
else process.exitCode = await lead();

async function lead(): Promise<number> {
  const began = performance.now();
  const names = options.env ?? environmentNames(options.root, kinds);
  const workers = Math.max(1, Number(options.workers));
  const results: Results = {
    names,
    tried: new Map(names.map((name) => [name, []])),
    lived: new Map(names.map((name) => [name, []])),
    broken: [],
    all: new Map(),
  };
  // Two shares for each worker and environment, so that the last shares do not keep the other cores waiting. With many environments each is
  // one share, because every share first plays the undisturbed story.
  const of = names.length > 4 * workers ? 1 : 2 * workers;
  const shares = names.flatMap((name) => Array.from({ length: of }, (_, part): Share => ({ name, part, of })));
  await Promise.all(Array.from({ length: workers }, () => employ(shares, results)));
  const seconds = (performance.now() - began) / 1000;
  console.log(tableOf(results, seconds, workers));
  const violations =
    results.broken.length +
    [...results.tried.values(), ...results.lived.values()].flat().filter(({ violation }) => violation !== undefined).length;
  const args = process.argv
    .slice(2)
    .join(" ")
    .replace(/--root \S+ ?/, "");
  const way = { on: new Date().toISOString().slice(0, 10), args, every: Number(options.every), seconds, workers };
  const page = join(options.root, "docs/reliability.md");
  if (options.write && violations === 0) writeFileSync(page, reportOf(results, way, readFileSync(page, "utf8")));
  return violations === 0 ? 0 : 1;
}

async function employ(shares: Share[], results: Results): Promise<void> {
  const worker = fork(process.argv[1]!, process.argv.slice(2), { execArgv: [...process.execArgv, ...youngSpace] });
  const next = () => {
    const share = shares.shift();
    if (share) worker.send(share);
    else worker.disconnect();
  };
  worker.on("message", (answer: Answer) => {
    if (answer.type === "tried") results.tried.get(answer.name)!.push(answer.tried);
    else if (answer.type === "lived") results.lived.get(answer.name)!.push(answer.lived);
    else if (answer.type === "broken") results.broken.push({ name: answer.name, what: answer.what });
    if (answer.type === "ended") results.all.set(answer.name, answer.points);
    if (answer.type === "ended" || answer.type === "broken") next();
  });
  next();
  const [code] = (await once(worker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}

const stories = new Map<string, Promise<Baseline[]>>();

async function work({ name, part, of }: Share): Promise<void> {
  const say = (answer: Answer) => process.send!(answer);
  try {
    const { first, second } = versionsOf(options.root, name, kinds);
    if (!stories.has(name)) stories.set(name, story(kinds, first, second, start));
    const bases = await stories.get(name)!;
    const every = Number(options.every);
    const from = Number(options.from);
    let n = 0;
    for (const base of bases)
      for (const point of pointsOf(base)) {
        const isMine =
          options.point === undefined
            ? every > 0 && n % every === from && Math.floor(n / every) % of === part
            : part === 0 && nameOf(point) === options.point;
        n++;
        if (isMine) say({ type: "tried", name, tried: await disturb(kinds, base, point) });
      }
    const seed = Number(options.seed);
    if (options.point === undefined)
      for (let i = part; i < Number(options.runs); i += of) say({ type: "lived", name, lived: await live(kinds, bases, seed + i) });
    say({ type: "ended", name, points: n });
  } catch (error) {
    say({ type: "broken", name, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function nameOf({ phase, fault, call }: Point): string {
  return `${phase}/${fault}/${call}`;
}
