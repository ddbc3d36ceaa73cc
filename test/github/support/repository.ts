/** A team's repository: environments, the workflows of `infra init --github`, branches and merges. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../e2e/support/folders.ts";
import { root } from "../../e2e/support/infra.ts";
import type { Pull } from "./server.ts";

export class Repository {
  readonly folder: string;
  #pulls = 0;
  #commits = 0; // keeps two commits of the same files in the same second apart

  /** Opens an existing repository with `main` checked out. */
  constructor(folder: string) {
    this.folder = folder;
    this.git("config", "uploadpack.allowAnySHA1InWant", "true");
  }

  /** Makes a repository with these files and the workflows of this repository. */
  static with(files: Readonly<Record<string, string>>): Repository {
    const folder = temporaryFolder("infra-origin-");
    execFileSync("git", ["init", "-q", "-b", "main"], { cwd: folder });
    cpSync(join(root, ".github"), join(folder, ".github"), { recursive: true });
    const repository = new Repository(folder);
    repository.commit(files);
    return repository;
  }

  git(...args: readonly string[]): string {
    const name = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...name, ...args], { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** Commits files to the current branch; `null` deletes one. */
  commit(files: Readonly<Record<string, string | null>>): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      if (text === null) rmSync(join(this.folder, path));
      else writeFileSync(join(this.folder, path), text);
    }
    this.git("add", "-A");
    this.git("commit", "-q", "-m", `change ${++this.#commits}`);
    return this.git("rev-parse", "HEAD");
  }

  open(branch: string, files: Readonly<Record<string, string | null>>): Pull {
    const base = this.git("rev-parse", "main");
    this.git("checkout", "-q", "-b", branch, "main");
    const sha = this.commit(files);
    this.git("checkout", "-q", "main");
    return {
      number: ++this.#pulls,
      head: { sha, repo: { full_name: "acme/shop" } },
      base: { ref: "main", sha: base },
      merged_at: null,
      merge_commit_sha: null,
    };
  }

  push(pull: Pull, branch: string, files: Readonly<Record<string, string | null>>): Pull {
    this.git("checkout", "-q", branch);
    const sha = this.commit(files);
    this.git("checkout", "-q", "main");
    return Object.assign(pull, { head: { ...pull.head, sha } });
  }

  /** Returns the commit on which the workflows of a pull request run: the base with the branch merged into it. */
  mergeRef(pull: Pull): string {
    this.git("checkout", "-q", "--detach", "main");
    this.git("merge", "-q", "--no-ff", "-m", "trial", pull.head.sha);
    const sha = this.git("rev-parse", "HEAD");
    this.git("checkout", "-q", "main");
    return sha;
  }

  /** Merges into main and returns the commits of the push event. */
  merge(pull: Pull): { readonly before: string; readonly sha: string } {
    const before = this.git("rev-parse", "main");
    this.git("merge", "-q", "--squash", pull.head.sha);
    this.git("commit", "-q", "-m", `Merge #${pull.number}`);
    const sha = this.git("rev-parse", "HEAD");
    pull.merged_at = "2026-11-21T06:00:00Z";
    pull.merge_commit_sha = sha;
    return { before, sha };
  }
}
