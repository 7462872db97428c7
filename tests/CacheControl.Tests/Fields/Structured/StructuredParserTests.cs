using System.Diagnostics.CodeAnalysis;
using CsCheck;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Tests.Fields.Structured;

public class StructuredParserTests
{
    [Theory]
    [InlineData("SF-1", "1", "1")]
    [InlineData("SF-1", "  1  ", "1")]
    [InlineData("SF-1", "-0", "0")]
    [InlineData("SF-1", "0042", "42")]
    [InlineData("SF-1", "-999999999999999", "-999999999999999")]
    [InlineData("SF-1", "1.5", "1.5")]
    [InlineData("SF-1", "-0.0", "0.0")]
    [InlineData("SF-1", "1.500", "1.5")]
    [InlineData("SF-1", "999999999999.999", "999999999999.999")]
    [InlineData("SF-1", "\"a \\\"b\\\\\"", "\"a \\\"b\\\\\"")]
    [InlineData("SF-1", "\"\"", "\"\"")]
    [InlineData("SF-1", "a/b:c*~", "a/b:c*~")]
    [InlineData("SF-1", "*foo", "*foo")]
    [InlineData("SF-1", ":aGVsbG8=:", ":aGVsbG8=:")]
    [InlineData("SF-1", ":aGVsbG8:", ":aGVsbG8=:")]
    [InlineData("SF-1", ":iZ==:", ":iQ==:")]
    [InlineData("SF-1", "::", "::")]
    [InlineData("SF-1", "?1", "?1")]
    [InlineData("SF-1", "?0", "?0")]
    [InlineData("SF-1", "@1659578233", "@1659578233")]
    [InlineData("SF-1", "@-62135596800", "@-62135596800")]
    [InlineData("SF-1", "%\"f%c3%bc%25 %22\"", "%\"f%c3%bc%25 %22\"")]
    [InlineData("SF-1", "%\"a%20b\"", "%\"a b\"")]
    [InlineData("SF-1", "a;b;c=1;  d=?0;b=2", "a;b=2;c=1;d=?0")]
    [InlineData("SF-1", "a;b=?1;*k_-.0=\"x\"", "a;b;*k_-.0=\"x\"")]
    public void TryParseItem_Valid_Canonical(string spec, string text, string expected)
    {
        TryParseOne(text, out var item).Should().BeTrue(spec);
        StructuredSerializer.Serialize(item!).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("SF-1", null)]
    [InlineData("SF-1", "")]
    [InlineData("SF-1", " ")]
    [InlineData("SF-1", "\t1")]
    [InlineData("SF-1", "1\t")]
    [InlineData("SF-1", "1 2")]
    [InlineData("SF-1", "1, 2")]
    [InlineData("SF-1", "-")]
    [InlineData("SF-1", "--1")]
    [InlineData("SF-1", "- 1")]
    [InlineData("SF-1", "+1")]
    [InlineData("SF-1", "1.")]
    [InlineData("SF-1", ".1")]
    [InlineData("SF-1", "1.5.4")]
    [InlineData("SF-1", "1.1234")]
    [InlineData("SF-1", "1234567890123.0")]
    [InlineData("SF-1", "1000000000000000")]
    [InlineData("SF-1", "-1000000000000000")]
    [InlineData("SF-1", "\"a")]
    [InlineData("SF-1", "\"a\\")]
    [InlineData("SF-1", "\"\\a\"")]
    [InlineData("SF-1", "\"a\tb\"")]
    [InlineData("SF-1", "\"\u00FC\"")]
    [InlineData("SF-1", "'a'")]
    [InlineData("SF-1", "a\"b")]
    [InlineData("SF-1", ":aGVsbG8=")]
    [InlineData("SF-1", ":=aGVsbG8=:")]
    [InlineData("SF-1", ":a=GVsbG8=:")]
    [InlineData("SF-1", ":aGVsbG8==:")]
    [InlineData("SF-1", ":aGVsb G8=:")]
    [InlineData("SF-1", ":aGVsbG!:")]
    [InlineData("SF-1", ":a:")]
    [InlineData("SF-1", ":====:")]
    [InlineData("SF-1", "?")]
    [InlineData("SF-1", "?2")]
    [InlineData("SF-1", "?true")]
    [InlineData("SF-1", "@")]
    [InlineData("SF-1", "@1.5")]
    [InlineData("SF-1", "@@1")]
    [InlineData("SF-1", "%\"%C3%BC\"")]
    [InlineData("SF-1", "%\"%c3\"")]
    [InlineData("SF-1", "%\"%ff\"")]
    [InlineData("SF-1", "%\"%c\"")]
    [InlineData("SF-1", "%\"%\"")]
    [InlineData("SF-1", "%\"a")]
    [InlineData("SF-1", "%a")]
    [InlineData("SF-1", "%\"\u00FC\"")]
    [InlineData("SF-1", "a;")]
    [InlineData("SF-1", "a;B=1")]
    [InlineData("SF-1", "a ;b")]
    [InlineData("SF-1", "a;b =1")]
    [InlineData("SF-1", "a;b= 1")]
    [InlineData("SF-1", "a;b=(1)")]
    [InlineData("SF-1", "(1)")]
    public void TryParseItem_Invalid_False(string spec, string? text)
    {
        TryParseOne(text, out var item).Should().BeFalse(spec);
        item.Should().BeNull();
    }

