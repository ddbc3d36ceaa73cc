/** The built `infra sandbox serve`, as a user starts it, and the settings that point any AWS client at it. */
import { Workshop } from "../../e2e/support/infra.ts";

export interface Served {
  readonly url: string;
  /** A folder for the client's files; it is removed after the test. */
  readonly folder: string;
  /** The environment variables of a client's process. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls so far by "service:Operation", and the errors by code. */
  counts(): Promise<{ readonly operations: Readonly<Record<string, number>>; readonly errors: Readonly<Record<string, number>> }>;
  stop(): Promise<void>;
}

export const region = "eu-west-1";

/** Starts the sandbox on a free port with its own folder. A minute passes in it each second. */
export async function serveSandbox(flags = ""): Promise<Served> {
  const workshop = new Workshop({});
  const { process: server, ended } = workshop.start(`sandbox serve --port 0 ${flags}`.trim());
  const url = await Promise.race([
    firstLine(server.stdout!),
    ended.then(({ stderr }) => Promise.reject(new Error(`infra sandbox serve ended: ${stderr}`))),
  ]);
  return {
    url,
    folder: workshop.folder,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: "sandbox",
      AWS_SECRET_ACCESS_KEY: "sandbox",
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: `${workshop.folder}/none`,
      AWS_SHARED_CREDENTIALS_FILE: `${workshop.folder}/none`,
      AWS_PAGER: "",
    },
    async counts() {
      return (await (await fetch(`${url}/_sandbox/calls`)).json()) as Awaited<ReturnType<Served["counts"]>>;
    },
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
  });
}
