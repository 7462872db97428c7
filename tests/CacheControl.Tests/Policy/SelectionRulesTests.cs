using System.Collections.Immutable;
using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class SelectionRulesTests
{
    [Theory]
    [InlineData("VRY-1", "Vary: , Foo,", "foo: 1", "FOO: 1", true)]
    [InlineData("VRY-1", "Vary: Foo | Vary: Bar", "Foo: 1 | Bar: 2", "Foo: 1 | Bar: 3", false)]
    [InlineData("VRY-2", "Vary: Foo, *", "Foo: 1", "Foo: 1", false)]
    [InlineData("VRY-2", "Vary: *, Foo", "Foo: 1", "Foo: 1", false)]
    [InlineData("VRY-2", "Vary:  | Vary: *", "", "", false)]
    [InlineData("VRY-3", "Vary: Foo", "", "", true)]
    [InlineData("VRY-3", "Vary: Foo", "", "Foo: 1", false)]
    [InlineData("VRY-3", "Vary: Foo", "Foo: 1", "", false)]
    [InlineData("VRY-3", "Vary: Foo", "Foo: ", "", false)]
    [InlineData("VRY-3", "Vary: Foo", "", "Foo: ", false)]
    [InlineData("VRY-4", "Vary: Foo", "Foo: 1 | Foo: 2", "Foo: 1 ,  2", true)]
    [InlineData("VRY-4", "Vary: Foo", "Foo: \"1,2\"", "Foo: \"1, 2\"", false)]
    [InlineData("VRY-4", "Vary: Foo", "Foo: 1, 2", "Foo: 2, 1", false)]
    [InlineData("VRY-5", "Vary: Accept-Language", "Accept-Language: EN, de", "Accept-Language: en,DE", true)]
    [InlineData("VRY-5", "Vary: Accept-Language", "Accept-Language: en, de", "Accept-Language: de, en", false)]
    [InlineData("VRY-5", "Vary: Accept", "Accept: text/html;q=1.0", "Accept: text/html", true)]
    [InlineData("VRY-6", "Vary: Accept-Encoding", "Accept-Encoding: br, gzip", "Accept-Encoding: gzip,br", true)]
    [InlineData("VRY-6", "Vary: Accept-Encoding", "Accept-Encoding: x-gzip", "Accept-Encoding: gzip", true)]
    [InlineData("VRY-6", "Vary: Accept-Encoding", "Accept-Encoding: gzip", "Accept-Encoding: gzip;q=0", false)]
    [InlineData("VRY-12", "Vary: foo, b@d", "foo: 1", "foo: 1", false)]
    [InlineData("AUT-6", "Vary: Cookie", "", "", false)]
    [InlineData("AUT-6", "Vary: Cookie", "Cookie: a=1", "Cookie: a=1", true)]
    [InlineData("AUT-6", "Vary: Cookie", "Cookie: a=1", "Cookie: a=2", false)]
    public void Matches_OriginalAndPresentedRequest_BySelectingFields(string spec, string vary, string original, string presented, bool expected)
    {
        var settings = Given.Private with { FieldsAddedBelow = ["Cookie"] };
        var stored = Given.Stored("Cache-Control: max-age=60 | " + vary, Given.Request(original), settings: settings);

        SelectionRules.Matches(Given.Request(presented), stored, settings).Should().Be(expected, spec);
    }

    [Theory]
    [InlineData("VRY-9", "Accept-Encoding", true)]
    [InlineData("AUT-6", "Accept-Language", false)]
    [InlineData("AUT-6", "accept-language", false)]
    public void SelectingFieldsOf_FieldChangedBelow_MatchesOnlyForCodings(string spec, string changed, bool matchesAgain)
    {
        var selecting = SelectionRules.SelectingFieldsOf(Given.Request(), Given.Fields($"Vary: {changed}"), [changed.ToUpperInvariant()], Given.Private);

        SelectionRules.NeverMatches(selecting).Should().Be(!matchesAgain, spec);
    }

    [Fact]
    [Trait("Spec", "VRY-5")]
    public void Matches_LanguageOrderInsignificant_Matches()
    {
        var settings = Given.Private with { LanguageOrderIsSignificant = false };
        var stored = Given.Stored("Cache-Control: max-age=60 | Vary: Accept-Language", Given.Request("Accept-Language: en, de"), settings: settings);

        SelectionRules.Matches(Given.Request("Accept-Language: de, en"), stored, settings).Should().BeTrue();
    }

    [Fact]
    [Trait("Spec", "VRY-8")]
    public void Select_DifferentVaries_EachByItsOwn()
    {
        var a = Given.Stored("Vary: A | Date: @-10", Given.Request("A: 1 | B: 1"));
        var b = Given.Stored("Vary: B | Date: @-5", Given.Request("A: 2 | B: 2"));

        Select("A: 1 | B: 9", a, b).Should().BeSameAs(a);
        Select("A: 9 | B: 2", a, b).Should().BeSameAs(b);
        Select("A: 2 | B: 1", a, b).Should().BeNull();
    }

    [Fact]
    [Trait("Spec", "VRY-10")]
    public void Select_SeveralMatch_GreatestDate()
    {
        var newer = Given.Stored("Vary: A | Date: @-5", Given.Request("A: 1 | B: 1"));
        var older = Given.Stored("Vary: B | Date: @-10", Given.Request("A: 1 | B: 1"), receivedAfter: 7);

        Select("A: 1 | B: 1", newer, older).Should().BeSameAs(newer);
        Select("A: 1 | B: 1", older, newer).Should().BeSameAs(newer);
    }

    [Fact]
    [Trait("Spec", "VRY-10")]
    public void Select_SameDate_LatestReceipt()
    {
        var first = Given.Stored("Vary: A | Date: @-5", Given.Request("A: 1 | B: 1"));
        var second = Given.Stored("Vary: B | Date: @-5", Given.Request("A: 1 | B: 1"), receivedAfter: 1);

        Select("A: 1 | B: 1", first, second).Should().BeSameAs(second);
        Select("A: 1 | B: 1", second, first).Should().BeSameAs(second);
    }

    [Fact]
    [Trait("Spec", "VRY-11")]
    public void Select_NewestWithoutVary_LosesToMatchingVary()
    {
        var varying = Given.Stored("Vary: A | Date: @-100", Given.Request("A: 1"));
        var plain = Given.Stored("Date: @-5", Given.Request("A: 2"));

        Select("A: 1", plain, varying).Should().BeSameAs(varying);
        Select("A: 3", plain, varying).Should().BeSameAs(plain);
    }

    [Fact]
    [Trait("Spec", "KEY-6")]
    public void Select_StoredHead_AnswersNoGet()
    {
        var head = Given.Stored("Date: @-5", Given.Request(method: "HEAD"));

        Select(string.Empty, head).Should().BeNull();
        SelectionRules.Select(Given.Request(method: "HEAD"), [head], Given.Private).Should().BeSameAs(head);
    }

    [Fact]
    [Trait("Spec", "KEY-7")]
    [Trait("Spec", "VRY-7")]
    public void IdOf_SelectingFields_PartsCannotRunTogether()
    {
        SelectingFields[] all =
        [
            SelectingFields.None,
            new([new("a", "bc")]),
            new([new("ab", "c")]),
            new([new("a", "b"), new("c", "d")]),
            new([new("a", "b1:c1:d")]),
            new([new("a", null)]),
            new([new("a", string.Empty)]),
            new([new("a", "-1")]),
        ];

        all.Select(selecting => VariantRules.IdOf("GET", null, selecting)).Should().OnlyHaveUniqueItems();
        VariantRules.IdOf("GET", null, new([new("A", "1"), new("b", "2")]))
            .Should().Be(VariantRules.IdOf("GET", null, new([new("B", "2"), new("a", "1")])));
    }

    /// <summary>"-" is none. The settings hash a secret by writing it backwards, and a field called Added is added below.</summary>
    [Theory]
    [InlineData("VRY-1", "no Vary", "", "A: 1", "-")]
    [InlineData("VRY-1", "a field that is there", "Vary: A", "A: 1", "A=1")]
    [InlineData("VRY-3", "a field that is absent", "Vary: A", "", "A")]
    [InlineData("VRY-2", "a star", "Vary: *", "A: 1", "*")]
    [InlineData("AUT-6", "a field that is added below", "Vary: Added", "", "*")]
    [InlineData("AUT-6", "a field that is added below, and the caller has one", "Vary: Added", "Added: 1", "Added=1")]
    [InlineData("SEC-7", "Cookie", "Vary: Cookie", "Cookie: abc", "Cookie=cba")]
    [InlineData("SEC-7", "Authorization", "Vary: authorization", "Authorization: abc", "authorization=cba")]
    [InlineData("SEC-7", "Proxy-Authorization", "Vary: Proxy-Authorization", "Proxy-Authorization: abc", "Proxy-Authorization=cba")]
    [InlineData("SEC-7", "a secret that is absent", "Vary: Cookie", "", "Cookie")]
    [InlineData("SEC-7", "no secret", "Vary: A", "A: abc", "A=abc")]
    [InlineData("VRY-6", "a coding that was asked for, and Vary does not say so", "Content-Encoding: gzip", "Accept-Encoding: gzip", "Accept-Encoding=gzip")]
    [InlineData("VRY-6", "a coding that was not asked for", "Content-Encoding: gzip", "Accept-Encoding: br", "-")]
    [InlineData("VRY-6", "a coding, and none was asked for", "Content-Encoding: gzip", "", "-")]
    [InlineData("VRY-6", "no coding, and one was asked for", "", "Accept-Encoding: gzip", "-")]
    [InlineData("VRY-6", "a coding, and Vary says so once", "Content-Encoding: gzip | Vary: accept-encoding", "Accept-Encoding: gzip", "accept-encoding=gzip")]
    [InlineData("VRY-6", "a coding, and Vary names another field", "Content-Encoding: gzip | Vary: A", "A: 1 | Accept-Encoding: gzip", "A=1 Accept-Encoding=gzip")]
    public void SelectingFieldsOf_RequestAndResponse_NamesAndValues(string spec, string name, string response, string request, string expected)
    {
        var settings = Row.Settings("added-below=Added") with { HashSensitive = value => new string([.. value.Reverse()]) };
        var fields = SelectionRules.SelectingFieldsOf(Given.Request(request), Given.Fields(response), [], settings).Fields;

        (fields.Count == 0 ? "-" : string.Join(' ', fields.Select(field => field.Value is null ? field.Name : $"{field.Name}={field.Value}")))
            .Should().Be(expected, $"{spec}: {name}");
    }

    [Theory]
    [InlineData("VRY-3", "nothing is stored", "", "", "A: 1", "-")]
    [InlineData("VRY-3", "the field that differs", "", "{for A: 1} Vary: A", "A: 2", "A")]
    [InlineData("VRY-3", "the second of two fields", "", "{for A: 1 | B: 1} Vary: A, B", "A: 1 | B: 2", "B")]
    [InlineData("VRY-3", "none differs", "", "{for A: 1} Vary: A", "A: 1", "-")]
    [InlineData("VRY-3", "the first variant in which one differs", "", "{for A: 1} Vary: A || {for B: 1} Vary: B", "A: 1 | B: 2", "B")]
    [InlineData("KEY-6", "a stored HEAD is no variant of a GET", "", "{method HEAD} {for A: 1} Vary: A", "A: 2", "-")]
    [InlineData("SEC-14", "a private one is none in a shared cache", "shared", "{for A: 1} Cache-Control: private | Vary: A", "A: 2", "-")]
    [InlineData("SEC-14", "one that is not private, in a shared cache", "shared", "{for A: 1} Vary: A", "A: 2", "A")]
    public void FieldThatDiffers_StoredAndRequest_Name(string spec, string name, string settingsCell, string stored, string request, string expected)
    {
        var settings = Row.Settings(settingsCell);
        (SelectionRules.FieldThatDiffers(Row.Request(request).Head, Row.StoredAll(stored, settings), settings) ?? "-").Should().Be(expected, $"{spec}: {name}");
    }

    /// <summary>The number of the one that is selected; 0 is none.</summary>
    [Theory]
    [InlineData("VRY-10", "one date and one receipt: the first", "ETag: \"a\" | Date: @-5 || ETag: \"b\" | Date: @-5", 1)]
    [InlineData("VRY-10", "the greater date", "Date: @-5 || Date: @-4", 2)]
    [InlineData("RNG-9", "the whole before a part that is newer", "Date: @-5 || {part 0/9} Date: @-4", 1)]
    [InlineData("RNG-9", "the whole after a part that is newer", "{part 0/9} Date: @-4 || Date: @-5", 2)]
    public void Select_Several_TheBest(string spec, string name, string stored, int expected)
    {
        var all = Row.StoredAll(stored, Given.Private);
        (SelectionRules.Select(Given.Request(), all, Given.Private) is { } best ? all.IndexOf(best) + 1 : 0).Should().Be(expected, $"{spec}: {name}");
    }

    private static StoredResponse? Select(string fields, params ImmutableArray<StoredResponse> candidates) =>
        SelectionRules.Select(Given.Request(fields), candidates, Given.Private);
}
