using HttpCaching.Origins.Dialogue;

namespace HttpCaching.Origins.Report;

/// <summary>The tables say what the code allows.</summary>
public sealed class TableTests
{
    [Fact]
    public void Every_difference_that_is_allowed_has_its_row() =>
        Tables.Read("differences.tsv").Select(row => row[0]).Should().Equal(Allowances.All);

    [Fact]
    public void Every_row_has_all_its_columns()
    {
        Tables.Read("differences.tsv").Where(row => row.Length != 3).Should().BeEmpty();
        Reasons.Rows.Where(row => row.Length != 5).Should().BeEmpty();
    }
}
