/** The headers that a listener can set (Elastic Load Balancing, "HTTP header modification for your Application Load Balancer"). */

/** Headers in each response, whatever the target sends. */
export const responseHeaders = [
  "Strict-Transport-Security",
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Methods",
  "Access-Control-Allow-Headers",
  "Access-Control-Allow-Credentials",
  "Access-Control-Expose-Headers",
  "Access-Control-Max-Age",
  "Content-Security-Policy",
  "X-Content-Type-Options",
  "X-Frame-Options",
] as const;

/** Headers in requests. They get another name where one is written. */
export const requestHeaders = [
  "X-Amzn-Mtls-Clientcert-Serial-Number",
  "X-Amzn-Mtls-Clientcert-Issuer",
  "X-Amzn-Mtls-Clientcert-Subject",
  "X-Amzn-Mtls-Clientcert-Validity",
  "X-Amzn-Mtls-Clientcert-Leaf",
  "X-Amzn-Mtls-Clientcert",
  "X-Amzn-Tls-Version",
  "X-Amzn-Tls-Cipher-Suite",
] as const;
