/** Runs a command and returns its cost: wall time, and on Linux the processor time and peak memory of all its processes. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Cost {
  readonly seconds: number;
  /** Processor seconds of the whole process tree; undefined where there is no /proc. */
  readonly cpuSeconds: number | undefined;
  readonly peakMb: number | undefined;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Exit codes that mean success; 0 when absent. */
  readonly ok?: readonly number[];
  /**
   * File into which the program writes its processor time in microseconds when it ends. For programs too short for a sample every 25 ms.
   */
  readonly cpuFile?: string;
}

/** Code for `node --require` that writes `cpuFile`. */
export const cpuHook = `process.once("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeFileSync(process.env.BENCH_CPU_FILE, String(user + system));
});
`;

/** Runs the command once; throws with the command's stderr when it fails. */
export function measure({ program, args, cwd, env, ok = [0], cpuFile }: Command): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const hear = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000));
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const watch = new Watch(child.pid!);
    const timer = setInterval(() => watch.look(), 25);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - began) / 1000;
      if (code === null || !ok.includes(code)) return reject(new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`));
      const cpuSeconds = cpuFile === undefined ? watch.cpuSeconds : Number(readFileSync(cpuFile, "utf8")) / 1e6;
      resolve({ seconds, cpuSeconds, peakMb: watch.peakMb });
    });
  });
}

const ticksASecond = 100; // sysconf(_SC_CLK_TCK) on every Linux that Node runs on

class Watch {
  readonly #root: number;
  readonly #ticks = new Map<number, number>();
  #peak = 0;

  constructor(root: number) {
    this.#root = root;
  }

  get cpuSeconds(): number | undefined {
    return this.#ticks.size === 0 ? undefined : [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks, 0) / ticksASecond;
  }

  get peakMb(): number | undefined {
    return this.#peak === 0 ? undefined : this.#peak / 1e6;
  }

  look(): void {
    let resident = 0;
    for (const pid of treeOf(this.#root)) {
      const stat = read(`/proc/${pid}/stat`);
      const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (!fields) continue;
      this.#ticks.set(pid, Number(fields[11]) + Number(fields[12]));
      resident += Number(fields[21]) * 4096;
    }
    this.#peak = Math.max(this.#peak, resident);
  }
}

function treeOf(root: number): number[] {
  const all = [root];
  for (let i = 0; i < all.length; i++)
    for (const task of entries(`/proc/${all[i]}/task`))
      all.push(...(read(`/proc/${all[i]}/task/${task}/children`) ?? "").split(" ").filter(Boolean).map(Number));
  return all;
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // the process is gone, or this is no Linux
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // as above
  }
}
