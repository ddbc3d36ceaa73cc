/** Checks values of records, as strictly as Route 53 (Route 53 Developer Guide, "Supported DNS record types"). */
import { isIPv4, isIPv6 } from "node:net";

/** The error in a value, in Route 53's wording; undefined for a correct one. */
export function whyBadValue(type: string, value: string): string | undefined {
  if (value.length > 4000) return "InvalidLength (A value has at most 4000 characters)";
  switch (type) {
    case "A":
      return isIPv4(value) ? undefined : "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)";
    case "AAAA":
      return isIPv6(value) ? undefined : "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)";
    case "CNAME":
    case "NS":
    case "PTR":
      return isName(value) ? undefined : "DomainLabelInvalid (Value is not a valid domain name)";
    case "MX":
      return /^\d{1,5}\s+\S+$/.test(value) ? undefined : "MXRRDATANotTwoFields (MX record doesn't have 2 fields)";
    case "SRV":
      return /^\d{1,5}\s+\d{1,5}\s+\d{1,5}\s+\S+$/.test(value) ? undefined : "SRVRRDATANotFourFields (SRV record doesn't have 4 fields)";
    case "CAA":
      return /^\d{1,3}\s+[a-z0-9]+\s+"[^"]*"$/i.test(value) ? undefined : "CAARRDATANotThreeFields (CAA record doesn't have 3 fields)";
    case "TXT":
    case "SPF":
      return whyBadText(value);
    default:
      return value.trim() === "" ? "EmptyValue (The value is empty)" : undefined;
  }
}

function whyBadText(value: string): string | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s.test(value))
    return "InvalidCharacterString (Value should be enclosed in quotation marks)";
  const strings = value.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  const length = (text: string) => text.slice(1, -1).replace(/\\(\d{3}|.)/gs, "x").length;
  return strings.some((text) => length(text) > 255) ? "CharacterStringTooLong (Value is too long)" : undefined;
}

function isName(value: string): boolean {
  const labels = value.replace(/\.$/, "").split(".");
  return value.length <= 255 && labels.every((label) => label.length > 0 && label.length <= 63 && !/\s/.test(label));
}
