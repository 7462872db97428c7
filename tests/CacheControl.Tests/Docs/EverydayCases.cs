using HttpCaching.Tests.Control;
using HttpCaching.Tests.Http;
using HttpCaching.Tests.Outcomes;

namespace HttpCaching.Tests.Docs;

/// <summary>Responses that people wonder about.</summary>
internal static class EverydayCases
{
    private const string Uri = "http://h/";

    /// <summary>The folder of the file store; the test that plays the cases deletes it.</summary>
    public static readonly string Folder = Path.Combine(Path.GetTempPath(), $"cachecontrol-why-{Environment.ProcessId}");

    public static Outcome[] All { get; } =
    [
        Answered("A response without any fields", ""),
        Answered("`Set-Cookie` in a shared cache", "Cache-Control: max-age=60 | Set-Cookie: a=1") with { Options = o => o.Kind = CacheKind.Shared },
        Answered("`Set-Cookie` and no lifetime in a private cache", "Set-Cookie: a=1"),
        Answered("`Vary: *`", "Cache-Control: max-age=60 | Vary: *"),
        Answered("`private` to a request with `Authorization` in a shared cache", "Cache-Control: private, max-age=60", ("Authorization", "Bearer 1")) with { Options = o => o.Kind = CacheKind.Shared },
        new("A token that rotates, in a private cache", "", async scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"));
            await scene.GetAsync(Uri, ("Authorization", "Bearer 1"));
            return await scene.AskAsync(Uri, ("Authorization", "Bearer 2"));
        }),
        Twice("`max-age` next to `Pragma: no-cache`, asked again", "Cache-Control: max-age=60 | Pragma: no-cache"),
        Twice("`Pragma: no-cache` alone, asked again", "Pragma: no-cache | Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT"),
        Answered("A body that was never read", "Cache-Control: max-age=60") with { Body = BodyUse.Dispose },
        new("Another variant", "", async scene =>
        {
            scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", ("Cache-Control", "max-age=60"), ("Vary", "Accept-Language"));
            await scene.GetAsync(Uri, ("Accept-Language", "de"));
            return await scene.AskAsync(Uri, ("Accept-Language", "en"));
        }),
        new("A file of 200 MB in a file store of the default size", "", scene =>
        {
            scene.Origin.Then(_ => new HttpResponseMessage
            {
                Content = new StreamContent(new Zeros(200_000_000)) { Headers = { ContentLength = 200_000_000 } }, Headers = { { "Cache-Control", "max-age=60" } },
            });
            return scene.AskAsync();
        }) { Store = () => new FileHttpCacheStore(Folder), Body = BodyUse.Dispose },
        new("A server that ends the connection early", "", async scene =>
        {
            await using var server = new RawServer(RawServer.Answer("HTTP/1.1 200 OK\nContent-Length: 5\nCache-Control: max-age=60", "x"u8.ToArray()));
            var plain = new HttpClient();
            scene.Origin.ThenAsync((_, stop) => plain.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead, stop));
            var response = await scene.AskAsync(server.Address.ToString());
            await Xunit.Record.ExceptionAsync(() => response.Content.CopyToAsync(Stream.Null));
            return response;
        }) { Body = BodyUse.Dispose },
    ];

    private static Outcome Answered(string name, string fields, params (string Name, string Value)[] request) => new(name, "", scene =>
    {
        scene.Origin.Then(200, "x", Lines(fields));
        return scene.AskAsync(Uri, request);
    });

    private static Outcome Twice(string name, string fields) => new(name, "", async scene =>
    {
        scene.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "x", Lines(fields));
        await scene.GetAsync();
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        return await scene.AskAsync();
    });

    private static (string Name, string Value)[] Lines(string fields) =>
        [.. fields.Split(" | ", StringSplitOptions.RemoveEmptyEntries).Select(line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..]))];

    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
