using CsCheck;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Tests.Fields.Structured;

public class StructuredSerializerTests
{
    [Fact]
    public void Serialize_CacheStatusMember_Canonical()
    {
        var parameters = new StructuredParameters(
        [
            new("fwd", StructuredValue.Token("stale")),
            new("fwd-status", StructuredValue.Integer(304)),
            new("stored", StructuredValue.Boolean(true)),
            new("collapsed", StructuredValue.Boolean(false)),
            new("ttl", StructuredValue.Integer(-60)),
            new("detail", StructuredValue.String("a \"b\"")),
        ]);

        StructuredSerializer.Serialize(new StructuredItem(StructuredValue.Token("HttpClient"), parameters))
            .Should().Be("HttpClient;fwd=stale;fwd-status=304;stored;collapsed=?0;ttl=-60;detail=\"a \\\"b\\\"\"");
    }

    [Fact]
    public void Serialize_NotRepresentable_Null()
    {
        StructuredValue[] values =
        [
            default,
            StructuredValue.Integer(1_000_000_000_000_000),
            StructuredValue.Decimal(1_000_000_000_000m),
            StructuredValue.String("\u00FC"),
            StructuredValue.String("\n"),
            StructuredValue.Token(""),
            StructuredValue.Token("1a"),
            StructuredValue.Token("a b"),
            StructuredValue.DisplayString("\uD800"),
        ];

        values.Select(value => StructuredSerializer.Serialize(new StructuredItem(value))).Should().OnlyContain(text => text == null);
        StructuredSerializer.Serialize(new StructuredItem(StructuredValue.Integer(1), new StructuredParameters([new("A", StructuredValue.Integer(1))])))
            .Should().BeNull();
        StructuredSerializer.Serialize(new StructuredDictionary([new("A", new StructuredItem(StructuredValue.Integer(1)))])).Should().BeNull();
    }

    [Fact]
    public void Serialize_AnyValue_RoundTrips() =>
        Values().Sample(value =>
        {
            var text = StructuredSerializer.Serialize(new StructuredItem(value));
            return text is null || (StructuredParserTests.TryParseOne(text, out var item) && item.Value == value);
        });

    [Theory]
    [InlineData("EXP-11", "th-TH")]
    [InlineData("EXP-11", "tr-TR")]
    [InlineData("EXP-11", "de-DE")]
    public void Serialize_OtherCulture_SameResult(string spec, string culture) => HttpCaching.Tests.Fields.Cultures.Run(culture, () =>
    {
        StructuredParser.TryParseList("-1234.5, -1234567, @-1", out var list).Should().BeTrue(spec);
        StructuredSerializer.Serialize(list).Should().Be("-1234.5, -1234567, @-1", spec);
    });

    private static Gen<StructuredValue> Values() => Gen.OneOf(
        Gen.Long[-999_999_999_999_999, 999_999_999_999_999].Select(StructuredValue.Integer),
        Gen.Long[-999_999_999_999_999, 999_999_999_999_999].Select(StructuredValue.Date),
        Gen.Long[-999_999_999_999_999, 999_999_999_999_999].Select(number => StructuredValue.Decimal(number / 1000m)),
        Gen.Bool.Select(StructuredValue.Boolean),
        Gen.Char[' ', '~'].Array[0, 12].Select(text => StructuredValue.String(new string(text))),
        Gen.String.Select(StructuredValue.Token),
        Gen.String.Select(StructuredValue.DisplayString),
        Gen.Byte.Array[0, 12].Select(bytes => StructuredValue.ByteSequence(bytes)));
}
