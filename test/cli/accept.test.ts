/** `infra drift --accept`: the file takes over AWS's values, by edits that a plan verifies. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folder, infra } from "./infra.ts";

/** The file as its authors wrote it. */
const ours = `# The shop.
format: 1
project: shop
environment: prod
region: eu-west-1
tags: { cost: web }

vpcs: { main: { cidrBlock: 10.7.0.0/16 } }   # the only one
securityGroups:
  balancer: { vpc: main, description: Balancer }
  web:
    vpc: main
    description: Web servers
    ingress:
      - { port: 443, source: 0.0.0.0/0 }   # HTTPS, from everywhere
      # For the office.
      - port: 22
        source: 10.0.0.0/8
        description: The office
topics:
  ops: { tags: { team: web }, displayName: Operators }
  gone: { displayName: Gone }
`;

/** The environment as somebody changed it by hand in AWS. */
const theirs = ours
  .replace("port: 22\n", "port: 2222\n")
  .replace("      # For", "      - { port: 8080, source: balancer }\n      # For")
  .replace("displayName: Operators", 'displayName: "Ops: all"')
  .replace("team: web", "team: platform")
  .replace(/ {2}gone:.*\n/, "");

it("prints a diff that git takes, writes it on request, and leaves the rest of the file as it was", async () => {
  const cwd = folder({ "environments/prod.yaml": ours });
  const at = join(cwd, "environments", "prod.yaml");
  const run = (line: string, answers?: readonly string[]) => infra(cwd, `--sandbox ${line}`, answers ? { answers } : {});
  expect((await run("apply prod --yes")).code).toBe(0);
  writeFileSync(at, theirs);
  expect((await run("apply prod --yes")).code).toBe(0);
  writeFileSync(at, ours);

  const none = await run("drift prod --accept vpc/main");
  expect(none.code).toBe(1);
  expect(none.stderr).toContain("vpc/main does not differ from AWS");

  const rules = await run("drift prod --accept securityGroup/web.ingress");
  expect(rules.code).toBe(0);
  expect(readFileSync(at, "utf8")).toBe(ours);
  execFileSync("git", ["apply", "-"], { cwd, input: rules.stdout });
  const after = readFileSync(at, "utf8");
  const office = "        description: The office\n";
  expect(after).toBe(ours.replace("port: 22\n", "port: 2222\n").replace(office, `${office}      - { port: 8080, source: balancer }\n`));

  const topic = await run("drift prod --accept topic/ops.displayName --accept topic/ops.tags.team --write");
  expect(topic.code).toBe(0);
  expect(readFileSync(at, "utf8")).toBe(
    after.replace("{ team: web }, displayName: Operators", '{ team: platform }, displayName: "Ops: all"'),
  );

  const refused = await run("drift prod --accept all --write");
  expect(refused.stderr).toContain("No terminal to ask whether to remove topic/gone from the file");
  const rest = await run("drift prod --accept all --write", ["y"]);
  expect(rest.code).toBe(0);
  expect(readFileSync(at, "utf8")).not.toContain("gone:");
  expect((await run("plan prod --detailed-exitcode")).code).toBe(0);
});

it("says when it cannot: an expression makes the value", async () => {
  const yaml = (range: string, name: string) =>
    `format: 1\nproject: shop\nenvironment: prod\nregion: eu-west-1\nvariables: { label: { type: string, default: ${name} } }\nvpcs: { main: { cidrBlock: ${range} } }\ntopics: { ops: { displayName: "\${var.label}" } }\n`;
  const cwd = folder({ "environments/prod.yaml": yaml("10.7.0.0/16", "two") });
  const run = (line: string) => infra(cwd, `--sandbox ${line}`);
  expect((await run("apply prod --yes")).code).toBe(0);
  writeFileSync(join(cwd, "environments", "prod.yaml"), yaml("10.7.0.0/16", "one"));
  const refused = await run("drift prod --accept topic/ops --write");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("accept-open");
  expect(refused.stderr).toContain("an expression computes it; nothing was written.");
});
