/** Returns the files that `infra init --template NAME` writes: environments that ship with infra, adapted to the user's project. */
import { dirname, join, posix } from "node:path";
import type { NewFile } from "./ci-files.ts";
import { shipped } from "../shipped-texts.ts";

/** The names of the templates, ordered as in a lesson: for an office, a course or a first service. */
export const templateNames = [
  "single-public-subnet",
  "nat-bastion",
  "wizard-vpn",
  "wizard-private-vpn",
  "basic-vpc",
  "three-tier",
  "web-service",
  "auto-scaling",
  "https-service",
  "chat",
  "scale-up",
  "containers",
  "serverless-api",
  "shared-files",
  "static-site",
  "database",
  "aurora",
  "analysis-server",
  "dual-stack",
  "peered",
  "hub",
  "private-link",
  "private-bucket",
  "app-config",
  "notify",
  "stages",
  "ci-roles",
] as const;

export interface Template {
  /** The files to write. The first is the environment whose name was asked for. */
  readonly files: readonly NewFile[];
  /** Files that the environment names and that the user must provide, relative to the project's folder. */
  readonly own: readonly string[];
  /** The folders of its parts. Editors look for the schema of parts there. */
  readonly partFolders: readonly string[];
}

/** Returns the files of a template under the user's name, in the user's project and, if one is given, in the user's region. */
export function templateFiles(
  template: string,
  place: { readonly name: string; readonly project: string; readonly region?: string },
): Template {
  const text = shipped(`environments/${template}.yaml`);
  const [, base] = /^extends: (\S+)\.yaml$/m.exec(text) ?? [];
  const under = base === undefined ? undefined : templateFiles(base, { ...place, name: base });
  const parts = partsOf(`environments/${template}.yaml`);
  const scripts = [...new Set(text.match(/\buser-data\/[\w.-]+/g))];
  return {
    files: [
      { path: join("environments", `${place.name}.yaml`), text: adapted(text, template, place) },
      ...scripts.map((path) => ({ path: join("environments", path), text: shipped(`environments/${path}`) })),
      ...parts.map((path) => ({ path: join(path), text: withSchemaBeside(shipped(path)) })),
      ...(under?.files ?? []),
    ],
    own: [...(text.match(/\bkeys\/[\w.-]+/g) ?? []).map((path) => join("environments", path)), ...(under?.own ?? [])],
    partFolders: [...new Set([...parts.map((path) => dirname(path)), ...(under?.partFolders ?? [])])],
  };
}

/** Returns the files of all parts that one file uses, directly or through other parts. A path is relative to the file that names it. */
function partsOf(file: string, found = new Set<string>()): readonly string[] {
  for (const [, part] of shipped(file).matchAll(/\bpart: ([\w./-]+\.yaml)\b/g)) {
    const path = posix.join(posix.dirname(file), part!);
    if (found.has(path)) continue;
    found.add(path);
    partsOf(path, found);
  }
  return [...found];
}

function withSchemaBeside(text: string): string {
  return text.replace(/^(# yaml-language-server: \$schema=).*$/m, "$1.schema.json");
}

function adapted(text: string, template: string, { name, project, region }: Parameters<typeof templateFiles>[1]): string {
  const [, own] = /^region: (\S+)$/m.exec(text) ?? [];
  const named = withSchemaBeside(text)
    .replace(/^project: .*$/m, `project: ${project}`)
    .replace(new RegExp(`^(environment: "?)${template}(?=[-"\\s])`, "m"), `$1${name}`);
  return own === undefined || region === undefined ? named : named.replaceAll(own, region);
}

/** Returns the purpose of a template: its first sentence. */
export function templatePurpose(template: string): string {
  const lines = shipped(`environments/${template}.yaml`).split("\n").slice(2);
  const opening = lines
    .slice(
      0,
      lines.findIndex((line) => !/^# \S/.test(line)),
    )
    .map((line) => line.slice(2));
  return /^.*?\.(?= |$)/.exec(opening.join(" "))?.[0] ?? opening.join(" ");
}
