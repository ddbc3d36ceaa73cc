/** The schema of the actions before the final one: they authenticate whoever sends the request. */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { integer, map, object, oneOf, optional, set, string } from "../../resource/fields.ts";

const url = (doc: string) => string(doc, { pattern: "^https://", maxLength: 2048 });

const session = {
  onUnauthenticatedRequest: optional(
    oneOf(
      ["authenticate", "allow", "deny"],
      "The handling of users who are not logged in: redirect them to the login, let the request through, or respond with 401. Default: `authenticate`.",
    ),
  ),
  scope: optional(string("The scopes to request from the provider, separated by spaces. Default: `openid`.", { minLength: 1 })),
  sessionCookieName: optional(string("The name of the session cookie. Default: AWSELBAuthSessionCookie.", { minLength: 1 })),
  sessionTimeout: optional(integer("The maximum duration of a session in seconds. Default: one week.", { minimum: 1, maximum: 604_800 })),
  authenticationRequestExtraParams: optional(
    map(string("A value."), "Further query parameters of the request to the provider, ten at most.", "^.{1,64}$"),
  ),
};

/** `none` removes an existing value. An unwritten field stays as it is. */
const orNone = <T extends TSchema>(of: T) =>
  Type.Union([of, Type.Literal("none")], { description: (of as { description?: string }).description ?? "" });

const oidc = object(
  {
    issuer: url("The issuer (URL) of the provider."),
    authorizationEndpoint: url("The URL of the provider's authorization endpoint, where users log in."),
    tokenEndpoint: url("The URL of the provider's token endpoint."),
    userInfoEndpoint: url("The URL of the provider's user info endpoint."),
    clientId: string("The client id of this load balancer at the provider.", { minLength: 1 }),
    clientSecret: object(
      {
        ssmParameter: string("The name of an encrypted (SecureString) parameter of Systems Manager.", {
          pattern: "^(/[A-Za-z0-9_.\\-/]+|[A-Za-z0-9_.\\-]+)$",
          maxLength: 1011,
        }),
      },
      "The client secret. infra reads it when the listener or rule is made or gets another provider or client; AWS never returns it.",
    ),
    ...session,
  },
  "Authenticates users at an OpenID Connect provider before any other action. `none` removes the action.",
);

const cognito = object(
  {
    userPool: string("The ARN of the user pool.", { pattern: "^arn:[^:]+:cognito-idp:" }),
    userPoolClient: string("The id of the user pool client, which must have a secret.", { minLength: 1 }),
    userPoolDomain: string("The domain of the user pool: its prefix, or the full domain name.", { minLength: 1 }),
    ...session,
  },
  "Authenticates users at a Cognito user pool before any other action. `none` removes the action.",
);

const jwt = object(
  {
    jwksEndpoint: url("The URL of the keys (JWKS) that verify tokens."),
    issuer: string("The required issuer of tokens.", { minLength: 1, maxLength: 256 }),
    additionalClaims: optional(
      set(
        object({
          name: string("The name of the claim.", { pattern: "^(?!(exp|iss|nbf|iat)$)", maxLength: 256 }),
          format: oneOf(["single-string", "string-array", "space-separated-values"], "The format of the values in the token."),
          values: set(string("A value."), "The accepted values; the token must have one of them.", {
            minItems: 1,
            maxItems: 10,
            uniqueItems: true,
          }),
        }),
        "Further claims that tokens must have.",
        { maxItems: 10 },
      ),
    ),
  },
  "Allows only requests with a valid token (JWT). `none` removes the action.",
);

export const authentication = {
  authenticateOidc: optional(orNone(oidc)),
  authenticateCognito: optional(orNone(cognito)),
  jwtValidation: optional(orNone(jwt)),
};

export type Oidc = Static<typeof oidc>;
export type Cognito = Static<typeof cognito>;
export type Jwt = Static<typeof jwt>;