    [Theory]
    [InlineData("SF-1", "", "")]
    [InlineData("SF-1", "  ", "")]
    [InlineData("SF-1", "a,b ,\tc", "a, b, c")]
    [InlineData("SF-1", "a,(b  c );x, \"d\"", "a, (b c);x, \"d\"")]
    [InlineData("SF-1", "()", "()")]
    [InlineData("SF-1", "( 1;a 2;b=?0 )", "(1;a 2;b=?0)")]
    public void TryParseList_Valid_Canonical(string spec, string text, string expected)
    {
        StructuredParser.TryParseList(text, out var list).Should().BeTrue(spec);
        StructuredSerializer.Serialize(list).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("SF-1", null)]
    [InlineData("SF-1", "a,")]
    [InlineData("SF-1", "a, ")]
    [InlineData("SF-1", ",a")]
    [InlineData("SF-1", "a,,b")]
    [InlineData("SF-1", "a b")]
    [InlineData("SF-1", "a\u00A0,b")]
    [InlineData("SF-1", "(a")]
    [InlineData("SF-1", "(a,b)")]
    [InlineData("SF-1", "(a\tb)")]
    [InlineData("SF-1", "(\"a\"\"b\")")]
    [InlineData("SF-1", "((a))")]
    [InlineData("SF-1", "(a))")]
    [InlineData("SF-1", "a=1")]
    public void TryParseList_Invalid_False(string spec, string? text)
    {
        StructuredParser.TryParseList(text, out var list).Should().BeFalse(spec);
        list.Count.Should().Be(0);
    }

    [Theory]
    [InlineData("SF-1", "", "")]
    [InlineData("SF-1", "a=1,b , c;x=2, d=(1 2);y", "a=1, b, c;x=2, d=(1 2);y")]
    [InlineData("SF-1", "a=1, b=2, a=3", "a=3, b=2")]
    [InlineData("SF-1", "a=?1, b=?0", "a, b=?0")]
    [InlineData("SF-1", "*a_-.9=x", "*a_-.9=x")]
    public void TryParseDictionary_Valid_Canonical(string spec, string text, string expected)
    {
        StructuredParser.TryParseDictionary(text, out var dictionary).Should().BeTrue(spec);
        StructuredSerializer.Serialize(dictionary).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("SF-1", null)]
    [InlineData("SF-1", "max-age=60,")]
    [InlineData("SF-1", "Max-Age=1")]
    [InlineData("SF-1", "max-age=1234567890123456")]
    [InlineData("TGT-3", "max-age=10000, &&&&&")]
    [InlineData("SF-1", "a =1")]
    [InlineData("SF-1", "a= 1")]
    [InlineData("SF-1", "a=")]
    [InlineData("SF-1", "=1")]
    [InlineData("SF-1", "a=1 b=2")]
    [InlineData("SF-1", "1a=1")]
    [InlineData("SF-1", "a=1;=2")]
    public void TryParseDictionary_Invalid_False(string spec, string? text)
    {
        StructuredParser.TryParseDictionary(text, out var dictionary).Should().BeFalse(spec);
        dictionary.Count.Should().Be(0);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows() =>
        Texts.Structured.Sample(text =>
        {
            StructuredParser.TryParseList(text, out _);
            StructuredParser.TryParseDictionary(text, out _);
        });

    [Fact]
    public void Serialize_WhateverWasParsed_RoundTrips() =>
        Texts.Structured.Sample(text =>
        {
            if (!StructuredParser.TryParseDictionary(text, out var dictionary))
            {
                return true;
            }

            var once = StructuredSerializer.Serialize(dictionary);
            return StructuredParser.TryParseDictionary(once, out var again) && StructuredSerializer.Serialize(again) == once;
        });

    /// <summary>Parses an item as a list of one.</summary>
    internal static bool TryParseOne(string? text, [NotNullWhen(true)] out StructuredItem? item)
    {
        item = StructuredParser.TryParseList(text, out var list) && list is [StructuredItem one] ? one : null;
        return item is not null;
    }
}
