using Hufu.Host.Traceability;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>The small CSV reader behind the registry and the ledger, after RFC 4180.</summary>
public sealed class CsvTests
{
    [Fact]
    public void Quoted_fields_keep_commas_quotes_and_lines()
    {
        IReadOnlyList<IReadOnlyList<string>> records = CsvText.Read("a,\"b,\"\"c\"\"\nd\",\"\"\r\n\r\ne,,f\n");
        Assert.Equal(2, records.Count);
        Assert.Equal(["a", "b,\"c\"\nd", ""], records[0]);
        Assert.Equal(["e", "", "f"], records[1]);
    }

    [Theory]
    [InlineData("a,\"b\n")]
    [InlineData("\"a\"b,c\n")]
    public void A_broken_quote_is_refused(string text) => Assert.Throws<FormatException>(() => CsvText.Read(text));

    [Fact]
    public void What_is_written_reads_the_same()
    {
        string[] fields = ["", "plain", "a,b", "say \"x\"", "two\nlines", ""];
        Assert.Equal(fields, CsvText.Read(CsvText.Write(fields))[0]);
    }

    [Theory]
    [InlineData("id,kind\n")]
    [InlineData("id,kind,title\n1-a,X,t\n")]
    [InlineData("id,kind,title\n1-a,S,t\n1-a,S,u\n")]
    [InlineData("id,kind,title\n1-a,S,\n")]
    public void A_registry_with_a_wrong_row_is_refused(string text) => Assert.Throws<FormatException>(() => Clause.ReadAll(text));
}
