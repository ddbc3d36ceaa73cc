import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { listEnvironments } from "../../config/load.ts";
import { partSchema } from "../../config/schema/part-schema.ts";
import { kinds } from "../../kinds/index.ts";
import { iamPolicy, split } from "../../iam/policy.ts";
import type { Purpose } from "../../iam/subject.ts";
import { listed } from "../../diag/words.ts";
import { table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { githubFiles, gitlabFiles, type NewFile } from "../init/ci-files.ts";
import { ciRoles, ciRolesName, mostPolicies, type RolesFor } from "../init/ci-roles.ts";
import { loadOrThrow } from "../environments/environment.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { firstEnvironment } from "../init/first-environment.ts";
import { usage } from "../outputs.ts";
import { ignoring, localSource, pinning, whyNoManifest } from "../init/project-files.ts";
import { templateFiles, templateNames, templatePurpose, type Template } from "../init/templates.ts";
import { regionOfShell } from "../session/shell-region.ts";
import { version } from "../version.ts";
import { schemaText } from "./schema.ts";

export interface InitFlags {
  readonly project?: string;
  readonly region?: string;
  readonly force?: boolean;
  readonly github?: boolean;
  readonly gitlab?: boolean;
  readonly repository?: string;
  /** `true`: list the templates. */
  readonly template?: string | true;
}

/**
 * `infra init [NAME]`: writes a first environment that can be planned at once. With `--github` or `--gitlab` it also writes the files that
 * run infra there.
 */
export async function init(context: Context, name: string, flags: InitFlags): Promise<ExitCode> {
  if (flags.template === true) {
    context.io.stdout.write(`${table(templateNames.map((template) => [template, templatePurpose(template)])).join("\n")}\n`);
    return exit.ok;
  }
  const folder = projectOf(context);
  const { files: environments, own, partFolders } = wanted(context, folder, name, flags);
  checkRepository(flags);
  const names = listEnvironments(folder).map((one) => one.name);
  const hasPipelines = flags.github === true || flags.gitlab === true;
  const pipelines = [
    ...(flags.github === true ? githubFiles() : []),
    ...(flags.gitlab === true ? gitlabFiles([...new Set([...names, ...(names.length === 0 ? [name] : [])])].sort()) : []),
  ];
  const isFirst = !hasPipelines || flags.force === true || names.length === 0;
  const files = [...pipelines, ...(isFirst ? environments : [])];
  if (flags.force !== true) refuseToOverwrite(folder, files, hasPipelines ? undefined : environments[0]);
  if (flags.repository !== undefined && flags.force !== true && names.includes(ciRolesName))
    throw usage(`environments/${ciRolesName}.yaml already exists.`, "--force overwrites it; Git shows what that changes");
  const written = [...files, ...surroundings(folder, isFirst ? partFolders : [])];
  for (const file of written) write(folder, file);
  if (flags.repository !== undefined) {
    const roles = rolesFile(context, folder, flags.repository);
    write(folder, roles);
    written.push(roles);
  }
  const paths = [...new Set(written.map(({ path }) => (path.includes("actions") ? dirname(path) : path)))];
  const isPinned = paths.includes("package.json");
  context.io.stdout.write(
    `Wrote ${listed(paths)}. Next:\n${nextSteps(isFirst ? name : names[0]!, flags, isPinned, isFirst ? own : []).join("\n")}\n`,
  );
  warnOfLocalSource(context, folder);
  return exit.ok;
}

function write(folder: string, { path, text }: NewFile): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function checkRepository({ repository, github }: InitFlags): void {
  if (repository === undefined) return;
  if (github !== true) throw usage("--repository needs --github: it is for the GitHub workflows.", "write --github, too");
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/.test(repository))
    throw usage(`"${repository}" is not a GitHub repository.`, "write it as OWNER/NAME: --repository example/infra");
}

