/** A terminal in which pages are played. `infra` runs in this process, and its two streams are mixed as on a screen. */
import { execFile } from "node:child_process";
import { AuthorizeSecurityGroupIngressCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { run } from "../../src/cli/run.ts";
import type { Io, Sink } from "../../src/cli/terminal/terminal.ts";
import type { GlobalOptions } from "../../src/cli/context.ts";
import { openSandboxSession } from "../../src/cli/session/sandbox-session.ts";

export class Shell {
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /**
   * Runs a command line and returns its output. A command that fails must show its exit code with `; echo $?`, as a reader would ask for
   * it.
   */
  async run(line: string): Promise<string> {
    const asks = /; echo \$\?$/;
    const { code, text } = await this.#one(await this.#substituted(line.replace(asks, "").replaceAll("\\\n", " ")));
    if (asks.test(line)) return `${text}${code}\n`;
    if (code !== 0) throw new Error(`$ ${line}\nends with ${code}, which the page does not show (\`; echo $?\`):\n${text}`);
    return text;
  }

  async #one(line: string): Promise<Ran> {
    const words = wordsOf(line);
    if (words[0] === "infra")
      return words.at(-1) === "&"
        ? { code: 0, text: "" }
        : redirected(line, await infra(this.#cwd, wordsOf(line.replace(redirection, "")).slice(1)));
    if (words[0] === "aws") return { code: 0, text: await this.#aws(words.slice(1)) };
    if (words[0] === "export" || words[0] === "kill") return { code: 0, text: "" }; // `infra sandbox serve &`: the sandbox is opened below without a server
    return bash(this.#cwd, line);
  }

  /** Replaces `$(infra output …)` and `$(aws …)` with their output on stdout. */
  async #substituted(line: string): Promise<string> {
    const inner = /\$\(((?:infra|aws) [^)]*)\)/.exec(line);
    if (!inner) return line;
    const words = wordsOf(inner[1]!).slice(1);
    const text = inner[1]!.startsWith("aws") ? await this.#aws(words) : (await infra(this.#cwd, words)).stdout;
    return line.replace(inner[0], text.trim());
  }

  /** Sends the few AWS CLI commands of the pages to the same sandbox with the SDK, because `npm test` needs nothing but Node. */
  async #aws(words: readonly string[]): Promise<string> {
    const flag = (name: string) => words[words.indexOf(`--${name}`) + 1]!;
    const { options, close } = await openSandboxSession({ home: this.#cwd, options: { sandboxTime: "virtual" } as GlobalOptions });
    const ec2 = new EC2Client({ region: flag("region"), requestHandler: options.requestHandler!, credentials: options.credentials! });
    try {
      switch (words.slice(0, 2).join(" ")) {
        case "ec2 authorize-security-group-ingress": {
          const port = Number(flag("port"));
          await ec2.send(
            new AuthorizeSecurityGroupIngressCommand({
              GroupId: flag("group-id"),
              IpProtocol: flag("protocol"),
              FromPort: port,
              ToPort: port,
              CidrIp: flag("cidr"),
            }),
          );
          return ""; // pages discard the answer
        }
        case "ec2 create-vpc":
          return `${(await ec2.send(new CreateVpcCommand({ CidrBlock: flag("cidr-block") }))).Vpc!.VpcId}\n`; // --query Vpc.VpcId --output text
        default:
          throw new Error(`pages run no \`aws ${words.slice(0, 2).join(" ")}\` so far`);
      }
    } finally {
      await close();
    }
  }
}

interface Ran {
  readonly code: number;
  readonly text: string;
}

interface BothRan extends Ran {
  readonly stdout: string;
  readonly stderr: string;
}

const redirection = / (2?)> \/dev\/null$/;

/** Returns the output that stays on the screen after `> /dev/null` or `2> /dev/null`. */
function redirected(line: string, ran: BothRan): Ran {
  const stream = redirection.exec(line)?.[1];
  if (stream === undefined) return ran;
  return { code: ran.code, text: stream === "2" ? ran.stdout : ran.stderr };
}

async function infra(cwd: string, argv: readonly string[]): Promise<BothRan> {
  const both: string[] = [];
  const out: string[] = [];
  const err: string[] = [];
  const sink = (...to: string[][]): Sink => ({ write: (text) => to.forEach((list) => list.push(text)), isTTY: false, columns: 100 });
  const io: Io = {
    stdout: sink(both, out),
    stderr: sink(both, err),
    env: {},
    cwd,
    canAsk: false,
    ask: async () => undefined,
    onSignal: () => () => {},
    exit: () => {},
  };
  const code = await run(argv, io);
  return { code, text: both.join(""), stdout: out.join(""), stderr: err.join("") };
}

function bash(cwd: string, line: string): Promise<Ran> {
  return new Promise((resolve) => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: cwd,
      LANG: "C.UTF-8",
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    };
    execFile("bash", ["-c", line], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` }),
    );
  });
}

/** Splits words as a shell does, as far as the pages need it: quotes, no escapes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]!);
}
