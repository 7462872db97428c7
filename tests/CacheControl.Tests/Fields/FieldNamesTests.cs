using CsCheck;
using HttpCaching.Fields;
using HttpCaching.Fields.Text;

namespace HttpCaching.Tests.Fields;

public class FieldNamesTests
{
    [Theory]
    [InlineData("FLD-2", "connection", true)]
    [InlineData("FLD-3", "Keep-Alive", true)]
    [InlineData("FLD-3", "Proxy-Connection", true)]
    [InlineData("FLD-3", "te", true)]
    [InlineData("FLD-3", "TRANSFER-ENCODING", true)]
    [InlineData("FLD-3", "Upgrade", true)]
    [InlineData("FLD-3", "Proxy-Authenticate", true)]
    [InlineData("FLD-3", "Proxy-Authentication-Info", true)]
    [InlineData("FLD-3", "Proxy-Authorization", true)]
    [InlineData("FLD-1", "Set-Cookie", false)]
    [InlineData("FLD-1", "Authentication-Info", false)]
    [InlineData("FLD-1", "Content-Location", false)]
    [InlineData("FLD-1", "", false)]
    public void IsConnectionSpecific_Name_AsListed(string spec, string name, bool expected) =>
        FieldNames.IsConnectionSpecific(name).Should().Be(expected, spec);

    [Theory]
    [InlineData("FLD-2", null, "")]
    [InlineData("FLD-2", "close", "close")]
    [InlineData("FLD-2", "a, B ,,c\nA, d", "B|a|c|d")]
    [InlineData("FLD-2", "a b, \"c\", d", "d")]
    public void ConnectionNominated_Lines_DistinctNames(string spec, string? lines, string expected) =>
        string.Join('|', FieldNames.ConnectionNominated(Lines.Of("Connection", lines)).Order(StringComparer.Ordinal)).Should().Be(expected, spec);

    [Fact]
    public void ConnectionNominated_AnyText_NeverThrows() =>
        Texts.List.Sample(text => FieldNames.ConnectionNominated(Lines.Of("Connection", text)).All(FieldText.IsValidName));
}
