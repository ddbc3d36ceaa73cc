/** The fields of a certificate as authors write them. */
import { list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { recordPattern } from "../shared/dns-names.ts";
import type { Static } from "typebox";

const name = (doc: string, more: object = {}) => string(doc, { pattern: recordPattern, maxLength: 253, ...more });

export const keyAlgorithms = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const;

export const schema = object({
  // ACM API, RequestCertificate: the first name is the common name, which has at most 64 characters.
  domainName: name("The name that it is for; `*.` stands for any one label.", { maxLength: 64, examples: ["shop.example.com"] }),
  alternativeNames: optional(
    list(name("Another name."), "More names that it is for. `*.example.com` does not cover `example.com`.", {
      maxItems: 99,
      uniqueItems: true,
    }),
  ),
  validation: object(
    { zone: ref("hostedZone", "The public zone of all its names.", { named: true }) },
    "How ACM sees that the names are yours: by records in this zone, which are made and kept, because ACM looks at them again before it renews the certificate.",
  ),
  keyAlgorithm: optional(oneOf(keyAlgorithms, "The kind of its key.")),
});

export type Certificate = Static<typeof schema>;
