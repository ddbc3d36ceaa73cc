/** The commands that the product sends to this service. They are named one by one, so that the bundler leaves out the rest. */
export { ACMClient } from "@aws-sdk/client-acm";
export {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
  UpdateCertificateOptionsCommand,
} from "@aws-sdk/client-acm";
