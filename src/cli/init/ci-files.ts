import { join } from "node:path";
import { shipped } from "../shipped-texts.ts";
import { version } from "../version.ts";

export interface NewFile {
  /** The path relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

const action = ["action.yml", "apply.mjs", "approval.mjs", "drift.mjs", "environments.mjs", "github.mjs", "infra.mjs", "main.mjs"];

/**
 * The paths of the files that `infra init --github` writes: the workflows for users and the action that they share. They are the files of
 * this very repository.
 */
export const githubPaths: readonly string[] = [
  ...[...action, "plan.mjs", "role.mjs", "version"].map((file) => `actions/infra/${file}`),
  ...["plan", "apply", "drift"].map((name) => `workflows/${name}.yml`),
];

export function githubFiles(): readonly NewFile[] {
  return githubPaths.map((path) => ({ path: join(".github", path), text: shipped(`github/${path}`) }));
}

/** Returns the files that `infra init --gitlab` writes: one pipeline for these environments, with this version. */
export function gitlabFiles(environments: readonly string[]): readonly NewFile[] {
  const text = shipped("gitlab/gitlab-ci.yml")
    .replace(/^( {2}INFRA_VERSION: ).*?(?= #)/m, (_line, key: string) => `${key}"${version}"`)
    .replace(
      /^( {6}- ENVIRONMENT: ).*$/m,
      (_line, key: string) => `${key}[${environments.map((name) => JSON.stringify(name)).join(", ")}]`,
    );
  return [{ path: ".gitlab-ci.yml", text }];
}
