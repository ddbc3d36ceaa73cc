/** The profiles in AWS's configuration files, and profiles that lead to no credentials. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readProfiles } from "../../src/aws/profiles.ts";

afterEach(() => vi.unstubAllEnvs());

/** Returns the profiles in these files. The SDK caches files by path, so each call uses a new path. */
async function profilesIn(config: string, credentials = "") {
  const folder = mkdtempSync(join(tmpdir(), "infra-profiles-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [configFile, credentialsFile] = [join(folder, "config"), join(folder, "credentials")];
  writeFileSync(configFile, config);
  writeFileSync(credentialsFile, credentials);
  vi.stubEnv("AWS_CONFIG_FILE", configFile);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", credentialsFile);
  return readProfiles();
}

const keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n";
const role = (source: string, more = "") => `role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = ${source}\n${more}`;

test("both files' profiles, by name and once, without the sections that are none", async () => {
  const { names } = await profilesIn(
    "[profile web]\nregion = x\n[sso-session corp]\nsso_region = x\n[services local]\ns3 =\n  endpoint_url = x\n[default]\nregion = x\n",
    `[web]\n${keys}[data]\n${keys}`,
  );
  expect(names).toEqual(["data", "default", "web"]);
});

test("errors name the files as people write them", async () => {
  const { files, names } = await profilesIn("[default]\nregion = x\n");
  expect(files).toEqual([process.env["AWS_CONFIG_FILE"], process.env["AWS_SHARED_CREDENTIALS_FILE"]]);
  expect(names).toEqual(["default"]);
  vi.stubEnv("HOME", "/nonexistent");
  vi.stubEnv("USERPROFILE", "/nonexistent");
  expect(homedir()).toBe("/nonexistent");
  vi.stubEnv("AWS_CONFIG_FILE", "");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", undefined);
  expect(await readProfiles()).toMatchObject({ files: ["~/.aws/config", "~/.aws/credentials"], names: [] });
});

test("a file that is there and cannot be read is an error with its path", async () => {
  await profilesIn("");
  vi.stubEnv("AWS_CONFIG_FILE", tmpdir());
  await expect(readProfiles()).rejects.toMatchObject({ code: "EISDIR", path: tmpdir() });
});

describe("a profile", () => {
  test.each<[string, string, string, string | undefined]>([
    ["with keys", `[profile a]\n${keys}`, "a", undefined],
    ["that is in no file", "", "a", undefined],
    ["with the role of one with keys", `[profile a]\n${role("b")}[profile b]\n${keys}`, "a", undefined],
    ["with its own role", `[profile a]\n${role("a", keys)}`, "a", undefined],
    [
      "with the role of one that is missing",
      `[profile a]\n${role("c")}[profile b]\n${keys}[sso-session s]\nsso_region = x\n[services t]\ns3 = x\n`,
      "a",
      "a: source_profile c, of a b",
    ],
    [
      "with the role of a session",
      `[profile a]\n${role("sso-session.s")}[sso-session s]\nsso_region = x\n`,
      "a",
      "a: source_profile sso-session.s, of a",
    ],
    ["behind one that is broken", `[profile a]\n${role("b")}[profile b]\n${role("c")}`, "a", "b: source_profile c, of a b"],
    ["with keys of its own, and the role of one that is missing", `[profile a]\n${role("c", keys)}`, "a", "a: source_profile c, of a"],
    ["whose source has keys, whatever else it has", `[profile a]\n${role("b")}[profile b]\n${role("c", keys)}`, "a", undefined],
    [
      "whose source has half of its keys",
      `[profile a]\n${role("b")}[profile b]\n${role("c", "aws_access_key_id = A\n")}`,
      "a",
      "b: source_profile c, of a b",
    ],
    ["whose role comes from elsewhere", `[profile a]\n${role("c", "credential_source = Environment\n")}`, "a", undefined],
    ["with a source and no role", "[profile a]\nsource_profile = c\n", "a", undefined],
    ["in a circle with itself", `[profile a]\n${role("a")}`, "a", "a: source_profile a, in a circle"],
    ["in a circle of two", `[profile a]\n${role("b")}[profile b]\n${role("a")}`, "a", "a: source_profile b, in a circle"],
    [
      "before a circle",
      `[profile z]\n${role("a")}[profile a]\n${role("b")}[profile b]\n${role("a")}`,
      "z",
      "a: source_profile b, in a circle",
    ],
    ["with a session", "[profile a]\nsso_session = s\n[sso-session s]\nsso_region = x\n", "a", undefined],
    [
      "with a session that is missing",
      "[profile a]\nsso_session = x\n[sso-session s]\nsso_region = x\n[sso-session t]\nsso_region = x\n",
      "a",
      "a: sso_session x, of s t",
    ],
    ["with a missing session and keys", `[profile a]\nsso_session = x\n${keys}`, "a", undefined],
    ["with a missing session and a token", "[profile a]\nsso_session = x\nweb_identity_token_file = f\n", "a", undefined],
    ["with a missing session and a process", "[profile a]\nsso_session = x\ncredential_process = p\n", "a", undefined],
    ["behind one whose session is missing", `[profile a]\n${role("b")}[profile b]\nsso_session = x\n`, "a", "b: sso_session x, of "],
  ])("%s", async (_, config, profile, expected) => {
    const broken = (await profilesIn(config)).brokenAt(profile);
    const known = broken?.known === undefined ? "in a circle" : `of ${broken.known.join(" ")}`;
    expect(broken && `${broken.profile}: ${broken.field} ${broken.named}, ${known}`).toBe(expected);
  });

  test("has the fields of both files", async () => {
    const { brokenAt } = await profilesIn("[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\n", "[a]\nsource_profile = c\n");
    expect(brokenAt("a")).toEqual({ profile: "a", field: "source_profile", named: "c", known: ["a"] });
  });
});
