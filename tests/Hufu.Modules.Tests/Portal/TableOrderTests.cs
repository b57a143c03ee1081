using Hufu.Portal.Rendering;
using Xunit;

namespace Hufu.Modules.Tests.Portal;

/// <summary>A table in the order of a column that the address names.</summary>
public sealed class TableOrderTests
{
    private static readonly (string Name, int Age)[] Rows = [("b", 1), ("a", 2), ("c", 1)];

    [Theory]
    [InlineData("name", "a b c")]
    [InlineData("-name", "c b a")]
    [InlineData("age", "b c a")]
    [InlineData("-age", "a b c")]
    [InlineData("", "b a c")]
    [InlineData("-", "b a c")]
    [InlineData("no-such", "b a c")]
    [InlineData(null, "b a c")]
    public void Rows_stand_in_the_order_that_is_asked_for_and_equal_ones_as_they_came(string? asked, string expected) =>
        Assert.Equal(expected, string.Join(' ', TableOrder.By(Rows, asked, ("name", row => row.Name), ("age", row => row.Age)).Select(row => row.Name)));
}
