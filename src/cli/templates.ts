/** What `infra init --template NAME` writes: the environments that ship with infra, as the files of somebody else's project. */
import { dirname, join, posix } from "node:path";
import type { NewFile } from "./ci-files.ts";
import { shipped } from "./shipped-texts.ts";

/** By name, in the order of a lesson: what an office, a course or a first service asks for. */
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
  /** Among them the one whose name was asked for, first. */
  readonly files: readonly NewFile[];
  /** Files of the reader's own that it names, relative to the project's folder. */
  readonly own: readonly string[];
  /** Where its parts are: editors look for the schema of parts there. */
  readonly partFolders: readonly string[];
}

/** Its files under a name of the reader's, in their project and, where one is told, their region. */
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

/** The files of all parts that one file uses, and of those that they use in turn. A path is relative to the file that names it. */
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

/** What a template is for: its first sentence. */
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
