/**
 * GitHub's REST API as the workflows use it: comments, check runs, issues, pull requests. Each token has only the permissions that its job
 * asked for.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface User {
  readonly login: string;
  readonly type: "Bot" | "User";
}

export interface Comment {
  readonly id: number;
  readonly user: User;
  body: string;
}

export interface Issue extends Comment {
  readonly number: number;
  readonly html_url: string;
  title: string;
  state: "open" | "closed";
  readonly labels: readonly string[];
}

export interface CheckRun {
  readonly id: number;
  readonly app: { readonly slug: string };
  readonly name: string;
  readonly head_sha: string;
  readonly status: string;
  readonly conclusion: string;
  readonly external_id: string;
  readonly output: { readonly title: string; readonly summary: string; readonly text: string };
}

export interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } };
  readonly base: { readonly ref: string; readonly sha: string };
  merged_at: string | null;
  merge_commit_sha: string | null;
}

export type Permissions = Readonly<Record<string, string>>;

const bot: User = { login: "github-actions[bot]", type: "Bot" };

export class GitHubServer {
  readonly comments = new Map<number, Comment[]>();
  readonly checkRuns: CheckRun[] = [];
  readonly issues: Issue[] = [];
  readonly pulls: Pull[] = [];
  readonly requests: string[] = [];
  readonly #tokens = new Map<string, Permissions>();
  #server: Server | undefined;
  #id = 100;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request).then(
        ({ status, body }) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server!.closeAllConnections();
    await new Promise<void>((resolve) => this.#server!.close(() => resolve()));
  }

  /** Returns a token for a job. */
  token(permissions: Permissions): string {
    const token = `ghs_${this.#tokens.size + 1}`;
    this.#tokens.set(token, permissions);
    return token;
  }

  /** Writes a comment as a user, with any text. */
  say(number: number, user: User, body: string): void {
    this.#commentsOf(number).push({ id: ++this.#id, user, body });
  }

  /** Creates a check run of another app. */
  check(run: Omit<CheckRun, "id">): void {
    this.checkRuns.push({ ...run, id: ++this.#id });
  }

  #commentsOf(number: number): Comment[] {
    const list = this.comments.get(number) ?? [];
    this.comments.set(number, list);
    return list;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const { pathname, searchParams } = new URL(request.url!, "http://x");
    const path = pathname.replace(/^\/repos\/acme\/shop/, "");
    const permissions = this.#tokens.get(request.headers.authorization?.replace("Bearer ", "") ?? "");
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, never>;
    this.requests.push(`${request.method} ${path}`);
    if (permissions === undefined) return { status: 401, body: { message: "Bad credentials" } };
    const may = (scope: string, level: "read" | "write") => permissions[scope] === "write" || permissions[scope] === level;
    const refused = { status: 403, body: { message: "Resource not accessible by integration" } };
    const page = <T>(items: readonly T[]) => {
      const size = Number(searchParams.get("per_page") ?? 30);
      return items.slice((Number(searchParams.get("page") ?? 1) - 1) * size).slice(0, size);
    };
    const on = (method: string, pattern: RegExp) => (request.method === method ? pattern.exec(path) : null);
    let found: RegExpExecArray | null;

    if ((found = on("GET", /^\/issues\/(\d+)\/comments$/)))
      return may("pull-requests", "read") || may("issues", "read")
        ? { status: 200, body: page(this.#commentsOf(Number(found[1]))) }
        : refused;
    if ((found = on("POST", /^\/issues\/(\d+)\/comments$/))) {
      if (!may("pull-requests", "write") && !may("issues", "write")) return refused;
      if (String(body["body"]).length > 65_536) return { status: 422, body: { message: "body is too long (maximum is 65536 characters)" } };
      const comment = { id: ++this.#id, user: bot, body: String(body["body"]) };
      this.#commentsOf(Number(found[1])).push(comment);
      return { status: 201, body: comment };
    }
    if ((found = on("PATCH", /^\/issues\/comments\/(\d+)$/))) {
      if (!may("pull-requests", "write")) return refused;
      const comment = [...this.comments.values()].flat().find(({ id }) => id === Number(found![1]))!;
      comment.body = String(body["body"]);
      return { status: 200, body: comment };
    }
    if (on("POST", /^\/check-runs$/)) {
      if (!may("checks", "write")) return refused;
      const { output } = body as unknown as CheckRun;
      if (output.text.length > 65_535 || output.summary.length > 65_535) return { status: 422, body: { message: "too long" } };
      this.check({ ...(body as unknown as CheckRun), app: { slug: "github-actions" } });
      return { status: 201, body: {} };
    }
    if ((found = on("GET", /^\/commits\/([0-9a-f]+)\/check-runs$/))) {
      const runs = this.checkRuns.filter(({ head_sha, name }) => head_sha === found![1] && name === searchParams.get("check_name"));
      return may("checks", "read") ? { status: 200, body: { total_count: runs.length, check_runs: page(runs) } } : refused;
    }
    if ((found = on("GET", /^\/commits\/([0-9a-f]+)\/pulls$/)))
      return may("pull-requests", "read")
        ? { status: 200, body: this.pulls.filter(({ merge_commit_sha }) => merge_commit_sha === found![1]) }
        : refused;
    if (on("GET", /^\/issues$/)) {
      const label = searchParams.get("labels")!;
      return may("issues", "read")
        ? {
            status: 200,
            body: page(this.issues.filter(({ state, labels }) => state === searchParams.get("state") && labels.includes(label))),
          }
        : refused;
    }
    if (on("POST", /^\/issues$/)) {
      if (!may("issues", "write")) return refused;
      const number = 50 + this.issues.length;
      const issue: Issue = {
        id: ++this.#id,
        number,
        html_url: `https://github.test/acme/shop/issues/${number}`,
        user: bot,
        title: String(body["title"]),
        body: String(body["body"]),
        state: "open",
        labels: body["labels"] as unknown as string[],
      };
      this.issues.push(issue);
      return { status: 201, body: issue };
    }
    if ((found = on("PATCH", /^\/issues\/(\d+)$/))) {
      if (!may("issues", "write")) return refused;
      const issue = this.issues.find(({ number }) => number === Number(found![1]))!;
      Object.assign(issue, body);
      return { status: 200, body: issue };
    }
    return { status: 404, body: { message: `Not Found: ${request.method} ${path}` } };
  }
}
