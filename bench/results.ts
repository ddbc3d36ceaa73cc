/** The results of one run of the benchmark. */
import type { Bound } from "./lower-bound.ts";
import type { Cost } from "./measure.ts";
import type { Phase } from "./programs.ts";

export interface Measured {
  readonly program: "infra" | "terraform";
  readonly workload: string;
  /** The endpoint and its behaviour: "40 ms", "40 ms, throttled", "moto". */
  readonly where: string;
  readonly phase: Phase | "import";
  readonly costs: readonly Cost[];
  readonly calls: number;
  readonly reads: number;
  readonly writes: number;
  readonly maxConcurrency: number;
}

export interface Results {
  readonly command: string;
  readonly terraform: string | undefined;
  readonly starts: { readonly name: string; readonly costs: readonly Cost[] }[];
  readonly phases: Measured[];
  /** The workloads that Terraform did not finish, with its error. Its later phases were left out. */
  readonly failed: { readonly workload: string; readonly where: string; readonly said: readonly string[] }[];
  readonly floors: {
    readonly workload: string;
    readonly where: string;
    readonly costs: readonly Cost[];
    /** Costs of the plans that took turns with the floor. */
    readonly plans: readonly Cost[];
    readonly calls: number;
  }[];
  readonly simulated: {
    readonly workload: string;
    readonly seconds: number;
    readonly calls: number;
    readonly throttled: number;
    readonly bound: Bound;
  }[];
  readonly reach: ReachCost[];
  readonly scaling: {
    readonly resources: number;
    readonly plan: Cost;
    readonly validate: Cost;
    readonly fields: number;
    /** Seconds for the parts of a plan in one process, without the SDK and its transport. */
    readonly load: number;
    readonly observe: number;
    readonly same: number;
    readonly create: number;
    /** Processor seconds for the picture of the network; absent in results of earlier versions. */
    readonly picture?: number;
    /**
     * The HTML page of the plan that creates the estates, and the processor seconds until a browser responds, where a browser is installed.
     */
    readonly page?: { readonly megabytes: number; readonly seconds?: number };
  }[];
}

/** The processor milliseconds of a plan, and of the reachability in it. */
export interface ReachCost {
  readonly name: string;
  readonly steps: number;
  /** The whole command: start, file, SDK, sandbox, text. */
  readonly whole: number;
  /** Reads and comparison alone, in a warm process without the SDK. */
  readonly compared: number;
  readonly rest: number;
  readonly costs: Readonly<Record<string, number>>;
}

export function seconds({ costs }: { readonly costs: readonly Cost[] }): number {
  return median(costs.map((cost) => cost.seconds));
}

export function processor({ costs }: { readonly costs: readonly Cost[] }): number {
  return median(costs.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN));
}

export function peak(one: Measured): number {
  return median(one.costs.map(({ peakMb }) => peakMb ?? 0));
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
