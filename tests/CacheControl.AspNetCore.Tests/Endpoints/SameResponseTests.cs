using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching.AspNetCore.Tests.Endpoints;

/// <summary>A client gets the response that it would get without the cache before the endpoint: the same bytes, and the same failures.</summary>
public sealed class SameResponseTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "CacheControl.AspNetCore.Tests.dll");

    private static Dictionary<string, RequestDelegate> All { get; } = new()
    {
        ["text"] = c => Fresh(c).WriteAsync("hello"),
        ["text in parts"] = async c =>
        {
            await Fresh(c).WriteAsync("one");
            await c.Response.WriteAsync("two");
            await c.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("three"));
            await c.Response.Body.FlushAsync();
            await c.Response.WriteAsync("four");
        },
        ["with a length"] = c =>
        {
            Fresh(c).ContentLength = 5;
            return c.Response.WriteAsync("hello");
        },
        ["a pipe that is not flushed"] = c =>
        {
            Fresh(c).BodyWriter.Write("hello"u8);
            return Task.CompletedTask;
        },
        ["a pipe and a stream"] = async c =>
        {
            Fresh(c).BodyWriter.Write("one"u8);
            await c.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("two"));
            c.Response.BodyWriter.Write("three"u8);
            await c.Response.BodyWriter.FlushAsync();
        },
        ["large"] = async c =>
        {
            Fresh(c);
            for (var i = 0; i < 40; i++)
            {
                await c.Response.Body.WriteAsync(new byte[10_000]);
            }
        },
        ["a large pipe"] = c =>
        {
            Fresh(c);
            c.Response.ContentLength = 300_000;
            c.Response.BodyWriter.GetSpan(300_000)[..300_000].Fill(65);
            c.Response.BodyWriter.Advance(300_000);
            return Task.CompletedTask;
        },
        ["started first"] = async c =>
        {
            await Fresh(c).StartAsync();
            await c.Response.WriteAsync(c.Response.HasStarted ? "started" : "not started");
        },
        ["only started"] = c => Fresh(c).StartAsync(),
        ["only flushed"] = c => Fresh(c).Body.FlushAsync(),
        ["completed early"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            await c.Response.CompleteAsync();
            await Task.Yield();
        },
        ["pipe completed"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            await c.Response.BodyWriter.CompleteAsync();
        },
        ["a file"] = c => Fresh(c).SendFileAsync(File, 5, 100),
        ["a file that is not stored"] = c => c.Response.SendFileAsync(File, 5, 100),
        ["empty"] = c =>
        {
            Fresh(c);
            return Task.CompletedTask;
        },
        ["empty with a length"] = c =>
        {
            Fresh(c).ContentLength = 0;
            return Task.CompletedTask;
        },
        ["no content"] = c => Coded(c, 204),
        ["not found"] = c => Coded(c, 404),
        ["moved"] = c =>
        {
            c.Response.Redirect("/b", permanent: true);
            return Task.CompletedTask;
        },
        ["another phrase"] = c =>
        {
            c.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Very Fine";
            return Fresh(c).WriteAsync("hello");
        },
        ["an unknown code"] = async c =>
        {
            await Coded(c, 299);
            await c.Response.WriteAsync("hello");
        },
        ["fields"] = c =>
        {
            foreach (var (name, value) in new[] { ("X-One", "1"), ("x-one", "2"), ("Link", "</a>"), ("Allow", "GET"), ("Content-Disposition", "inline"), ("Set-Cookie", "a=1"), ("Via", "1.1 x"), ("X-Odd", "a;;,=\"") })
            {
                c.Response.Headers.Append(name, value);
            }

            return Fresh(c).WriteAsync("hello");
        },
        ["JSON"] = c => Fresh(c).WriteAsJsonAsync(new { a = 1, b = "two" }),
        ["trailers"] = async c =>
        {
            Fresh(c).DeclareTrailer("X-Sum");
            await c.Response.WriteAsync("hello");
            c.Response.AppendTrailer("X-Sum", "5");
        },
        ["callbacks"] = c =>
        {
            c.Response.OnStarting(() => Append(c, "inner 1"));
            c.Response.OnStarting(() => Append(c, "inner 2"));
            c.Response.OnCompleted(() => Append(c, "too late"));
            return Fresh(c).WriteAsync("hello");
        },
        ["callbacks without a body"] = c =>
        {
            c.Response.OnStarting(() => Append(c, "inner 1"));
            c.Response.OnStarting(() => Append(c, "inner 2"));
            return Coded(c, 404);
        },
        ["a callback that fails"] = c =>
        {
            c.Response.OnStarting(() => throw new InvalidOperationException("callback"));
            return Fresh(c).WriteAsync("hello");
        },
        ["a failure before"] = c => throw new InvalidOperationException("before"),
        ["a failure later, before"] = async c =>
        {
            Fresh(c);
            await Task.Yield();
            throw new InvalidOperationException("before");
        },
        ["a failure after"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            throw new InvalidOperationException("after");
        },
        ["a refusal"] = c => throw new BadHttpRequestException("no", 413),
        ["too short"] = async c =>
        {
            Fresh(c).ContentLength = 10;
            await c.Response.WriteAsync("hello");
        },
        ["too long"] = async c =>
        {
            Fresh(c).ContentLength = 3;
            await c.Response.WriteAsync("hello");
        },
        ["fields too late"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            var failure = Record.Exception(() => c.Response.Headers["X-Late"] = "1") ?? Record.Exception(() => c.Response.StatusCode = 404);
            await c.Response.WriteAsync(failure?.GetType().Name + failure?.Message);
        },
        ["callbacks too late"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            var failure = Record.Exception(() => c.Response.OnStarting(() => Task.CompletedTask));
            await c.Response.WriteAsync(failure?.GetType().Name + failure?.Message);
        },
        ["blocking"] = async c =>
        {
            Fresh(c);
            var failure = Record.Exception(() => c.Response.Body.Write("hello"u8)) ?? Record.Exception(() => c.Response.Body.Flush());
            await c.Response.WriteAsync(failure?.GetType().Name + failure?.Message);
        },
        ["aborted"] = async c =>
        {
            await Fresh(c).WriteAsync("hello");
            c.Abort();
        },
        ["aborted at once"] = c =>
        {
            c.Abort();
            return Task.CompletedTask;
        },
        ["a body of one's own"] = async c =>
        {
            var own = c.Response.Body;
            using var buffer = new MemoryStream();
            c.Response.Body = buffer;
            await Fresh(c).WriteAsync("hello");
            c.Response.Body = own;
            c.Response.ContentLength = buffer.Length;
            buffer.Position = 0;
            await buffer.CopyToAsync(c.Response.Body);
        },
        ["cleared"] = async c =>
        {
            Fresh(c).Headers["X-Gone"] = "1";
            c.Response.Clear();
            await c.Response.WriteAsync("hello");
        },
        ["of the request"] = async c =>
        {
            var text = new StringBuilder();
            foreach (var (name, values) in c.Request.Headers)
            {
                text.Append(name).Append('=').Append(values).Append('\n');
            }

            await Fresh(c).WriteAsync($"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {c.Request.Protocol}\n{text}");
        },
        ["not to store"] = async c =>
        {
            c.Response.Headers.CacheControl = "no-store";
            await c.Response.WriteAsync("hello");
        },
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheFirstResponse_IsTheSame(bool allowsBlocking)
    {
        var options = new SiteOptions { AllowsBlocking = allowsBlocking, Before = Outer };
        await using var cached = await Site.StartAsync(isCached: true, Endpoint, options);
        await using var plain = await Site.StartAsync(isCached: false, Endpoint, options);
        foreach (var name in All.Keys)
        {
            var path = Uri.EscapeDataString(name);
            foreach (var request in new[] { $"GET /{path}?b HTTP/1.1", $"HEAD /{path}?h HTTP/1.1", $"GET /{path} HTTP/1.0", $"POST /{path} HTTP/1.1\r\nContent-Length: 0" })
            {
                (await cached.AskAsync(request)).Should().Be(await plain.AskAsync(request), request);
                cached.Failures.Should().Equal(plain.Failures, request);
            }
        }

        (await cached.AskAsync("OPTIONS * HTTP/1.1")).Should().Be(await plain.AskAsync("OPTIONS * HTTP/1.1"));
        cached.Asked.Should().Be(plain.Asked);
    }

    private static Task Endpoint(HttpContext context) => All.TryGetValue(context.Request.Path.Value is ['/', .. var name] ? name : "", out var one) ? one(context) : Task.CompletedTask;

    private static void Outer(WebApplication app) => app.Use(async (context, next) =>
    {
        context.Response.OnStarting(() => Append(context, "outer 1"));
        context.Response.OnStarting(() => Append(context, "outer 2"));
        await next();
        if (!context.Response.HasStarted)
        {
            await Append(context, "after");
        }
    });

    private static HttpResponse Fresh(HttpContext context)
    {
        context.Response.Headers.CacheControl = "max-age=60";
        return context.Response;
    }

    private static Task Coded(HttpContext context, int code)
    {
        Fresh(context).StatusCode = code;
        return Task.CompletedTask;
    }

    private static Task Append(HttpContext context, string value)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.Append("X-Order", value);
        }

        return Task.CompletedTask;
    }
}
