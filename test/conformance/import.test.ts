/**
 * Estates made by hand with the AWS CLI, on the sandbox and on moto: imported and adopted until plan and AWS agree. The expected file is
 * written beforehand.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { complete, startMoto } from "../e2e/support/moto.ts";
import { Workshop } from "../e2e/support/infra.ts";
import { isNight, sampleOf } from "../support/night.ts";
import { awsCli } from "./support/aws-cli.ts";
import { handEstates } from "./support/hand-estates.ts";
import { describeWithPrograms, run } from "./support/programs.ts";
import { serveSandbox } from "./support/served.ts";
import { fileURLToPath } from "node:url";

const region = "eu-west-1";
const program = fileURLToPath(new URL("../../bin/infra.mjs", import.meta.url));

/** An endpoint, and the function that stops it. */
interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  stop(): Promise<void>;
}

async function onMoto(): Promise<Place> {
  const moto = await startMoto(complete);
  const { env } = await moto.newAccount();
  const folder = new Workshop({}).folder;
  const more = { AWS_ENDPOINT_URL: moto.url, AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_PAGER: "" };
  return { env: { ...env, ...more }, folder, stop: () => moto.stop() };
}

/** moto 5.2 has no filter for the ids of network ACLs. */
const places = [
  ["the sandbox", [["aws", "--version"]], (): Promise<Place> => serveSandbox("--no-quotas"), ""],
  [
    "moto",
    [
      ["aws", "--version"],
      ["moto_server", "--help"],
    ],
    onMoto,
    "--exclude networkAcl",
  ],
] as const;

/** One estate by day, all of them at night. */
const estates = sampleOf(handEstates, ["a network, a topic and a bucket"], ({ name }) => name);

const names = sampleOf(
  places.map(([name]) => name),
  ["the sandbox"],
  (name) => name,
);

for (const [name, needs, start, flags] of places.filter(([one]) => names.includes(one)))
  describeWithPrograms(`an estate made by the AWS CLI on ${name}`, needs, undefined, () => {
    let place: Place | undefined;
    afterAll(() => place?.stop());

    beforeAll(async () => (place = await start()));

    test.each(estates.map((estate) => [estate.name, estate] as const))("%s: is taken over as it is", async (_name, estate) => {
      const { env, folder } = place!;
      const cli = awsCli(env);
      const infra = async (words: string) => {
        const ran = await run(process.execPath, [program, ...words.split(" ").filter((word) => word !== "")], { env, cwd: folder });
        expect(ran.code, `infra ${words}\n${ran.stdout.slice(-3_000)}\n${ran.stderr.slice(-3_000)}`).toBe(0);
        return ran;
      };
      const ids = await estate.make(cli);
      const others = name === "moto" ? (estate.onMoto ?? []) : [];
      const expected = others.reduce((file, [text, instead]) => file.replace(text, instead), estate.file);
      const withIds = (text: string) => text.replace(/\$(\w+)/g, (_all, name: string) => ids[name]!);
      const hand = `hand-${estates.indexOf(estate)}`;
      const file = `environments/${hand}.yaml`;
      await infra(`import ${withIds(estate.roots)} --name ${hand} --project shop --region ${region} --output ${file} ${flags}`);
      const text = readFileSync(join(folder, file), "utf8");
      const body = text.replace(/^(?:#.*\n)+/, "").replace(/^account: .*\n/m, "");
      expect(body).toBe(`format: 1\nproject: shop\nenvironment: ${hand}\nregion: ${region}\n\n${withIds(expected)}`);
      await infra(`adopt ${hand} --yes`);
      await infra(`plan ${hand} --detailed-exitcode`);
    });
  });

/** At night: a stack that moto's CloudFormation made from a template. By day `test/import/leaving.test.ts` does the same in the sandbox. */
for (const when of isNight ? ["at night"] : [])
  describeWithPrograms(
    `a stack on moto, ${when}`,
    [
      ["aws", "--version"],
      ["moto_server", "--help"],
    ],
    undefined,
    () => {
      let place: Place | undefined;
      afterAll(() => place?.stop());

      test("is imported by its name, deleted, and adopted", async () => {
        place = await onMoto();
        const { env, folder } = place;
        const { aws } = awsCli(env);
        const infra = async (words: string, expected = 0) => {
          const ran = await run(process.execPath, [program, ...words.split(" ")], { env, cwd: folder });
          expect(ran.code, `infra ${words}\n${ran.stdout.slice(-3_000)}\n${ran.stderr.slice(-3_000)}`).toBe(expected);
          return ran;
        };
        const [image] = await aws<string[]>(
          "ec2 describe-images --owners amazon --filters Name=name,Values=amzn2-ami-hvm-*-x86_64-gp2 --query Images[].ImageId",
        );
        const template = templateOf(image!);
        await aws("cloudformation create-stack", { StackName: "shop", TemplateBody: JSON.stringify(template) });

        const imported = await infra(
          "import --from-stack shop --name taken --project shop --output environments/taken.yaml --exclude networkAcl",
        );
        expect(imported.stderr).toContain("7 objects, 0 differences; only tags would be written.");
        expect(imported.stderr).toContain("let the stack shop go");
        const text = readFileSync(join(folder, "environments/taken.yaml"), "utf8");
        for (const name of ["network", "gateway", "public-subnet-a", "public-subnet-b", "web-group", "web-server", "alerts"])
          expect(text).toMatch(new RegExp(`^  ${name}:`, "m"));
        expect((await infra("adopt taken --yes", 3)).stderr).toContain("adopt-made-by-other");
        await aws("cloudformation delete-stack --stack-name shop");
        await infra("adopt taken --yes");
        await infra("plan taken --detailed-exitcode");
        expect(await aws("ec2 describe-instances --query length(Reservations)")).toBe(1);
      });
    },
  );

/** A template whose resources stay when the stack is deleted. */
function templateOf(image: string) {
  const kept = (Type: string, Properties: object = {}) => ({ Type, DeletionPolicy: "Retain", Properties });
  const subnet = (letter: string, n: number) =>
    kept("AWS::EC2::Subnet", { VpcId: { Ref: "Network" }, CidrBlock: `10.7.${n}.0/24`, AvailabilityZone: `${region}${letter}` });
  return {
    Resources: {
      Network: kept("AWS::EC2::VPC", { CidrBlock: "10.7.0.0/16" }),
      Gateway: kept("AWS::EC2::InternetGateway"),
      Attachment: kept("AWS::EC2::VPCGatewayAttachment", { VpcId: { Ref: "Network" }, InternetGatewayId: { Ref: "Gateway" } }),
      PublicSubnetA: subnet("a", 1),
      PublicSubnetB: subnet("b", 2),
      WebGroup: kept("AWS::EC2::SecurityGroup", {
        GroupDescription: "Web",
        VpcId: { Ref: "Network" },
        SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "0.0.0.0/0" }],
      }),
      WebServer: kept("AWS::EC2::Instance", {
        ImageId: image,
        InstanceType: "t3.micro",
        SubnetId: { Ref: "PublicSubnetA" },
        SecurityGroupIds: [{ "Fn::GetAtt": ["WebGroup", "GroupId"] }],
      }),
      Alerts: kept("AWS::SNS::Topic", { TopicName: "alerts" }),
    },
  };
}
