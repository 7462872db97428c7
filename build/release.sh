#!/usr/bin/env bash
# Checks that a release can be made, packs it and verifies the packages: build/release.sh 1.2.3. With --go it also tags it and keeps the packages.
# The tag is the version. Without --go it leaves nothing behind. Each failure is one line that says what to do.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

fail() { printf 'release: %s\n' "$1" >&2; exit 1; }

go=no version=
for argument in "$@"; do
  case "$argument" in
    --go) go=yes ;;
    -*) fail "unknown argument '$argument': use a version alone for a dry run, or a version and --go" ;;
    *) [ -z "$version" ] || fail "there are two versions, $version and $argument: name one"; version=$argument ;;
  esac
done

for program in git dotnet unzip; do
  command -v "$program" >/dev/null 2>&1 || fail "$program is missing: install it"
done
git rev-parse --git-dir >/dev/null 2>&1 || fail 'this folder is no clone: release from a clone with its history'

last=$(git -c versionsort.suffix=- tag --list 'v[0-9]*' --sort=-v:refname | head -n 1)
[ -n "$version" ] || fail "no version is named: run build/release.sh 1.2.3, with a version above the last one, ${last:-of which there is none yet}"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "'$version' is no version: name one such as 1.2.3 or 1.2.3-preview.1"
tag="v$version"

[ -z "$(git status --porcelain)" ] || fail "the tree is not clean, first $(git status --porcelain | head -n 1 | cut -c4-): commit or remove the changes"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || fail "the tag $tag exists: name a higher version"
[ "$(printf '%s\n' "${last%%-*}" "${tag%%-*}" | sort -V | tail -n 1)" = "${tag%%-*}" ] || fail "$version is below the last tag $last: name a higher version"
notes=$(awk -v version="$version" '/^## /{inside = ($2 == version)} inside && !/^## / && NF' CHANGELOG.md 2>/dev/null)
[ -n "$notes" ] || fail "CHANGELOG.md has no entry: rename '## Unreleased' to '## $version', or add that section with the changes"

work=$(mktemp -d) || fail 'no temporary folder can be made: set TMPDIR to a folder that can be written'
trap 'rm -rf "$work"' EXIT

# The packages of the last release, if they are here: the new ones have to be compatible with them, unless the version says that they are not (another major, below 1.0 another minor).
line() { case "$1" in v0.*) cut -d. -f1,2 <<<"$1" ;; *) cut -d. -f1 <<<"$1" ;; esac; }
baseline=()
if [ -n "$last" ] && [ -d "artifacts/$last" ] && [ "$(line "$last")" = "$(line "$tag")" ]; then
  baseline=("-p:BaselineFolder=$PWD/artifacts/$last" "-p:BaselineVersion=${last#v}")
fi

dotnet pack -c Release -o "$work/packages" -v quiet -nologo "-p:MinVerVersionOverride=$version" -p:PrecompileForAll=true ${baseline[@]+"${baseline[@]}"} >"$work/log" 2>&1 || fail "dotnet pack failed: $(grep -m 1 -E 'error' "$work/log" || tail -n 1 "$work/log")"

count=0
for project in src/*/ tests/*StoreContract/; do
  [ -d "$project" ] || continue
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

compared='They were compared with no earlier packages.'
[ ${#baseline[@]} -eq 0 ] || compared="They are compatible with those of artifacts/$last."

if [ "$go" = no ]; then
  printf 'release: %s packages of %s are right. Nothing was kept. %s Run build/release.sh %s --go to tag %s\n' "$count" "$version" "$compared" "$version" "$tag"
  exit 0
fi

kept="artifacts/$tag"
[ ! -e "$kept" ] || fail "$kept exists: remove it"
mkdir -p artifacts && mv "$work/packages" "$kept" || fail "the packages can't be moved to $kept: check the rights of artifacts"
git tag -a "$tag" -m "$version" || { rm -rf "$kept"; fail "git could not make the tag $tag: set user.name and user.email"; }
printf 'release: %s packages are in %s, and %s is tagged. Next: git push origin %s, and dotnet nuget push "%s/*.nupkg"\n' "$count" "$kept" "$tag" "$tag" "$kept"
