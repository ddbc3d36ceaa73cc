/**
 * Returns the full name of a zone: `a` in eu-west-1 is eu-west-1a. Full names and zone ids (`euw1-az2`, which AWS maps to names by account)
 * stay as they are.
 */
export function zoneName(written: string, region: string): string {
  return /^[a-z]$/.test(written) ? `${region}${written}` : written;
}

/** Returns what is wrong with a zone as written, or undefined. Local zones (`us-west-2-lax-1a`) begin with their region, too. */
export function whyNotZone(written: string, region: string): string | undefined {
  if (/^[a-z]$/.test(written) || /^[a-z0-9]+-([a-z]+[0-9]+-)?az[0-9]+$/.test(written)) return undefined;
  if (!/^([a-z]{2}|eusc)(-[a-z]+)+-[0-9](-[a-z]+-[0-9])?[a-z]$/.test(written)) return `"${written}" is not a zone`;
  return written.startsWith(region) ? undefined : `the zone ${written} is not in ${region}`;
}

/** The regions that AWS lists, as of November 2026. A newer region works in spite of the warning. */
export const regions: readonly string[] = `
  af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
  ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
  ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
  eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1
  us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2
  eu-isoe-west-1 eusc-de-east-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-east-1 us-isof-south-1
`
  .trim()
  .split(/\s+/);
