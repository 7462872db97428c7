#!/usr/bin/env bash
# Checks that a release can be made, packs it and verifies the packages. With --go it also tags it and keeps the packages.
# Without --go it leaves nothing behind. Each failure is one line that says what to do.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

fail() { printf 'release: %s\n' "$1" >&2; exit 1; }

go=no
for argument in "$@"; do
  case "$argument" in
    --go) go=yes ;;
    *) fail "unknown argument '$argument': use none for a dry run, or --go" ;;
  esac
done

for program in git dotnet unzip; do
  command -v "$program" >/dev/null 2>&1 || fail "$program is missing: install it"
done
git rev-parse --git-dir >/dev/null 2>&1 || fail 'this folder is no clone: release from a clone with its history'

version=$(sed -nE 's|.*<Version>([^<]+)</Version>.*|\1|p' Directory.Build.props)
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "Directory.Build.props has the version '$version': set one <Version> such as 1.2.3 or 1.2.3-preview.1"
tag="v$version"

[ -z "$(git status --porcelain)" ] || fail "the tree is not clean, first $(git status --porcelain | head -n 1 | cut -c4-): commit or remove the changes"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || fail "the tag $tag exists: raise <Version> in Directory.Build.props"
notes=$(awk -v version="$version" '/^## /{inside = ($2 == version)} inside && !/^## / && NF' CHANGELOG.md 2>/dev/null)
[ -n "$notes" ] || fail "CHANGELOG.md has no entry: rename '## Unreleased' to '## $version', or add that section with the changes"

work=$(mktemp -d) || fail 'no temporary folder can be made: set TMPDIR to a folder that can be written'
trap 'rm -rf "$work"' EXIT

dotnet pack -c Release -o "$work/packages" -v quiet -nologo >"$work/log" 2>&1 || fail "dotnet pack failed: $(grep -m 1 -E 'error' "$work/log" || tail -n 1 "$work/log")"

count=0
for project in src/*/; do
  name=$(basename "$project")
  package="$work/packages/$name.$version.nupkg"
  [ -s "$package" ] || fail "the package $name.$version.nupkg was not made: check <IsPackable> and the version of $project"
  [ -s "${package%.nupkg}.snupkg" ] || fail "the package of symbols $name.$version.snupkg was not made: check <IncludeSymbols> of $project"
  content=$(unzip -Z1 "$package" 2>/dev/null) || fail "$name.$version.nupkg is no valid archive: delete obj and bin, and run again"
  grep -q "^lib/net10.0/$name.dll\$" <<<"$content" || fail "$name.$version.nupkg has no lib/net10.0/$name.dll: check its target framework"
  grep -qi '^PACKAGE.md$\|^README.md$' <<<"$content" || fail "$name.$version.nupkg has no readme: add PACKAGE.md to $project"
  count=$((count + 1))
done
[ -z "$(git status --porcelain)" ] || fail "packing changed the tree, first $(git status --porcelain | head -n 1 | cut -c4-): commit that, or add it to .gitignore"

if [ "$go" = no ]; then
  printf 'release: %s packages of %s are right. Nothing was kept. Run build/release.sh --go to tag %s\n' "$count" "$version" "$tag"
  exit 0
fi

kept="artifacts/$tag"
[ ! -e "$kept" ] || fail "$kept exists: remove it"
mkdir -p artifacts && mv "$work/packages" "$kept" || fail "the packages can't be moved to $kept: check the rights of artifacts"
git tag -a "$tag" -m "$version" || { rm -rf "$kept"; fail "git could not make the tag $tag: set user.name and user.email"; }
printf 'release: %s packages are in %s, and %s is tagged. Next: git push origin %s, and dotnet nuget push "%s/*.nupkg"\n' "$count" "$kept" "$tag" "$tag" "$kept"
