import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The workflows for users and the action that they share, as `infra init --github` writes them: those of this very repository. */
export function githubFiles(): readonly { readonly path: string; readonly text: string }[] {
  const folder = sourceFolder();
  const action = readdirSync(join(folder, "actions/infra"))
    .sort()
    .map((file) => `actions/infra/${file}`);
  return [...action, "workflows/plan.yml", "workflows/apply.yml", "workflows/drift.yml"].map((path) => ({
    path: join(".github", path),
    text: readFileSync(join(folder, path), "utf8"),
  }));
}

/** Beside the built chunks, or at the root when run from the source. */
function sourceFolder(): string {
  const found = ["./github/", "../github/", "../../.github/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, "workflows/plan.yml")));
  if (found === undefined) throw new Error("the workflows are missing from this installation");
  return found;
}
