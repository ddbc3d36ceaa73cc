/** Our sandbox over HTTP, as a second judge beside moto: it is strict where moto is not, and has what moto lacks. */
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve } from "@plumbline/aws-sandbox/serve.ts";
import { callOf, type Call } from "./calls.ts";
import { accountOf, type Endpoint } from "./endpoint.ts";

/** Makes the two minutes of a NAT gateway last about a second. */
const haste = 100;

export async function startSandbox(): Promise<Endpoint> {
  const began = Date.now();
  const now = () => began + (Date.now() - began) * haste;
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / haste));
  const sandbox = createSandbox({ clock: { now, sleep, work: (promise) => promise }, faults: { events: { "quotas:lifted": "always" } } });
  const recorded: { readonly key: string; readonly call: Call }[] = [];
  const answer = sandbox.fetch.bind(sandbox);
  sandbox.fetch = (request, ...rest) => {
    const key = /Credential=([^/]+)\//.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
    recorded.push({ key, call: callOf({ ...request, url: request.path, body: Buffer.from(request.body).toString("utf8") }) });
    return answer(request, ...rest);
  };
  const serving = await serve({ sandbox });
  let accounts = 0;
  return {
    url: serving.url,
    newAccount(id = String(310000000000 + ++accounts)) {
      return Promise.resolve(accountOf(serving.url, id, { accessKeyId: `AKIASANDBOX${id}`, secretAccessKey: "sandbox" }));
    },
    async record({ credentials: { accessKeyId } }, work) {
      const before = recorded.length;
      const result = await work();
      return { result, calls: recorded.slice(before).flatMap(({ key, call }) => (key === accessKeyId ? [call] : [])) };
    },
    stop: () => serving.close(),
  };
}
