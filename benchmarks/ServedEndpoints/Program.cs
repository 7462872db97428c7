using HttpCaching;

// An application whose endpoint makes the bytes that its path asks for, alone or behind a cache: none, output or http. The benchmark --served starts it three times.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Expire(TimeSpan.FromDays(1))));
builder.Services.AddHttpCaching(options => options.Kind = CacheKind.Shared);
var app = builder.Build();
switch (builder.Configuration["cache"])
{
    case "output":
        app.UseOutputCache();
        break;
    case "http":
        app.UseHttpCache();
        break;
}

app.MapGet("/{length:int}/{number}", (int length, HttpResponse response) =>
{
    response.Headers.CacheControl = "public, max-age=86400";
    response.Headers.ETag = "\"a\"";
    response.Headers.XFrameOptions = "DENY";
    response.ContentType = "application/octet-stream";
    response.ContentLength = length;
    return response.Body.WriteAsync(new byte[length]).AsTask();
});
await app.RunAsync();
