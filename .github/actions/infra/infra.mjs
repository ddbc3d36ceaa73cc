import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** Runs `infra`, showing what it says, and resolves to its exit code and both of its outputs. It never sees the token. */
export function infra(directory, ...args) {
  const { GITHUB_TOKEN: _token, ...env } = process.env;
  const child = spawn("infra", ["-C", directory, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const log = new Log((text) => process.stdout.write(text));
  const [stdout, stderr] = [new Lines(log), new Lines(log)];
  child.stdout.on("data", (data) => stdout.take(data));
  child.stderr.on("data", (data) => stderr.take(data));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      stdout.end();
      stderr.end();
      log.end();
      resolve({ code: code ?? (signal === "SIGINT" ? 130 : 143), stdout: stdout.text, stderr: stderr.text });
    });
  });
}

/** The whole of an output, and its lines to the log as they come. */
class Lines {
  text = "";
  #rest = "";
  #log;
  #decoder = new StringDecoder("utf8");

  constructor(log) {
    this.#log = log;
  }

  take(data) {
    const text = this.#decoder.write(data);
    this.text += text;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#log.line(line);
  }

  end() {
    if (this.#rest !== "") this.#log.line(this.#rest);
  }
}

/**
 * The job's log. The runner takes commands out of every line, and names, tags and messages come from others: it is told to
 * stop doing so, but for the marks and folds that `infra` itself makes. All goes to stdout, since two streams have no order.
 */
export class Log {
  #write;
  #token = randomUUID();
  #isStopped = false;

  constructor(write) {
    this.#write = write;
  }

  /** One line of what a command said. */
  line(line) {
    const isOwn = /^::(?:error|warning|notice|group|endgroup)(?: [^:]*)?::/.test(line) && !line.includes("##[");
    if (isOwn === this.#isStopped) this.#turn();
    this.#write(`${line}\n`);
  }

  end() {
    if (this.#isStopped) this.#turn();
  }

  #turn() {
    this.#write(this.#isStopped ? `::${this.#token}::\n` : `::stop-commands::${this.#token}\n`);
    this.#isStopped = !this.#isStopped;
  }
}

/** A mark on the job's page. The text may hold names, so what would end the command is written as GitHub reads it. */
export function mark(level, title, text) {
  const data = text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll("##[", "# #[");
  console.log(`::${level}${title === "" ? "" : ` title=${title}`}::${data}`);
}

/** A folder outside of the checkout. */
export function scratch() {
  return mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), "infra-"));
}
