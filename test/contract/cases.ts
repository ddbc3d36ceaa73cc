import { readdirSync } from "node:fs";
import type { Case } from "./case.ts";

/** Every case, one file a kind. */
export async function allCases(): Promise<Case[]> {
  const files = readdirSync(new URL("cases", import.meta.url))
    .filter((file) => file.endsWith(".ts"))
    .sort();
  const modules = await Promise.all(files.map((file) => import(`./cases/${file}`) as Promise<Record<string, Case>>));
  return modules.flatMap((module) => Object.values(module));
}
