/** What every form of a resource is told in: addresses, ids, tags, specs. */

/** Ours: `subnet/elb-a`, `instance/web[0]`. In tags, which allow no brackets, `instance/web.0`. */
export type Address = string;

/** Amazon's: what other calls take to name the object (`vpc-…`, a key pair's name, a load balancer's ARN). */
export type AwsId = string;

export type Tags = Readonly<Record<string, string>>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Any spec, where the kind does not matter. */
export type Spec = Readonly<Record<string, unknown>>;
