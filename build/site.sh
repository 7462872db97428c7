#!/usr/bin/env bash
# Builds the site of the project into artifacts/site: the pages of docs, and the reference of all packages from their XML docs. A warning of docfx is an error.
# The site is built in a temporary folder and moved at the end. After a failure, which is one line that says what to do, the former site is as it was.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

fail() { printf 'build/site.sh: %s\n' "$1" >&2; exit 1; }

# The first error or warning of a tool's output, in one line.
first() { grep -m 1 -iE '(error|warning)[ :]' "$1" || tail -n 1 "$1"; }

command -v dotnet >/dev/null 2>&1 || fail 'dotnet is missing: install the .NET SDK that global.json names and put it on the PATH'
mkdir -p artifacts && work=$(mktemp -d artifacts/site.XXXXXX) || fail 'no folder can be made in artifacts: check the rights of that folder'
trap 'rm -rf "$work"' EXIT
log="$work/log"

dotnet tool restore >"$log" 2>&1 || fail 'docfx could not be installed: is the package source (nuget.org, or the one of your NuGet.Config) reachable?'

# The pages as they are. A README is the index of its folder.
pages=(README.md CHANGELOG.md CONTRIBUTING.md CODE_OF_CONDUCT.md SECURITY.md SUPPORT.md docs/*.md samples/*/README.md tests/*/README.md)
for page in "${pages[@]}"; do
  copy="$work/$(sed -E 's#^((docs/)?)README\.md$#\1index.md#' <<<"$page")"
  mkdir -p "$(dirname "$copy")"
  sed -E 's#\]\((((\.\./)*docs/|(\.\./)+)?)README\.md([)\#])#](\1index.md\5#g' "$page" 2>/dev/null >"$copy" || fail "$page can't be copied: check its rights"
done
{
  cp docs/*.svg docs/*.json docs/*.yml docs/*.tsv "$work/docs/" &&
    cp -r LICENSE build/site/docfx.json build/site/template "$work/" &&
    sed '1s/width="128" height="128"/width="40" height="40"/' build/package/icon.svg >"$work/logo.svg"
} 2>/dev/null || fail 'a picture or a data file of docs, LICENSE or build/package/icon.svg is missing: restore it'

# The contents by task, which are the table of docs/README.md.
cat >"$work/toc.yml" <<'END'
- name: Documentation
  href: docs/
  homepage: docs/index.md
- name: API
  href: api/
  homepage: api/index.md
- name: Changes
  href: CHANGELOG.md
END
awk -F ' *[|] *' '
  function capital(text) { return toupper(substr(text, 1, 1)) substr(text, 2) }
  /^\| [a-z]/ {
    print "- name: " capital($2); print "  expanded: true"; print "  items:"
    rest = $3
    while (match(rest, /\[[^]]*\]\([^)]*\.md\)/)) {
      link = substr(rest, RSTART + 1, RLENGTH - 2); rest = substr(rest, RSTART + RLENGTH)
      split(link, part, /\]\(/); print "  - name: \"" capital(part[1]) "\""; print "    href: " part[2]
    }
  }' docs/README.md >"$work/docs/toc.yml"
[ -s "$work/docs/toc.yml" ] || fail 'docs/README.md has no table of pages by task: restore it'

# The packages, as the first page of the reference.
mkdir -p "$work/api"
{
  printf '# The packages\n\nAll are for .NET 10 and have one version.\n\n| Package | |\n|---|---|\n'
  for project in src/CacheControl/*.csproj src/CacheControl.*/*.csproj tests/CacheControl.StoreContract/*.csproj; do
    printf '| `%s` | %s |\n' "$(basename "$project" .csproj)" "$(sed -nE 's#.*<Description>(.*)</Description>.*#\1#p' "$project")"
  done
  printf '\nTypes for users are in the namespace `HttpCaching`, types for authors of stores in `HttpCaching.Storage`.\n'
} >"$work/api/index.md"

dotnet docfx metadata "$work/docfx.json" --warningsAsErrors >"$log" 2>&1 || fail "the reference could not be made: $(first "$log")"
dotnet docfx build "$work/docfx.json" --warningsAsErrors >"$log" 2>&1 || fail "the site could not be built: $(first "$log")"
dotnet run build/site/CheckLinks.cs "$work/_site" >"$log" 2>&1 || fail "the site has a dead link: $(head -n 1 "$log")"

rm -rf artifacts/site && mv "$work/_site" artifacts/site || fail 'the site can not be moved to artifacts/site: check the rights of that folder'
printf 'build/site.sh: %s pages are in artifacts/site. To read them: dotnet docfx serve artifacts/site\n' "$(find artifacts/site -name '*.html' | wc -l)"
