import { expect, test } from "vitest";
import { whyNotNetwork } from "../../src/config/values/cidr.ts";
import { regions, whyNotZone, zoneName } from "../../src/config/values/zones.ts";

test.each(["10.0.0.0/16", "0.0.0.0/0", "10.1.2.3/32", "172.16.0.0/12", "192.168.255.128/25"])("%s is a network", (text) => {
  expect(whyNotNetwork(text, 4)).toBeUndefined();
  expect(whyNotNetwork(text, "any")).toBeUndefined();
  expect(whyNotNetwork(text, 6)?.why).toBe("it is IPv4, but this field takes IPv6");
});

test.each(["::/0", "2001:db8::/32", "2001:db8:0:ff00::/56", "fe80::1/128"])("%s is a network", (text) => {
  expect(whyNotNetwork(text, 6)).toBeUndefined();
  expect(whyNotNetwork(text, 4)?.why).toBe("it is IPv6, but this field takes IPv4");
});

test.each([
  ["10.0.0.5/16", "it has bits set beyond the prefix length 16", 'did you mean "10.0.0.0/16"?'],
  ["10.0.129.0/17", "it has bits set beyond the prefix length 17", 'did you mean "10.0.128.0/17"?'],
  ["2001:db8::1/64", "it has bits set beyond the prefix length 64", 'did you mean "2001:db8::/64"?'],
  ["10.0.0.1", "its prefix length is missing", "for this one address write 10.0.0.1/32"],
  ["::1", "its prefix length is missing", "for this one address write ::1/128"],
  ["10.0.0.0/33", 'the prefix length is a number from 0 to 32, not "33"', undefined],
  ["10.0.0.0/", 'the prefix length is a number from 0 to 32, not ""', undefined],
  ["10.0.0.0/-1", 'the prefix length is a number from 0 to 32, not "-1"', undefined],
  ["10.0.0/16", '"10.0.0" is not an IP address', undefined],
  ["010.0.0.0/8", '"010.0.0.0" is not an IP address', undefined],
  ["256.0.0.0/8", '"256.0.0.0" is not an IP address', undefined],
  ["", '"" is not an IP address', undefined],
])("%s is none", (text, why, hint) => expect(whyNotNetwork(text, "any")).toEqual({ why, ...(hint && { hint }) }));

test("zones", () => {
  expect(["a", "eu-west-1b", "euw1-az2"].map((zone) => zoneName(zone, "eu-west-1"))).toEqual(["eu-west-1a", "eu-west-1b", "euw1-az2"]);
  expect(["a", "eu-west-1b", "euw1-az2", "eu-west-1-lon-1a", "use1-bos1-az1"].map((zone) => whyNotZone(zone, "eu-west-1"))).toEqual(
    Array(5).fill(undefined),
  );
  expect(whyNotZone("us-east-1a", "eu-west-1")).toBe("the zone us-east-1a is not in eu-west-1");
  expect(whyNotZone("eu-west-1", "eu-west-1")).toBe('"eu-west-1" is not a zone');
  expect(regions).toContain("ap-northeast-2");
  expect(new Set(regions).size).toBe(regions.length);
});
