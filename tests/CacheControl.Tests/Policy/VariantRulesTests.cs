using HttpCaching.Policy;

namespace HttpCaching.Tests.Policy;

public sealed class VariantRulesTests
{
    /// <summary>Selecting fields are separated by " | "; a name alone is a field that was absent.</summary>
    [Theory]
    [InlineData("KEY-7", "nothing is varied by", "GET", false, "", "GET")]
    [InlineData("HED-2", "another method", "HEAD", false, "", "HEAD")]
    [InlineData("RNG-9", "a part", "GET", true, "", "GET+part")]
    [InlineData("KEY-7", "two fields", "GET", false, "B: 2 | A: 1", "GET:4016e0316f40793b933598c4fcbcd0b4")]
    [InlineData("VRY-3", "an absent field", "GET", false, "A", "GET:a07c22d42359f4b50337a453def0b290")]
    [InlineData("KEY-7", "a field", "GET", false, "A: 1", "GET:4e05abd6911b81cca42657fbc9599aa8")]
    public void IdOf_Parts_Text(string spec, string name, string method, bool isPart, string selecting, string expected) =>
        IdOf(method, isPart, selecting).Should().Be(expected, $"{spec}: {name}");

    [Theory]
    [InlineData("KEY-7", "names in other letters", "A: 1", "a: 1", true)]
    [InlineData("KEY-7", "another order", "A: 1 | B: 2", "b: 2 | a: 1", true)]
    [InlineData("KEY-7", "values in other letters", "A: x", "A: X", false)]
    [InlineData("KEY-7", "another value", "A: 1", "A: 2", false)]
    [InlineData("KEY-7", "another name", "A: 1", "B: 1", false)]
    [InlineData("VRY-3", "absent and empty", "A", "A: ", false)]
    [InlineData("KEY-7", "a value that looks like the next field", "a: b | c: d", "a: b1:c1:d", false)]
    public void IdOf_TwoSelections_SameOrNot(string spec, string name, string one, string other, bool expected) =>
        (IdOf("GET", false, one) == IdOf("GET", false, other)).Should().Be(expected, $"{spec}: {name}");

    private static string IdOf(string method, bool isPart, string selecting) => VariantRules.IdOf(
        method,
        isPart ? new PartRange(0, 10) : null,
        selecting.Length == 0 ? SelectingFields.None : new([.. selecting.Split(" | ").Select(field => field.Split(": ")).Select(pair => new SelectingField(pair[0], pair.ElementAtOrDefault(1)))]));
}
