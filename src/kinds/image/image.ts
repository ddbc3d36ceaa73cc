import type { Authored, Kind, Problem, ResourceIndex, Subject } from "../kind.ts";
import { textOf } from "../shared/told.ts";
import { foreign } from "./foreign.ts";
import { type Handle, keepTag } from "./live.ts";
import { type Image, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

export const image: Kind<Image, Handle> = {
  name: "image",
  section: "images",
  idPrefix: "ami-",
  doc: "An image (AMI) made from an instance with its volumes, to launch other instances: `image: image/NAME`.",
  outputs: { rootSnapshot: "The snapshot of the root volume.", architecture: "The processor architecture." },
  foreign,
  schema,
  fields: {
    from: { change: "never", whileGone: "free", outlives: true },
    version: {
      change: "replace",
      default: { value: 1, class: "enforced" },
      because: "a new version is a new image",
    },
    keep: { change: "update", default: { value: 1, class: "enforced" } },
    noReboot: { change: "never" },
    description: { change: "update", late: true, default: { value: "", class: "create-only" } },
  },
  summary: ({ from, version }) => ({
    line: `of ${textOf(from)}${version === undefined ? "" : `, version ${version}`}`,
    tells: ["from", "version"],
  }),
  stages: [{ name: "create" }],
  create: "name",
  naming: {
    max: 128,
    forbidden: /[^A-Za-z0-9()[\] ./\-'@_]/,
    whyNot: (name) => (name.length < 3 ? "it must have at least 3 characters" : undefined),
  },
  replace: "create-first",
  keepsReplaced: true,
  dataLoss: "machine",
  waits: { create: { typical: 300, limit: 3600 }, delete: { typical: 5, limit: 300 }, poll: 15 },
  marks: ({ version = 1, keep = 1 }) => ({ [keepTag]: `${version} ${keep}` }),
  tagIndex: ec2Index("image"),
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 1000)),
  iam: {
    read: ["ec2:DescribeImages"],
    write: ["ec2:CreateImage", "ec2:DeregisterImage", "ec2:ModifyImageAttribute", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeregisterImage"],
    onlyFor: { "ec2:ModifyImageAttribute": ["description"] },
    access: {
      "ec2:CreateImage": { made: ["*:image/*", "*:snapshot/*"], free: ["instance/*"] },
      "ec2:DeregisterImage": { ours: ["*:image/*"] },
      "ec2:ModifyImageAttribute": { ours: ["*:image/*"] },
    },
    // The snapshots of an image are deleted with it (EC2 API, DeregisterImage: DeleteAssociatedSnapshots).
    implied: () => [{ sid: "DeleteSnapshotsOfImages", actions: ["ec2:DeleteSnapshot"], resources: ["*:snapshot/*"], tie: "ours" }],
  },
  check,
  authored,
  drawn: ({ spec: { version = 1 } }) => ({ as: "beside", glyph: "part", sub: `image, version ${version}` }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

/** The instance from which an image is made cannot be launched from that image. */
function check(self: Subject<Image>, index: ResourceIndex): readonly Problem[] {
  const source = index.get(String(self.spec.from));
  return source && source.spec.image === self.address
    ? [
        {
          code: "ref-cycle",
          summary: `${source.address} is launched from ${self.address}, which is made from ${source.address}.`,
          path: "from",
          hint: "launch a second instance from the image, and move the address to it (environments/scale-up.yaml)",
        },
      ]
    : [];
}

/**
 * An image as an author writes it. EC2 names the source instance only of an image that CreateImage made (EC2 API, Image: SourceInstanceId).
 */
function authored(spec: Partial<Image>): Authored<Image> {
  if (spec.from === undefined) return { left: "EC2 does not return the instance that it was made from: it was copied or registered" };
  return { spec };
}
