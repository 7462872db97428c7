using System.Text;
using CsCheck;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Visitors;
using OurDocument = HttpCaching.Fields.Text.GraphQLDocument;

namespace HttpCaching.Tests.Fuzz;

/// <summary>A parser of the language itself is the witness: what counts as only asking has queries only, and the short spelling means the same.</summary>
public sealed class GraphQLAgreementTests
{
    private const long Documents = 20_000;

    private static readonly ParserOptions Options = new() { Ignore = IgnoreOptions.All };

    private static readonly Gen<string> Gap = Gen.OneOf("", "", " ", "\n", ",", "\t ", "# mutation { a }\n", "#\"}\r", "\uFEFF");
    private static readonly Gen<string> Space = Gen.OneOf(" ", "\n", ", ", " # query\n");
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "query", "mutation", "subscription", "fragment", "on1", "_x9");
    private static readonly Gen<string> Value = Gen.OneOf(
        "1", "-2.5e3", "$v", "true", "null", "ENUM", "\"s , # } \\\" t\"", "\"\"", "\"\"\"block \\\"\"\" } # mutation{b}\"\"\"", "\"\"\"\"\"\"", "[1 2,3]", "[\"x\" \"\" \"y\"]", "{k: 1, l: {m: \"}\"}}", "[]", "{}");

    private static readonly Gen<string> Argument = Gen.Select(Name, Gap, Value, Space, (name, gap, value, space) => $"{name}{gap}:{gap}{value}{space}");
    private static readonly Gen<string> Arguments = Gen.Frequency((2, Gen.Const("")), (1, Gen.Select(Gap, Argument.Array[1, 3], (gap, arguments) => $"({gap}{string.Concat(arguments)})")));
    private static readonly Gen<string> Directives = Gen.Frequency((4, Gen.Const("")), (1, Gen.Select(Gap, Name, Arguments, (gap, name, arguments) => $"{gap}@{gap}{name}{arguments}")));
    private static readonly Gen<string> Selection = Gen.Recursive<string>((depth, self) => depth > 3
        ? Name
        : Gen.Frequency(
            (3, Gen.Select(Name, Arguments, Directives, (name, arguments, directives) => name + arguments + directives)),
            (1, Gen.Select(Name, Name, Gap, (alias, name, gap) => $"{alias}{gap}:{gap}{name}")),
            (1, Gen.Select(Name, Gap, (name, gap) => $"...{gap}{name}")),
            (1, Gen.Select(Gap, Name, Directives, self, (gap, name, directives, inner) => $"...{gap} on {name}{directives}{{{inner}}}")),
            (1, Gen.Select(Name, Gap, self.Array[1, 3], Space, (name, gap, inner, space) => $"{name}{gap}{{{gap}{string.Join(space, inner)}{gap}}}"))));

    private static readonly Gen<string> Definition = Gen.Frequency(
        (2, Gen.Select(Gap, Selection, (gap, selection) => $"{{{gap}{selection}}}")),
        (4, Gen.Select(Gen.OneOf("query", "query", "query", "mutation", "subscription"), Space, Name, Directives, Selection, (kind, space, name, directives, selection) =>
            $"{kind}{space}{name}($v: [Int!]! = [1]){directives}{{{selection}}}")),
        (1, Gen.Select(Gen.OneOf("query", "mutation"), Gap, Selection, (kind, gap, selection) => $"{kind}{gap}{{{selection}}}")),
        (1, Gen.Select(Name, Directives, Selection, (name, directives, selection) => $"fragment {name} on T{directives}{{{selection}}}")));

    private static readonly Gen<string> Whole = Gen.Select(Gap, Definition.Array[1, 3], Space, (gap, definitions, space) => gap + string.Join(space, definitions) + gap);

    private static readonly Gen<string> Damaged = Gen.Select(Whole, Gen.Int[0, 200], Gen.OneOf("", "{", "}", "\"", "\"\"\"", "(", ")", "#", "\n", "mutation", "mutation{a}", "@", " ", "\\"), Gen.Int[0, 2], (text, at, part, removed) =>
    {
        var index = Math.Min(at, text.Length);
        return text.Remove(index, Math.Min(removed, text.Length - index)).Insert(index, part);
    });

    [Fact]
    [Trait("Spec", "RUL-11")]
    public void OnlyAsks_AnyDocument_AgreesWithTheParser() => Gen.OneOf(Whole, Damaged).Sample(
        text =>
        {
            var parsed = Parse(text);
            var isQuery = parsed is not null
                && parsed.Definitions.All(definition => definition is GraphQLFragmentDefinition or GraphQLOperationDefinition { Operation: OperationType.Query })
                && parsed.Definitions.Any(definition => definition is GraphQLOperationDefinition);
            var ours = OurDocument.OnlyAsks(text);

            // To allow what the parser refuses is harmless; to allow what it takes for a change is not.
            return parsed is null ? true : isQuery ? ours == true : ours != true;
        },
        iter: Documents,
        print: text => $"{Encoding.UTF8.GetByteCount(text)} bytes: {text}");

    [Fact]
    [Trait("Spec", "RUL-13")]
    public void Shortened_AnyQuery_MeansTheSameAndIsShortestOnce() => Whole.Sample(
        text =>
        {
            if (OurDocument.Shortened(text) is not { } shortened)
            {
                return true;
            }

            return shortened.Length <= text.Length && OurDocument.Shortened(shortened) == shortened
                && (Parse(text) is not { } parsed || Printed(parsed) == Printed(Parse(shortened)!));
        },
        iter: Documents,
        print: text => text);

    private static GraphQLDocument? Parse(string text)
    {
        try
        {
            return Parser.Parse(text, Options);
        }
        catch (Exception)
        {
            // The parser throws IndexOutOfRangeException too, at a comment that a return ends.
            return null;
        }
    }

    private static string Printed(GraphQLDocument document) => new SDLPrinter().Print(document);
}
