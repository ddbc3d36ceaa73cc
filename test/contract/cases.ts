import { readdirSync } from "node:fs";
import type { Case } from "./case.ts";

/** Every case, one file a kind. */
export async function allCases(): Promise<Case[]> {
  const names = readdirSync(new URL("cases", import.meta.url))
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
  const modules = await Promise.all(names.map((name) => import(`./cases/${name}.ts`) as Promise<Record<string, Case>>));
  return modules.flatMap((module) => Object.values(module));
}
