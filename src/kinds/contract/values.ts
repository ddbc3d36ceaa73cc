/** The values that every form of a resource is made of: addresses, ids, tags, specs. */

/** Our name for a resource: `subnet/elb-a`, `instance/web[0]`. Tags allow no brackets, so there it is `instance/web.0`. */
export type Address = string;

/** Amazon's identifier, by which other calls name the object (`vpc-…`, a key pair's name, a load balancer's ARN). */
export type AwsId = string;

export type Tags = Readonly<Record<string, string>>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Any spec, where the kind does not matter. */
export type Spec = Readonly<Record<string, unknown>>;
