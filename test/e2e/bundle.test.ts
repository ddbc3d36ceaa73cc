/**
 * The modules that a command loads: of the SDK only the operations that are sent (docs/decisions/0013). Only the sandbox knows every
 * operation.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { removeTemporaryFolders, temporaryFolder } from "./support/folders.ts";

afterAll(removeTemporaryFolders);

describe("the bundle", () => {
  const chunks = join(dirname(inject("binary")), "../dist/chunks");
  const files = readdirSync(chunks).filter((name) => name.endsWith(".mjs"));
  const isWire = (name: string) => name.startsWith("wire-");
  const has = (name: string, text: string) => readFileSync(join(chunks, name), "utf8").includes(text);

  /** The CommonJS modules that a check of a file loads. */
  const loaded = (yaml: string) => {
    const folder = temporaryFolder("infra-bundle-");
    writeFileSync(join(folder, "loads.cjs"), 'process.on("exit", () => console.log(Object.keys(require.cache).join("\\n")));');
    writeFileSync(join(folder, "lab.yaml"), `project: lab\nregion: eu-west-1\n${yaml}`);
    const words = ["--require", join(folder, "loads.cjs"), inject("binary"), "validate", "./lab.yaml"];
    return spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" }).stdout.split("\n");
  };

  it("has the schemas of operations that a command never sends only in the sandbox's part, and no schemas of unknown operations", () => {
    expect(files.filter((name) => has(name, "StartInstancesRequest"))).toContain("wire-ec2.mjs");
    expect(files.filter((name) => has(name, "TransitGatewayPeeringAttachment"))).toEqual([]);
    expect(files.filter((name) => !isWire(name) && has(name, "RunInstancesRequest"))).toHaveLength(1);
  });

  // The file that every command reads holds all kinds, so it grows with them.
  it("has no part of a command that is larger than 33 kB for each kind", () => {
    expect(files.filter((name) => !isWire(name) && statSync(join(chunks, name)).size > 33_000 * kinds.length)).toEqual([]);
  });

  it("keeps the knowledge about AWS's types in a separate file, which no environment without types reads", () => {
    const isOfTypes = (name: string) => has(name, "its objects cannot have tags when they are created");
    expect(files.filter(isOfTypes)).toEqual([]);
    const isTypes = (path: string) => path.endsWith("types.cjs");
    expect(loaded("vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n").filter(isTypes)).toEqual([]);
    expect(loaded("AWS::SQS::Queue: { jobs: {} }\n").filter(isTypes)).toHaveLength(1);
  });

  it("reads of the validator only the sections that a file has, and the library of expressions only for more than plain paths", () => {
    const names = (yaml: string) => loaded(yaml).flatMap((path) => /([^/\\]+)\.cjs$/.exec(path)?.[1] ?? []);
    const network = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";
    expect(names(network).sort()).toEqual(["_top", "loads", "validator", "vpcs"]);
    const queues = (code: string) => `AWS::SQS::Queue:\n  a: {}\n  b: { RedrivePolicy: { deadLetterTargetArn: '${code}' } }\n`;
    expect(names(queues('${resource("AWS::SQS::Queue/a").Arn}'))).not.toContain("cel");
    expect(names(queues('${[resource("AWS::SQS::Queue/a").Arn][0]}'))).toContain("cel");
  });

  it("makes an environment without types of AWS, and plans it without the clients of others, although everything about types was removed from it", () => {
    const whole = dirname(dirname(inject("binary")));
    const folder = temporaryFolder("infra-without-types-");
    for (const part of ["bin", "dist", "package.json"]) cpSync(join(whole, part), join(folder, part), { recursive: true });
    const without = (taken: readonly string[], atLeast: number) => {
      expect(taken.length).toBeGreaterThanOrEqual(atLeast);
      for (const file of taken) rmSync(join(folder, "dist", file));
    };
    const chunksOf = (is: (name: string) => boolean) => files.filter(is).map((name) => `chunks/${name}`);
    const run = (yaml: string, ...words: string[]) => {
      writeFileSync(join(folder, "lab.yaml"), `project: lab\nregion: eu-west-1\n${yaml}`);
      const { stdout, stderr } = spawnSync(process.execPath, ["bin/infra.mjs", ...words], { cwd: folder, encoding: "utf8" });
      return stdout + stderr;
    };
    const network = "vpcs: { main: { cidrBlock: 10.0.0.0/16 } }\n";

    const isOfTypes = (name: string) => name.includes("cloudcontrol") || has(name, "infra:part:");
    without(["types.cjs", "types.pack", ...chunksOf(isOfTypes)], 5); // the driver, the client, the sandbox's model and its operations
    expect(run(network, "apply", "./lab.yaml", "--sandbox", "--yes")).toContain("Apply complete: 1 created, 0 changed, 0 destroyed");
    without(
      chunksOf((name) => /^(rds|elasticache|efs|acm|route53)-/.test(name)),
      10,
    ); // the client and the sandbox's model of each
    expect(run(network, "plan", "./lab.yaml", "--sandbox")).toContain("No changes. The 1 resource in AWS matches the configuration.");
    expect(run("AWS::SQS::Queue: { jobs: {} }\n", "validate", "./lab.yaml")).toContain("types.cjs is missing");
  });
});
