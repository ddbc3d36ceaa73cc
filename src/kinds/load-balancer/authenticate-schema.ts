/** The schema of the actions before the final one: they authenticate whoever sends the request. */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import { integer, map, object, oneOf, optional, set, string } from "../../resource/fields.ts";

const url = (doc: string) => string(doc, { pattern: "^https://", maxLength: 2048 });

const session = {
  onUnauthenticatedRequest: optional(
    oneOf(
      ["authenticate", "allow", "deny"],
      "Of somebody who has not logged in: sent to the login, let through, or answered 401; `authenticate` when unwritten.",
    ),
  ),
  scope: optional(string("What is asked of the provider, with spaces between; `openid` when unwritten.", { minLength: 1 })),
  sessionCookieName: optional(string("The name of the session's cookie; AWSELBAuthSessionCookie when unwritten.", { minLength: 1 })),
  sessionTimeout: optional(integer("Seconds that a session lasts; a week when unwritten.", { minimum: 1, maximum: 604_800 })),
  authenticationRequestExtraParams: optional(
    map(string("A value."), "Further parameters of the request to the provider, ten at most.", "^.{1,64}$"),
  ),
};

/** `none` removes an existing value. An unwritten field stays as it is. */
const orNone = <T extends TSchema>(of: T) =>
  Type.Union([of, Type.Literal("none")], { description: (of as { description?: string }).description ?? "" });

const oidc = object(
  {
    issuer: url("The provider."),
    authorizationEndpoint: url("Where people log in."),
    tokenEndpoint: url("Where the balancer gets tokens."),
    userInfoEndpoint: url("Where it asks who somebody is."),
    clientId: string("What the provider calls this balancer.", { minLength: 1 }),
    clientSecret: object(
      {
        ssmParameter: string("An encrypted (SecureString) parameter of Systems Manager.", {
          pattern: "^(/[A-Za-z0-9_.\\-/]+|[A-Za-z0-9_.\\-]+)$",
          maxLength: 1011,
        }),
      },
      "Its secret, read when the listener or the rule is made, or gets another provider or client. AWS never tells it back.",
    ),
    ...session,
  },
  "Logs users in at a provider of OpenID Connect, before anything else is done. `none` takes it away.",
);

const cognito = object(
  {
    userPool: string("The ARN of the user pool.", { pattern: "^arn:[^:]+:cognito-idp:" }),
    userPoolClient: string("The id of the pool's client, which has a secret.", { minLength: 1 }),
    userPoolDomain: string("The domain of the pool: its prefix, or a whole name.", { minLength: 1 }),
    ...session,
  },
  "Logs users in at a user pool of Cognito, before anything else is done. `none` takes it away.",
);

const jwt = object(
  {
    jwksEndpoint: url("Where the keys are that tokens are signed with."),
    issuer: string("Who tokens must be of.", { minLength: 1, maxLength: 256 }),
    additionalClaims: optional(
      set(
        object({
          name: string("The claim.", { pattern: "^(?!(exp|iss|nbf|iat)$)", maxLength: 256 }),
          format: oneOf(["single-string", "string-array", "space-separated-values"], "How its values stand in the token."),
          values: set(string("A value."), "One of them must be there.", { minItems: 1, maxItems: 10, uniqueItems: true }),
        }),
        "What else tokens must say.",
        { maxItems: 10 },
      ),
    ),
  },
  "Lets requests pass only with a valid token (JWT). `none` takes it away.",
);

export const authentication = {
  authenticateOidc: optional(orNone(oidc)),
  authenticateCognito: optional(orNone(cognito)),
  jwtValidation: optional(orNone(jwt)),
};

export type Oidc = Static<typeof oidc>;
export type Cognito = Static<typeof cognito>;
export type Jwt = Static<typeof jwt>;
