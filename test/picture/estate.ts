/** Networks that depend on a seed alone, with features that break layouts: many zones, long names, bars over some of the columns. */
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds as native } from "../../src/kinds/index.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import type { Kind, Subject } from "../../src/kinds/kind.ts";
import { pictureInputOf, type Mark, type PictureInput } from "../../src/picture/input.ts";
import { markOf } from "../../src/resource/late.ts";
import { Random } from "../fuzz/random.ts";

const types = ["AWS::SQS::Queue", "AWS::Lambda::Function"];
const kinds = [...native, ...types.flatMap((name) => kindOf(name))];

const zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d", "eu-west-1e", "eu-west-1f"];
const tiers = ["public", "app", "web", "data-tier", "rds-main", "rds-standby", "x"];
const strange = [
  "a-name-of-sixty-characters-which-nobody-would-have-chosen-here",
  "데이터베이스-기본-서버-이름이-길다",
  "👩‍👩‍👧‍👦-family",
  "<script>alert(1)</script>",
  "a\"&'b",
  "שרת-אינטרנט",
  "ctl\u0007\u202Egnp",
];

/** Returns the resources of a random estate. */
export function estateOf(seed: number): Subject[] {
  const draw = new Random(seed);
  const made: Subject[] = [];
  const add = (kind: string, name: string, spec: object) => {
    made.push({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
    return `${kind}/${name}`;
  };
  const some = <T>(list: readonly T[], most = list.length): T[] => list.filter(() => draw.below(2) === 0).slice(0, most);
  const name = (base: string) => (draw.below(12) === 0 ? `${draw.pick(strange)}${draw.below(1000)}` : base);
  const networks = draw.below(4);
  for (let v = 0; v < networks; v++) {
    const vpc = draw.below(9) === 0 ? `vpc-0${v}ab` : add("vpc", name(`net-${v}`), { cidrBlock: `10.${v}.0.0/16` });
    const gateway = draw.below(3) > 0 ? add("internetGateway", name(`igw-${v}`), { vpc }) : undefined;
    if (draw.below(4) === 0) add("egressOnlyInternetGateway", name(`out-${v}`), { vpc });
    if (v > 0 && draw.below(2) === 0)
      add("vpcPeering", name(`peer-${v}`), { vpc, peerVpc: made.find(({ kind }) => kind === "vpc")?.address ?? "vpc-0ab" });
    const used = zones.slice(0, 1 + draw.below(draw.below(3) === 0 ? 6 : 3));
    const subnets: string[] = [];
    for (const tier of some(tiers))
      for (const [z, zone] of used.entries()) {
        if (draw.below(5) === 0) continue;
        const cidrBlock = `10.${v}.${subnets.length}.0/24`;
        subnets.push(
          add("subnet", name(`${tier}-${v}-${"abcdef"[z]}`), {
            vpc,
            cidrBlock,
            availabilityZone: zone,
            mapPublicIpOnLaunch: draw.below(2) === 0,
          }),
        );
      }
    if (subnets.length === 0) continue;
    const nat = draw.below(2) === 0 ? add("natGateway", `nat-${v}`, { subnet: draw.pick(subnets) }) : undefined;
    const targets = [gateway, nat].filter((one) => one !== undefined);
    const left = new Set(subnets);
    for (const [t, target] of targets.entries()) {
      const mine = some([...left]);
      for (const one of mine) left.delete(one);
      add("routeTable", `table-${v}-${t}`, { vpc, routes: [{ destination: "0.0.0.0/0", target }], subnets: mine });
    }
    const groups = Array.from({ length: 1 + draw.below(6) }, (_, g) => `securityGroup/${`group-${v}-${g}`}`);
    for (const group of groups) {
      const sources = [
        "0.0.0.0/0",
        "203.0.113.0/24",
        `10.${v}.0.0/16`,
        `10.${v}.1.0/24`,
        "self",
        "10.99.0.0/16",
        "pl-0123",
        ...groups,
        ...groups,
      ];
      const ingress = Array.from({ length: draw.below(5) }, () => ({
        port: draw.pick([22, 80, 443, 3306, 8080]),
        source: draw.pick(sources),
      }));
      add("securityGroup", group.slice("securityGroup/".length), { vpc, ingress, ...(draw.below(5) === 0 ? { egress: [] } : {}) });
    }
    const securityGroups = () => some(groups, 3);
    for (let i = draw.below(draw.below(4) === 0 ? 90 : 12); i > 0; i--)
      add("instance", name(`web-${v}-${i}`), {
        subnet: draw.pick(subnets),
        instanceType: draw.pick(["t3.micro", "m7i.48xlarge"]),
        securityGroups: securityGroups(),
      });
    for (let i = draw.below(4); i > 0; i--)
      add("loadBalancer", name(`lb-${v}-${i}`), {
        subnets: some(subnets),
        scheme: draw.pick(["internal", "internet-facing"]),
        securityGroups: securityGroups(),
        listeners: { 443: {} },
      });
    for (let i = draw.below(4); i > 0; i--) {
      const launchTemplate = add("launchTemplate", `t-${v}-${i}`, { instanceType: "t3.small", securityGroups: securityGroups() });
      add("autoScalingGroup", name(`asg-${v}-${i}`), { subnets: some(subnets), launchTemplate, minSize: 1, maxSize: 4 });
    }
    const subnetGroup = add("dbSubnetGroup", `db-${v}`, { subnets: some(subnets) });
    const main = add("dbInstance", name(`db-${v}`), {
      engine: "postgres",
      instanceClass: "db.r8g.large",
      subnetGroup,
      securityGroups: securityGroups(),
      ...(draw.below(2) === 0 ? { availabilityZone: draw.pick(used) } : {}),
    });
    if (draw.below(2) === 0)
      add("dbInstance", `replica-${v}`, { replicaOf: main, availabilityZone: draw.pick(used), securityGroups: securityGroups() });
    if (draw.below(2) === 0) add("vpcEndpoint", `s3-${v}`, { vpc, service: "s3" });
    if (draw.below(2) === 0)
      add("vpcEndpoint", `ssm-${v}`, { vpc, service: "ssm", type: "Interface", subnets: some(subnets), securityGroups: securityGroups() });
    if (draw.below(2) === 0) add("networkAcl", `acl-${v}`, { vpc, subnets: some(subnets) });
    if (draw.below(3) === 0) add("instance", `stray-${v}`, { subnet: "subnet-0123", instanceType: "t3.nano", securityGroups: [] });
  }
  for (let i = draw.below(draw.below(5) === 0 ? 60 : 5); i > 0; i--)
    add(draw.pick(["topic", "parameter", "iamRole", "elasticIp"]), name(`thing-${i}`), {});
  // Objects of AWS's own types that name each other and objects in networks.
  const places = made.filter(({ kind }) => kind === "subnet" || kind === "topic").map(({ address }) => address);
  for (let i = draw.below(9); i > 0; i--) {
    const named = some(places, 3).map((address) => markOf({ address, output: "id" }));
    places.push(add(draw.pick(types), name(`part-${i}`), { Uses: named, Text: `of ${named.join(" and ")}` }));
  }
  return made;
}

function kindOf(name: string): Kind {
  const answer = typeKind(name);
  if (!answer || !("kind" in answer)) throw new Error(`${name} is not made`);
  return answer.kind;
}

/** Returns the estate as the input of a picture; `marks` adds the marks of a plan. */
export function inputOfEstate(seed: number, marks: boolean): PictureInput {
  const subjects = estateOf(seed);
  const input = pictureInputOf(
    { title: `lab/estate-${seed}`, region: "eu-west-1" },
    kinds,
    subjects,
    resourceIndexOf("eu-west-1", subjects),
  );
  if (!marks) return input;
  const draw = new Random(seed + 1);
  const all: readonly (Mark | undefined)[] = ["create", "update", "restart", "replace", "delete", "keep", undefined, undefined];
  const change = ["opens", "closes", undefined, undefined] as const;
  return {
    ...input,
    shown: input.shown.map((one) => {
      const mark = draw.pick(all);
      return mark === undefined ? one : { ...one, mark };
    }),
    flows: input.flows.map((flow) => {
      const one = draw.pick(change);
      return one === undefined ? flow : { ...flow, change: one };
    }),
  };
}
