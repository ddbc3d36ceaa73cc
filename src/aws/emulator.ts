import { isHostOfAws } from "../resource/partition.ts";

/** Whether another program stands in for AWS: an endpoint of one's own (moto, LocalStack, `infra sandbox serve`) that is not AWS's. */
export function isEmulator(env: Readonly<Record<string, string | undefined>>): boolean {
  const urls = Object.entries(env).filter(([name, url]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && url);
  return urls.some(([, url]) => !isOfAws(url!));
}

/** An interface endpoint of a VPC is AWS itself: `vpce-0a1b-2c3d.rds.eu-west-1.vpce.amazonaws.com`. */
function isOfAws(url: string): boolean {
  return URL.canParse(url) && isHostOfAws(new URL(url).hostname);
}
