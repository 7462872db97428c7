using System.CommandLine.Parsing;

namespace EdgeCache;

/// <summary>What the command line says.</summary>
internal sealed record EdgeOptions
{
    public required Uri Upstream { get; init; }

    public required string Urls { get; init; }

    public required string Directory { get; init; }

    public string? Redis { get; init; }

    public required long MemoryBytes { get; init; }

    public required TimeSpan Timeout { get; init; }

    public Uri? Management { get; init; }

    public static string DefaultDirectory => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "EdgeCache");

    public static Uri? ParseUri(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0)
        {
            return uri;
        }

        argument.AddError($"'{argument.Tokens[0].Value}' is not an absolute http or https URL without a query.");
        return null;
    }

    public static void RequirePositive(OptionResult option)
    {
        if (option.Tokens.Count > 0 && int.TryParse(option.Tokens[0].Value, out var number) && number < 1)
        {
            option.AddError($"{option.Option.Name} has to be 1 or more.");
        }
    }
}
