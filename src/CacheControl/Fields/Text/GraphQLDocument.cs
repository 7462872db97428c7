using System.Buffers;
using System.Text;

namespace HttpCaching.Fields.Text;

/// <summary>A GraphQL document, as far as a cache has to know it: whether it only asks, and its shortest spelling.</summary>
internal static class GraphQLDocument
{
    private static readonly SearchValues<char> LineEndsForSome = SearchValues.Create("\0\u000B\u000C\u0085\u2028\u2029");

    /// <summary>Whether a text only asks: each of its operations is a query. Takes time in proportion to its length.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null if it is no GraphQL document at all; false if it may change something, or if that is in doubt.</returns>
    public static bool? OnlyAsks(ReadOnlySpan<char> text)
    {
        // Some read these as ends of a line, where a comment ends.
        if (text.ContainsAny(LineEndsForSome))
        {
            return false;
        }

        var tokens = new GraphQLTokens(text);
        ReadDefinitionStart(ref tokens);
        return IsDefinitionStart(tokens) ? HasQueriesOnly(ref tokens) : MentionsChanges(text) ? false : null;
    }

    /// <summary>The document without what means nothing; null if it is no document.</summary>
    /// <param name="text">The text.</param>
    public static string? Shortened(ReadOnlySpan<char> text)
    {
        if (OnlyAsks(text) is not true)
        {
            return null;
        }

        var tokens = new GraphQLTokens(text);
        var shortened = new StringBuilder(text.Length);
        var before = GraphQLToken.Punctuator;
        while (tokens.Read())
        {
            // Two signs never grow together, and neither does a sign with another token.
            if (before != GraphQLToken.Punctuator && (tokens.Kind != GraphQLToken.Punctuator || (before == GraphQLToken.Number && tokens.Current[0] == '.')))
            {
                shortened.Append(' ');
            }

            shortened.Append(tokens.Current);
            before = tokens.Kind;
        }

        return shortened.ToString();
    }

    private static bool HasQueriesOnly(ref GraphQLTokens tokens)
    {
        var queries = 0;
        do
        {
            var isFragment = tokens.Current is "fragment";
            if (tokens.Current is not ("{" or "query" or "fragment") || !SkipDefinition(ref tokens, isFragment))
            {
                return false;
            }

            queries += isFragment ? 0 : 1;
            ReadDefinitionStart(ref tokens);
        }
        while (tokens.Kind is not (GraphQLToken.End or GraphQLToken.Invalid));

        return tokens.Kind == GraphQLToken.End && queries > 0;
    }

    /// <summary>
    /// Reads a definition up to the end of its selections. Before them are names only where the language has some: the name of the operation, that of a type, those of directives, and what is in
    /// brackets.
    /// </summary>
    private static bool SkipDefinition(ref GraphQLTokens tokens, bool isFragment)
    {
        var names = isFragment ? 3 : 1;
        if (tokens.Current is not "{")
        {
            var isDirective = false;
            while (tokens.Read() && tokens.Current is not "{")
            {
                switch (tokens.Kind)
                {
                    case GraphQLToken.Name when isDirective || names-- > 0:
                        isDirective = false;
                        break;

                    case GraphQLToken.Punctuator when !isDirective && tokens.Current is "@":
                        isDirective = true;
                        names = 0;
                        break;

                    case GraphQLToken.Punctuator when !isDirective && tokens.Current is "(" && tokens.SkipBrackets():
                        names = 0;
                        break;

                    default:
                        return false;
                }
            }

            if (isDirective)
            {
                return false;
            }
        }

        return tokens.Current is "{" && tokens.SkipBrackets();
    }

    /// <summary>Reads on to the next definition, over its description.</summary>
    private static void ReadDefinitionStart(ref GraphQLTokens tokens)
    {
        while (tokens.Read() && tokens.Kind == GraphQLToken.String)
        {
            // A description.
        }
    }

    private static bool IsDefinitionStart(in GraphQLTokens tokens) =>
        tokens.Current is "{" or "query" or "mutation" or "subscription" or "fragment";

    /// <summary>Servers may read more as a document than the language has.</summary>
    private static bool MentionsChanges(ReadOnlySpan<char> text) =>
        text.Contains("mutation", StringComparison.OrdinalIgnoreCase) || text.Contains("subscription", StringComparison.OrdinalIgnoreCase);
}
