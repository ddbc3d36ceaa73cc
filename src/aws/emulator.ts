import { isHostOfAws } from "../resource/partition.ts";

/** Whether an emulator stands in for AWS: a custom endpoint (moto, LocalStack, `infra sandbox serve`) that does not belong to AWS. */
export function isEmulator(env: Readonly<Record<string, string | undefined>>): boolean {
  const urls = Object.entries(env).filter(([name, url]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && url);
  return urls.some(([, url]) => !isOfAws(url!));
}

/** Whether an address belongs to AWS. An interface endpoint of a VPC does: `vpce-0a1b-2c3d.rds.eu-west-1.vpce.amazonaws.com`. */
function isOfAws(url: string): boolean {
  return URL.canParse(url) && isHostOfAws(new URL(url).hostname);
}
