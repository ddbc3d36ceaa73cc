import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { canonicalCidr, isPlainNetwork } from "../../src/resource/ranges.ts";

const octet = fc.integer({ min: 0, max: 299 }).map(String);
const text = fc
  .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 40 }).map(String), fc.constantFrom("", "0", " ", "-", "x", "/8", "."))
  .chain(([a, b, c, d, prefix, odd]) =>
    fc.constantFrom(
      `${a}.${b}.${c}.${d}/${prefix}`,
      `${odd}${a}.${b}.${c}.${d}/${prefix}`,
      `${a}.${b}.${c}/${prefix}`,
      `${a}.${b}.${c}.${d}/${odd}`,
    ),
  );

/** Whether the library parses the text and prints the same text. */
function isPlain(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return false;
  const [, prefix] = ipaddr.IPv4.parseCIDR(text);
  return `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${prefix}` === text;
}

describe("isPlainNetwork", () => {
  it("says what the library says after parsing, about anything like a network", () => {
    fc.assert(
      fc.property(text, (text) => void expect(isPlainNetwork(text), text).toBe(isPlain(text))),
      { seed: 7, numRuns: 3000 },
    );
  });

  it("knows networks with and without host bits, and other words", () => {
    const yes = ["0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", "255.255.255.255/32", "172.16.0.0/12"];
    const no = [
      "10.1.2.3/16",
      "010.0.0.0/8",
      "10.0.0.0/08",
      "10.0.0.0/33",
      "10.0.0.0",
      "10.0.0/8",
      "256.0.0.0/8",
      "",
      "/",
      "web/8",
      "::/0",
    ];
    expect([...yes, ...no].filter(isPlainNetwork)).toEqual(yes);
  });
});

describe("canonicalCidr", () => {
  it("clears host bits and shortens IPv6 (RFC 5952); leaves other texts alone", () => {
    expect(canonicalCidr("10.1.2.3/16")).toBe("10.1.0.0/16");
    expect(canonicalCidr("2001:0DB8:0000::1/64")).toBe("2001:db8::/64");
    expect(canonicalCidr("securityGroup/db")).toBe("securityGroup/db");
  });
});
