/**
 * A separate process that writes the parameters `PREFIX/0`, `PREFIX/1` … into the sandbox of a folder, and prints each name once it is
 * answered.
 */
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { openSandbox } from "../../src/disk/open.ts";

const [dir, prefix, count, atOnce] = process.argv.slice(2) as [string, string, string, string];
const { sandbox, close } = openSandbox({ dir, time: "virtual" });
const ssm = new SSMClient({
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIA", secretAccessKey: "s" },
  requestHandler: sandbox.requestHandler,
  maxAttempts: 1,
});
let next = 0;
const one = async () => {
  while (next < Number(count)) {
    const name = `${prefix}/${next++}`;
    await ssm.send(new PutParameterCommand({ Name: name, Value: "x", Type: "String" }));
    process.stdout.write(`${name}\n`);
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, one));
close();
