/** The texts of a release, made from its version and checksums. Pure: values in, text out. */

export const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];

/** Returns the name of the archive for one platform. */
export const archiveOf = (platform) => `infra-${platform}.tar.gz`;

/** Returns the section of CHANGELOG.md for a version, without its heading. */
export function notesOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split(/\s/)[0] === version);
  const notes = section?.slice(section.indexOf("\n")).trim();
  if (!notes) throw new Error(`CHANGELOG.md has no section "## ${version}" that says something: move what stands under "Unreleased" there`);
  return `${notes}\n`;
}

/** Parses the output of `sha256sum`: file name → SHA-256. */
export function sumsOf(text) {
  const sums = Object.fromEntries([...text.matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm)].map(([, sum, name]) => [name, sum]));
  const missing = platforms.map(archiveOf).filter((name) => sums[name] === undefined);
  if (missing.length > 0) throw new Error(`SHA256SUMS lacks ${missing.join(", ")}`);
  return sums;
}

const addressOf = ({ repository, version }, name) => `https://github.com/${repository}/releases/download/v${version}/${name}`;

/** Returns a Homebrew formula: https://docs.brew.sh/Formula-Cookbook */
export function formula(release) {
  const download = (platform) => {
    const name = archiveOf(platform);
    return `      url "${addressOf(release, name)}"\n      sha256 "${release.sums[name]}"`;
  };
  const system = (name, prefix) => `  on_${name} do
    on_arm do
${download(`${prefix}-arm64`)}
    end
    on_intel do
${download(`${prefix}-x64`)}
    end
  end`;
  return `class Infra < Formula
  desc "Reconciles AWS environments written in YAML with what AWS has"
  homepage "https://github.com/${release.repository}"
  version "${release.version}"
  license "Apache-2.0"

${system("macos", "darwin")}
${system("linux", "linux")}

  def install
    bin.install "infra"
    generate_completions_from_executable(bin/"infra", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/infra --version")
    system bin/"infra", "init", "dev", "--project", "test"
    system bin/"infra", "validate"
  end
end
`;
}

/** Returns a script for `sh` that downloads the executable for the user's platform, compares its checksum and puts it into a folder. */
export function installScript(release) {
  const cases = platforms
    .filter((platform) => !platform.startsWith("win32"))
    .map((platform) => `  ${platform}) sum=${release.sums[archiveOf(platform)]} ;;`);
  return `#!/bin/sh
# Installs infra ${release.version} of https://github.com/${release.repository} into INFRA_BIN, or $HOME/.local/bin.
set -eu

main() {
  platform="$(system)-$(processor)"
  case "$platform" in
${cases.map((line) => `  ${line}`).join("\n")}
    *) fail "there is no executable for $platform; npm has the program too: npm install --global plumbline-infra@${release.version}" ;;
  esac
  bin="\${INFRA_BIN:-$HOME/.local/bin}"
  folder="$(mktemp -d)"
  trap 'rm -rf "$folder"' EXIT
  fetch "${addressOf(release, "infra-$platform.tar.gz")}" "$folder/infra.tar.gz"
  [ "$(sha256 "$folder/infra.tar.gz")" = "$sum" ] || fail "the checksum of the download is not that of the release; nothing was installed"
  tar -xzf "$folder/infra.tar.gz" -C "$folder" infra
  mkdir -p "$bin"
  mv "$folder/infra" "$bin/infra"
  echo "Installed infra ${release.version} as $bin/infra."
  case ":$PATH:" in
    *":$bin:"*) ;;
    *) echo "Add $bin to your PATH." ;;
  esac
}

system() {
  case "$(uname -s)" in
    Linux) echo linux ;;
    Darwin) echo darwin ;;
    *) uname -s ;;
  esac
}

processor() {
  case "$(uname -m)" in
    x86_64 | amd64) echo x64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) uname -m ;;
  esac
}

fetch() {
  if command -v curl > /dev/null; then
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --output "$2" "$1"
  elif command -v wget > /dev/null; then
    wget --quiet --https-only --output-document "$2" "$1"
  else
    fail "curl or wget is needed"
  fi
}

sha256() {
  if command -v sha256sum > /dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

fail() {
  echo "infra: $1" >&2
  exit 1
}

main
`;
}