/**
 * Returns the file of the workflows' roles. It has the policies of every environment that exists, and the policy for a plan of the roles
 * themselves.
 */
function rolesFile(context: Context, folder: string, repository: string): NewFile {
  const path = join("environments", `${ciRolesName}.yaml`);
  const there = { ...context, cwd: folder, home: folder };
  const names = listEnvironments(folder).flatMap(({ name }) => (name === ciRolesName ? [] : [name]));
  const environments = names.map((name): Environment => loadOrThrow(there, name));
  const [{ project, region, account }] = environments as [Environment];
  const policies = (environment: Environment, purpose: Purpose) => split(iamPolicy(kinds, environment, purpose));
  const roles = environments.map((one) => ({ name: one.name, plan: policies(one, "plan"), apply: policies(one, "apply") }));
  for (const purpose of ["plan", "apply"] as const) {
    const count = roles.reduce((sum, one) => sum + one[purpose].length, purpose === "plan" ? 1 : 0);
    if (count > mostPolicies)
      throw usage(
        `The ${purpose} role would need ${count} policies for ${listed(names)}, and a role can have ${mostPolicies}.`,
        "omit --repository, and create a role for each environment with `infra iam-policy ENV --for " + purpose + " --split`",
      );
  }
  const text = (more: readonly RolesFor[]) =>
    ciRoles({ project, region, ...(account === undefined ? {} : { account }), repository, environments: [...roles, ...more] });
  // The permissions for a plan of the roles depend on the kinds in their file, so the file is written first without them.
  write(folder, { path, text: text([]) });
  const own = loadOrThrow(there, ciRolesName);
  return { path, text: text([{ name: ciRolesName, plan: policies(own, "plan") }]) };
}

/** Returns the current folder, or the folder that contains environments/ when the command runs inside that. */
function projectOf({ cwd, home }: Context): string {
  return resolve(cwd).startsWith(join(home, "environments")) ? home : cwd;
}

/** Returns the environment that was asked for. Throws an error that says what is wrong with its name or region. */
function wanted(context: Context, folder: string, name: string, flags: InitFlags): Template {
  const project = flags.project ?? nameAfter(folder);
  for (const [what, value] of [
    ["an environment", name],
    ["a project", project],
  ] as const)
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(value))
      throw usage(`"${value}" cannot be the name of ${what}.`, "lower-case letters, digits and -, at most 40, beginning with a letter");
  const found = flags.region === undefined ? regionOfShell(context.io.env, context.options.profile) : undefined;
  const region = flags.region ?? found?.region ?? "eu-west-1";
  if (!/^([a-z]{2}|eusc)(-[a-z]+)+-\d$/.test(region))
    throw usage(
      `"${region}"${found ? `, from ${found.from},` : ""} is not a region.`,
      "a region is written like eu-west-1: --region eu-west-1",
    );
  const { template } = flags;
  if (typeof template !== "string")
    return {
      files: [{ path: join("environments", `${name}.yaml`), text: firstEnvironment(project, name, region) }],
      own: [],
      partFolders: [],
    };
  if (!(templateNames as readonly string[]).includes(template)) throw usage(`there is no template "${template}".`, nearTemplate(template));
  // Without a region from the user, the template's region is kept.
  return templateFiles(template, { name, project, ...(flags.region === undefined && found === undefined ? {} : { region }) });
}

function nearTemplate(template: string): string {
  const near = didYouMean(template, templateNames);
  return `${near === undefined ? "" : `did you mean "${near}"? `}\`infra init --template\` lists them`;
}

/** Returns a project name made from the folder's name, so that a first run asks nothing. */
export function nameAfter(folder: string): string {
  const words = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return words === "" ? "project" : words;
}

