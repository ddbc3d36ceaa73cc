import { readdirSync } from "node:fs";
import type { Case } from "./case.ts";

/**
 * Returns every case, one file for each kind. The files are looked for from the root of the repository, because the simulation has this
 * file in a bundle.
 */
export async function allCases(): Promise<Case[]> {
  const names = readdirSync("test/contract/cases")
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
  const modules = await Promise.all(names.map((name) => import(`./cases/${name}.ts`) as Promise<Record<string, Case>>));
  return modules.flatMap((module) => Object.values(module));
}
