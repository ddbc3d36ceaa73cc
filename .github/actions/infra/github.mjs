import { readFileSync } from "node:fs";

/** GitHub's REST API with the job's token, and what the job knows of its event. */
export class GitHub {
  #api;
  #site;
  #token;

  constructor(env) {
    this.#api = `${env.GITHUB_API_URL ?? "https://api.github.com"}/repos/${env.GITHUB_REPOSITORY}`;
    this.#token = env.GITHUB_TOKEN;
    this.event = env.GITHUB_EVENT_PATH ? JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")) : {};
    this.eventName = env.GITHUB_EVENT_NAME;
    this.sha = env.GITHUB_SHA;
    this.branch = env.GITHUB_REF_NAME;
    this.runUrl = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
    this.runId = env.GITHUB_RUN_ID;
    this.#site = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`;
    /** The slug of the app that this token speaks for: nothing that others wrote is ever read back. */
    this.identity = env.IDENTITY || "github-actions";
  }

  /** A file as it is in a commit, in the form that comments show as an image, in private repositories too (GitHub Docs, "Basic writing and formatting syntax", Images). */
  imageUrl(sha, path) {
    return `${this.#site}/blob/${sha}/${path.split("/").map(encodeURIComponent).join("/")}?raw=true`;
  }

  /** Whether a comment or an issue is ours. */
  isByUs({ user }) {
    return user?.login === `${this.identity}[bot]` && user.type === "Bot";
  }

  /** Sends one request; what GitHub cannot answer for the moment is asked again. */
  async send(method, path, body) {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(`${this.#api}${path}`, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.#token}`,
          "x-github-api-version": "2022-11-28",
          "content-type": "application/json",
          "user-agent": "infra",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (answer.ok) return text === "" ? undefined : JSON.parse(text);
      // Only reads are repeated blindly: a write whose answer was lost may have been done.
      const mayRepeat = answer.status === 429 || (answer.status >= 500 && method === "GET");
      if (!mayRepeat || attempt === 4) throw new Error(`GitHub: ${method} ${path}: HTTP ${answer.status}: ${text.slice(0, 500)}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    }
  }

  /** All items of a listing. `key`: the member that holds them, where the answer is no bare list. */
  async all(path, key) {
    const items = [];
    for (let page = 1; ; page++) {
      const answer = await this.send("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
      const found = key === undefined ? answer : answer[key];
      items.push(...found);
      if (found.length < 100) return items;
    }
  }
}
