/** Edits by splices: unchanged text stays the same, byte for byte. */
import { describe, expect, it } from "vitest";
import { edited, Unwritable, withoutResource, writtenIn, type Edit } from "../../src/config/edit/edit.ts";
import { flow } from "../../src/import/emit.ts";

const text = `# The network of the shop.
format: 1
vpcs:
  main: { cidrBlock: 10.0.0.0/16,   tags: { team: web } }   # one

securityGroups:
  # Who may enter.
  web:
    vpc: main
    ingress:   # in order of importance
      - { port: 443, source: 0.0.0.0/0 }   # HTTPS
      - port: 22
        source: 10.0.0.0/8
    egress: []
    description: "Web servers"

  db:
    vpc: main
    list: [ a, b ]
    script: |
      one
      two
instances:
  only: { image: ami-1 }
`;

const web = { section: "securityGroups", name: "web" };
const db = { section: "securityGroups", name: "db" };
const main = { section: "vpcs", name: "main" };

/** The lines that an edit removes and adds. */
function change(place: typeof web, ...edits: Edit[]): string[] {
  const before = text.split("\n");
  const after = edited(text, place, edits, flow).split("\n");
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

describe("an edit", () => {
  it.each<[string, typeof web, Edit, string[]]>([
    [
      "a scalar in quotes",
      web,
      { how: "set", way: ["description"], value: "Web" },
      ['-    description: "Web servers"', "+    description: Web"],
    ],
    [
      "a member in braces",
      main,
      { how: "set", way: ["cidrBlock"], value: "10.1.0.0/16" },
      [
        "-  main: { cidrBlock: 10.0.0.0/16,   tags: { team: web } }   # one",
        "+  main: { cidrBlock: 10.1.0.0/16,   tags: { team: web } }   # one",
      ],
    ],
    [
      "a new member in braces",
      main,
      { how: "set", way: ["tags", "Name"], value: "x" },
      [
        "-  main: { cidrBlock: 10.0.0.0/16,   tags: { team: web } }   # one",
        "+  main: { cidrBlock: 10.0.0.0/16,   tags: { team: web, Name: x } }   # one",
      ],
    ],
    ["a new field in a block", web, { how: "set", way: ["tags", "team"], value: "a" }, ["+    tags: { team: a }"]],
    [
      "a block of text",
      db,
      { how: "set", way: ["script"], value: "three" },
      ["-    script: |", "-      one", "-      two", "+    script: three"],
    ],
    [
      "an item in a block",
      web,
      { how: "append", way: ["ingress"], value: { port: 80, source: "0.0.0.0/0" } },
      ["+      - { port: 80, source: 0.0.0.0/0 }"],
    ],
    ["an item in an empty list", web, { how: "append", way: ["egress"], value: "x" }, ["-    egress: []", "+    egress: [x]"]],
    ["an item in brackets", db, { how: "append", way: ["list"], value: "c" }, ["-    list: [ a, b ]", "+    list: [ a, b, c ]"]],
    ["an item of several lines away", web, { how: "remove", way: ["ingress", 1] }, ["-      - port: 22", "-        source: 10.0.0.0/8"]],
    ["an item in brackets away", db, { how: "remove", way: ["list", 0] }, ["-    list: [ a, b ]", "+    list: [ b ]"]],
    ["a field away", web, { how: "remove", way: ["egress"] }, ["-    egress: []"]],
    ["inside of an item", web, { how: "set", way: ["ingress", 1, "port"], value: 2222 }, ["-      - port: 22", "+      - port: 2222"]],
    ["what is not there", web, { how: "remove", way: ["nothing"] }, []],
  ])("changes %s and nothing else", (_what, place, edit, lines) => expect(change(place, edit)).toEqual(lines));

  it("makes an empty list of one that loses its last item", () => {
    const edits: Edit[] = [
      { how: "remove", way: ["ingress", 1] },
      { how: "remove", way: ["ingress", 0] },
    ];
    expect(change(web, ...edits)).toContain("+    ingress: []");
    expect(writtenIn(edited(text, web, edits, flow), web)).toEqual({ vpc: "main", ingress: [], egress: [], description: "Web servers" });
  });

  it("takes a resource away, and a section with its last one", () => {
    expect(withoutResource(text, db)).toBe(text.replace(/ {2}db:[^]*two\n/, ""));
    expect(withoutResource(text, { section: "instances", name: "only" })).toBe(text.replace(/\n*instances:[^]*/, "\n"));
    const spaced = "vpcs:\n  a: {}\n\ntopics:\n  b: {}\n\n# of c\nalarms:\n  c: {}\n";
    expect(withoutResource(spaced, { section: "topics", name: "b" })).toBe("vpcs:\n  a: {}\n\n# of c\nalarms:\n  c: {}\n");
    expect(withoutResource(spaced, { section: "vpcs", name: "a" })).toBe(spaced.slice(spaced.indexOf("topics")));
  });

  it("leaves expressions and anchors alone", () => {
    const clever = 'vpcs:\n  a: { tags: &t { x: "1" }, cidrBlock: "${variables.range}" }\n  b: { tags: *t }\n';
    const on = (name: string, way: string[]) => () => edited(clever, { section: "vpcs", name }, [{ how: "set", way, value: "2" }], flow);
    expect(on("a", ["cidrBlock"])).toThrow(Unwritable);
    expect(on("b", ["tags", "x"])).toThrow(Unwritable);
  });
});
