#!/usr/bin/env bash
# The README's two commands, and a first program from packed packages, as on a machine that has only the .NET SDK, git and a shell.
# --short leaves the tests to their own run, as CI does.
set -uo pipefail

fail() { printf 'build/fresh-machine.sh: %s\n' "$1" >&2; exit 1; }
step() { printf '\n== %s\n' "$1"; }

source=$(cd "$(dirname "$0")/.." && pwd)
dotnet=$(command -v dotnet) || fail 'dotnet is missing: install the .NET SDK that global.json names and put it on the PATH'
git=$(command -v git) || fail 'git is missing: install it and put it on the PATH'
[ -z "$("$git" -C "$source" status --porcelain)" ] || printf 'The working tree has changes that are not committed: HEAD is tried, without them.\n'

root=$(mktemp -d) || fail 'no temporary directory could be made: set TMPDIR to a folder that can be written'
trap 'rm -rf "$root"' EXIT

# What comes with a shell. Servers, compilers and tools of the system are not there: the tests that need them are left out.
mkdir "$root/home" "$root/bin" "$root/tmp" "$root/first"
for tool in bash sh env cat cp mv ls ln rm mkdir mktemp touch chmod dirname basename readlink head tail cut sort tr wc sed grep awk find uname id; do
  path=$(command -v "$tool") && ln -s "$path" "$root/bin/$tool"
done
ln -s "$(readlink -f "$dotnet")" "$root/bin/dotnet"
ln -s "$git" "$root/bin/git"

# How the machine reaches the network is not the user's.
network=()
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR NUGET_CERT_REVOCATION_MODE; do
  [ -z "${!name:-}" ] || network+=("$name=${!name}")
done

# A new user: nothing else of the environment is left, and no folder of packages.
fresh() {
  (cd "$1" && env -i "${network[@]}" HOME="$root/home" TMPDIR="$root/tmp" PATH="$root/bin" LANG=C.UTF-8 DOTNET_ROOT="$(dirname "$(readlink -f "$dotnet")")" \
    DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false "${@:2}")
}

step 'A clean clone'
fresh "$root" git clone -q "file://$source" clone || fail 'the clone failed'

step 'dotnet run --project samples/QuickStart'
fresh "$root/clone" dotnet run --project samples/QuickStart || fail 'the sample failed: is the package source (nuget.org, or the one of your NuGet.Config) reachable?'

if [ "${1:-}" != --short ]; then
  step 'dotnet test'
  fresh "$root/clone" dotnet test || fail 'the tests failed on a machine that has only the SDK, git and a shell'
fi

step 'A first program, from the packed package'
fresh "$root/clone" dotnet pack src/CacheControl -c Release -o "$root/packed" -v quiet || fail 'dotnet pack failed'
cat >"$root/first/nuget.config" <<END
<configuration>
  <packageSources>
    <clear />
    <add key="packed" value="$root/packed" />
    <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
  </packageSources>
  <packageSourceMapping>
    <packageSource key="packed"><package pattern="CacheControl*" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
</configuration>
END
fresh "$root/first" dotnet new console -n first -o . --no-restore >/dev/null || fail 'dotnet new failed'
fresh "$root/first" dotnet add package CacheControl --prerelease >/dev/null || fail 'dotnet add package CacheControl failed'
cat >"$root/first/Program.cs" <<'END'
using HttpCaching;

var origin = new System.Net.HttpListener { Prefixes = { "http://localhost:" + args[0] + "/" } };
origin.Start();
_ = Task.Run(async () =>
{
    while (true)
    {
        var context = await origin.GetContextAsync();
        context.Response.Headers["Cache-Control"] = "max-age=60";
        context.Response.Close("hello"u8.ToArray(), willBlock: false);
    }
});
using var client = new HttpClient(new CachingHandler());
using var first = await client.GetAsync("http://localhost:" + args[0] + "/");
using var again = await client.GetAsync("http://localhost:" + args[0] + "/");
Console.WriteLine(again.GetCacheStatus());
return again.GetCacheStatus()!.Hit ? 0 : 1;
END
fresh "$root/first" dotnet run -- "$((20000 + RANDOM % 10000))" || fail 'the first program did not get a hit'
printf '\nAll of it works on a fresh machine.\n'
