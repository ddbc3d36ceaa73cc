import type { ForeignNames } from "../kind.ts";

export const foreign: ForeignNames = {
  kind: ["acm_certificate", "aws_acm_certificate", "acm", "cert", "tls_certificate"],
  fields: {
    SubjectAlternativeNames: "alternativeNames",
    subject_alternative_names: "alternativeNames",
    key_algorithm: "keyAlgorithm",
    DomainValidationOptions: "validation",
    validation_method: "validation",
    ValidationMethod: "validation",
  },
};