/** Refuses to overwrite a file. An existing file with the same text is no obstacle, unless it is the file that was asked for. */
function refuseToOverwrite(folder: string, files: readonly NewFile[], asked: NewFile | undefined): void {
  const different = files.filter((file) => {
    const there = textOf(folder, file.path);
    return there !== undefined && (file === asked || there !== file.text);
  });
  if (different.length === 0) return;
  const names = listed(different.map(({ path }) => path));
  throw usage(
    `${names} already ${different.length === 1 ? "exists" : "exist"}.`,
    asked === undefined
      ? "--force overwrites; Git shows what that changes"
      : "--force overwrites it; `infra init OTHER-NAME` writes another",
  );
}

/** Returns the missing files around an environment: the schema that editors read, and lines in files of the repository. */
function surroundings(folder: string, partFolders: readonly string[]): readonly NewFile[] {
  const manifest = textOf(folder, "package.json");
  const why = manifest === undefined ? undefined : whyNoManifest(manifest);
  if (why !== undefined) throw usage(`npm cannot read package.json: ${why}.`, "correct it; nothing was written");
  const files: readonly { readonly path: string; readonly text: string | undefined }[] = [
    { path: join("environments", ".schema.json"), text: schemaText() },
    ...partFolders.map((path) => ({ path: join(path, ".schema.json"), text: schemaText(partSchema(kinds)) })),
    { path: ".gitignore", text: ignoring(textOf(folder, ".gitignore") ?? "") },
    { path: "package.json", text: manifest === undefined ? undefined : pinning(manifest, version) },
  ];
  return files.flatMap(({ path, text }) => (text === undefined || text === textOf(folder, path) ? [] : [{ path, text }]));
}

function textOf(folder: string, path: string): string | undefined {
  return existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
}

function nextSteps(name: string, { github, gitlab, repository }: InitFlags, isPinned: boolean, own: readonly string[]): readonly string[] {
  const role = (command: string, what: string): string[][] => [[`  infra iam-policy ${name} --for ${command}`, what]];
  return table([
    ...(isPinned ? [["  npm install", `installs plumbline-infra ${version}, which package.json names now`]] : []),
    ...own.map((path) => [
      `  mkdir -p ${dirname(path)} && cp ~/.ssh/id_ed25519.pub ${path}`,
      "your public key, with which you can then log in; `ssh-keygen -t ed25519` makes one",
    ]),
    [`  infra validate ${name}`, ""],
    [`  infra --sandbox plan ${name}`, "in the built-in AWS emulator: no account, no network"],
    [`  infra plan ${name}`, "in the account of your AWS credentials"],
    ...(repository !== undefined
      ? [
          [`  infra apply ${ciRolesName}`, "by hand, as an administrator: creates the roles of the workflows"],
          [
            `  infra output ${ciRolesName}`,
            "prints their ARNs: set them as INFRA_PLAN_ROLE in the repository and INFRA_APPLY_ROLE in each GitHub environment",
          ],
        ]
      : []),
    ...(github === true && repository === undefined
      ? [
          ...role("plan", "for a role that GitHub Actions may assume; set its ARN as the repository's variable INFRA_PLAN_ROLE"),
          ...role("apply", `for another role; set its ARN as the variable INFRA_APPLY_ROLE of the GitHub environment "${name}"`),
        ]
      : []),
    ...(gitlab === true
      ? [
          ...role("plan", "for a role that GitLab jobs may assume; set its ARN as the variable INFRA_PLAN_ROLE"),
          ...role("apply", `for another role; set its ARN as the variable INFRA_APPLY_ROLE of the protected environment "${name}"`),
        ]
      : []),
  ]);
}

/** Warns when package.json names a package outside of the project's folder, because it is missing from a clone elsewhere. */
function warnOfLocalSource(context: Context, folder: string): void {
  const source = localSource(textOf(folder, "package.json") ?? "{}");
  if (source === undefined || !relative(folder, resolve(folder, source)).startsWith(`..${sep}`)) return;
  context.io.stderr.write(
    `warning: package.json installs plumbline-infra from ${source}, outside this folder. A clone elsewhere cannot install it: copy the file into the repository.\n`,
  );
}
