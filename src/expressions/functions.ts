import { createHash } from "node:crypto";
import type { CelFunc, CelInput, CelValue } from "@bufbuild/cel";
import ipaddr from "ipaddr.js";
import { dump } from "js-yaml";
import { cel } from "./library.ts";
import { fromCel, short, ValueProblem } from "./values.ts";

/** The functions of the surroundings that expressions use. */
export interface FunctionsAround {
  /** Returns the text of a file that an expression names. */
  file(path: string): string;
}

/** The names and forms of the functions, for messages and documentation. */
export const functionForms: Readonly<Record<string, string>> = {
  "cidr.subnet": "cidr.subnet(range, bits, number)",
  "cidr.host": "cidr.host(range, number)",
  base64: "base64(text)",
  json: "json(value)",
  yaml: "yaml(value)",
  file: "file(path)",
  sha256: "sha256(text)",
  lower: "lower(text)",
  upper: "upper(text)",
  replace: "replace(text, from, to)",
  split: "split(text, separator)",
  join: "join(list, separator)",
  coalesce: "coalesce(value, other, …)",
};

/** Returns the functions beside CEL's own. None uses the time, chance, the process or the network. */
export function functionsOf(around: FunctionsAround): CelFunc[] {
  const { celFunc, celMethod, CelScalar, listType } = cel();
  const { STRING, INT, DYN } = CelScalar;
  const list = listType(DYN);
  const cost = (text: string): string => short(text);
  return [
    celFunc("cidr.subnet", [STRING, INT, INT], STRING, subnetOf),
    celFunc("cidr.host", [STRING, INT], STRING, hostOf),
    celFunc("base64", [STRING], STRING, (text) => cost(Buffer.from(text, "utf8").toString("base64"))),
    celFunc("json", [DYN], STRING, (value) => cost(JSON.stringify(fromCel(value as CelValue)))),
    celFunc("yaml", [DYN], STRING, (value) => cost(dump(fromCel(value as CelValue), { sortKeys: true }))),
    celFunc("file", [STRING], STRING, (path) => around.file(path)),
    celFunc("sha256", [STRING], STRING, (text) => createHash("sha256").update(text).digest("hex")),
    celFunc("lower", [STRING], STRING, (text) => text.toLowerCase()),
    celFunc("upper", [STRING], STRING, (text) => text.toUpperCase()),
    celFunc("replace", [STRING, STRING, STRING], STRING, replaced),
    celMethod("replace", STRING, [STRING, STRING], STRING, function (from, to) {
      return replaced(String(this), from, to);
    }),
    celFunc("split", [STRING, STRING], list, splitOf),
    celMethod("split", STRING, [STRING], list, function (separator) {
      return splitOf(String(this), separator);
    }),
    celFunc("join", [list, STRING], STRING, (items, separator) => joined(items as Iterable<CelValue>, separator)),
    celMethod("join", list, [STRING], STRING, function (separator) {
      return joined(this as Iterable<CelValue>, separator);
    }),
    ...[1, 2, 3, 4, 5].map((many) =>
      celFunc(
        "coalesce",
        Array<typeof DYN>(many).fill(DYN),
        DYN,
        (...values: unknown[]) => (values.find((value) => value !== null) ?? null) as CelInput,
      ),
    ),
  ];
}

/** Returns range number `number` of the ranges that are `bits` smaller than `range`: cidr.subnet("10.0.0.0/16", 8, 2) is 10.0.2.0/24. */
function subnetOf(range: string, bits: bigint, number: bigint): string {
  const { base, prefix, width } = networkOf(range);
  const longer = prefix + Number(bits);
  if (bits < 0n || longer > width)
    throw new ValueProblem(`cidr.subnet: ${range} has no ranges with a prefix of /${longer}; the longest is /${width}`);
  if (number < 0n || number >= 1n << bits)
    throw new ValueProblem(
      `cidr.subnet: ${range} has ${1n << bits} ranges of /${longer}, numbered from 0, but none with the number ${number}`,
    );
  return `${addressOf(base + (number << BigInt(width - longer)), width)}/${longer}`;
}

/** Returns address number `number` of a range. Negative numbers count from its end: cidr.host("10.0.0.0/24", -2) is 10.0.0.254. */
function hostOf(range: string, number: bigint): string {
  const { base, prefix, width } = networkOf(range);
  const size = 1n << BigInt(width - prefix);
  if (number >= size || number < -size)
    throw new ValueProblem(`cidr.host: ${range} has ${size} addresses, numbered from 0, but none with the number ${number}`);
  return addressOf(base + (number < 0n ? size + number : number), width);
}

function networkOf(range: string): { readonly base: bigint; readonly prefix: number; readonly width: number } {
  const [, address = "", digits = ""] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(range) ?? [];
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || (address.includes(":") && ipaddr.IPv6.isValid(address));
  const bytes = isAddress ? ipaddr.parse(address).toByteArray() : [];
  const width = bytes.length * 8;
  const prefix = Number(digits);
  if (!isAddress || prefix > width) throw new ValueProblem(`"${range}" is not a network such as 10.0.0.0/16`);
  const all = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const hosts = (1n << BigInt(width - prefix)) - 1n;
  if ((all & hosts) !== 0n) throw new ValueProblem(`"${range}" is not a network: it has bits set beyond the prefix length`);
  return { base: all, prefix, width };
}

function addressOf(value: bigint, width: number): string {
  const bytes = Array.from({ length: width / 8 }, (_, i) => Number((value >> BigInt(width - 8 * (i + 1))) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Replaces by splitting and joining, so that no pattern and no `$&` has a meaning. The length is measured before the text is made. */
function replaced(text: string, from: string, to: string): string {
  if (from === "") throw new ValueProblem("replace: the text to look for is empty");
  const parts = text.split(from);
  if (text.length + (parts.length - 1) * to.length > 2 * 1024 * 1024) throw new ValueProblem("it makes a string of more than 1 MiB");
  return short(parts.join(to));
}

function splitOf(text: string, separator: string): string[] {
  return separator === "" ? [...text] : text.split(separator);
}

function joined(items: Iterable<CelValue>, separator: string): string {
  const texts: string[] = [];
  let length = 0;
  for (const item of items) {
    const value = fromCel(item);
    if (typeof value === "object") throw new ValueProblem("join: an item is a list, a map or null");
    texts.push(String(value));
    length += texts.at(-1)!.length + separator.length;
    if (length > 2 * 1024 * 1024) throw new ValueProblem("it makes a string of more than 1 MiB");
  }
  return short(texts.join(separator));
}
