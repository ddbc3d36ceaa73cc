/** Adds to files of a repository for `infra init`, and never replaces them. Pure: texts in, texts out. */

const packageName = "plumbline-infra";
const ignored = ["node_modules/", ".infra/", "*.plan"];

/** Returns a .gitignore that keeps packages, the sandbox and saved plans out of commits. Returns undefined when it does so already. */
export function ignoring(text: string): string | undefined {
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, "")));
  const missing = ignored.filter((entry) => !lines.has(entry.replace(/\/$/, "")));
  if (missing.length === 0) return undefined;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Returns a package.json that names exactly this version. Returns undefined when it names the package in another way than by `^`, `~`, `*`
 * or `latest`.
 */
export function pinning(text: string, version: string): string | undefined {
  const manifest = JSON.parse(text) as Manifest;
  const said = sourceOf(manifest);
  if (said !== undefined && !/^(?:[\^~]\d|\*$|latest$)/.test(said)) return undefined;
  const group = manifest.dependencies?.[packageName] === undefined ? "devDependencies" : "dependencies";
  const entries = Object.entries({ ...manifest[group], [packageName]: version }).sort(([a], [b]) => (a < b ? -1 : 1));
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? "  ";
  return `${JSON.stringify({ ...manifest, [group]: Object.fromEntries(entries) }, null, indent)}\n`;
}

/** Says why a text is no package.json. Returns undefined when it is one. */
export function whyNoManifest(text: string): string | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? undefined : "it does not contain an object";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the path of the tarball or folder from which package.json takes the package. Returns undefined when it comes from a registry. */
export function localSource(text: string): string | undefined {
  return /^file:(.+)$/.exec(sourceOf(JSON.parse(text) as Manifest) ?? "")?.[1];
}

function sourceOf({ dependencies, devDependencies }: Manifest): string | undefined {
  return devDependencies?.[packageName] ?? dependencies?.[packageName];
}
