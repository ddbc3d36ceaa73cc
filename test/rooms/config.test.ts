/** `src/config/` is a house of its own: its rooms import only those that come before them here. */
import { dirname, relative } from "node:path";
import { expect, test } from "vitest";
import { importsIn } from "./imports.ts";

const folder = "src/config";

/** The rooms from the ground up. "" is the folder itself, which puts everything together. */
const rooms = ["yaml", "values", "files", "schema", "references", "mistakes", "expand", "edit", ""];

const roomOf = (file: string) => relative(folder, dirname(file));

test("every folder is one of the rooms", () => {
  expect([...new Set([...importsIn(folder).keys()].map(roomOf))].sort()).toEqual([...rooms].sort());
});

test("no file imports a later room", () => {
  const imports = [...importsIn(folder)].flatMap(([file, all]) => all.map((other) => [file, other] as const));
  expect(imports.length).toBeGreaterThan(300);
  const upwards = imports.filter(([file, other]) => rooms.indexOf(roomOf(other)) > rooms.indexOf(roomOf(file)));
  expect(upwards.map(([file, other]) => `${file} → ${other}`)).toEqual([]);
});
