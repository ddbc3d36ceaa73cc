declare module "proxy-from-env" {
  /** Returns the proxy that the environment variables name for this URL, or "" when it is reached directly. */
  export function getProxyForUrl(url: string): string;
}
