/** The fields of a certificate as authors write them. */
import { list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import { recordPattern } from "../shared/dns/names.ts";
import type { Static } from "typebox";

const name = (doc: string, more: object = {}) => string(doc, { pattern: recordPattern, maxLength: 253, ...more });

export const keyAlgorithms = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const;

export const schema = object({
  // ACM API, RequestCertificate: the first name is the common name, which has at most 64 characters.
  domainName: name("The domain name of the certificate; `*.` stands for exactly one label.", {
    maxLength: 64,
    examples: ["shop.example.com"],
  }),
  alternativeNames: optional(
    list(name("A domain name."), "Further domain names of the certificate. `*.example.com` does not cover `example.com`.", {
      maxItems: 99,
      uniqueItems: true,
    }),
  ),
  validation: object(
    { zone: ref("hostedZone", "The public hosted zone of all its names.", { named: true }) },
    "The DNS validation: infra makes records in this zone and keeps them, because ACM checks them again before it renews the certificate.",
  ),
  keyAlgorithm: optional(oneOf(keyAlgorithms, "The key algorithm.")),
});

export type Certificate = Static<typeof schema>;
