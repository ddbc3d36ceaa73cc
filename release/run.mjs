/**
 * The steps of a release, as .github/workflows/release.yml runs them:
 * notes TAG                             checks that all files agree on the version, and prints its section of CHANGELOG.md
 * downloads REPOSITORY VERSION FOLDER   writes infra.rb and install.sh from FOLDER/SHA256SUMS
 * rootfs                                writes dist-single/rootfs, the content of the image, on Linux
 * action                                writes action.yml
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { formula, installScript, notesOf, sumsOf } from "./texts.mjs";
import { rootAction } from "./root-action.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const steps = { notes, downloads, rootfs, action };

const [step, ...args] = process.argv.slice(2);
if (!Object.hasOwn(steps, step)) throw new Error(`there is no step "${step}"; there are: ${Object.keys(steps).join(", ")}`);
steps[step](...args);

function notes(tag) {
  const { version } = JSON.parse(read("package.json"));
  const said = { tag, "package.json": `v${version}`, ".github/actions/infra/version": `v${read(".github/actions/infra/version").trim()}` };
  if (new Set(Object.values(said)).size > 1) throw new Error(`the versions differ: ${JSON.stringify(said)}`);
  process.stdout.write(notesOf(read("CHANGELOG.md"), version));
}

function downloads(repository, version, folder) {
  const release = { repository, version, sums: sumsOf(readFileSync(join(folder, "SHA256SUMS"), "utf8")) };
  writeFileSync(join(folder, "infra.rb"), formula(release));
  writeFileSync(join(folder, "install.sh"), installScript(release));
}

/** Writes the content of the image: the executable, the loader and libraries that it names, certificates, and a folder to write into. */
function rootfs() {
  const folder = join(root, "dist-single", "rootfs");
  rmSync(folder, { recursive: true, force: true });
  const put = (from, to) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(folder, to));
  };
  const executable = join(root, "dist-single", "infra");
  put(executable, "usr/bin/infra");
  const linked = execFileSync("ldd", [executable], { encoding: "utf8" });
  for (const [, library] of linked.matchAll(/(?:=> |^\s*)(\/\S+) \(/gm)) put(library, library);
  put("/etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs/ca-certificates.crt");
  writeFileSync(join(folder, "etc/nsswitch.conf"), "hosts: files dns\n");
  writeFileSync(join(folder, "etc/passwd"), "infra:x:65532:65532::/work:/sbin/nologin\n");
  for (const [name, mode] of [
    ["tmp", 0o1777],
    ["work", 0o777],
  ]) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), mode); // the umask removes bits from the mode of mkdir
  }
  cpSync(join(root, "dist-single", "LICENSES.txt"), join(folder, "usr/share/licenses/infra.txt"));
}

function action() {
  writeFileSync(join(root, "action.yml"), rootAction(read(".github/actions/infra/action.yml")));
}
