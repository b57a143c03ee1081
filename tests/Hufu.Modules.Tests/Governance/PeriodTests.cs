using System.Globalization;
using Hufu.Contracts;
using Hufu.Governance;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

public sealed class PeriodTests
{
    [Theory]
    [InlineData("P5Y3M", "P5Y3M")]
    [InlineData("P63M", "P5Y3M")]
    [InlineData("P30D", "P30D")]
    [InlineData("PT48H", "P2D")]
    [InlineData("P1DT12H30M5S", "P1DT12H30M5S")]
    [InlineData("PT0S", "PT0S")]
    public void Reads_and_writes_ISO_8601(string text, string shortest)
    {
        Assert.True(CalendarPeriod.TryParse(text, out var period));
        Assert.Equal(shortest, period.ToString());
        Assert.True(CalendarPeriod.TryParse(period.ToString(), out var again));
        Assert.Equal(period, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("5Y")]
    [InlineData("P5")]
    [InlineData("P-5Y")]
    [InlineData("P5Y ")]
    [InlineData("P3M5Y")]
    [InlineData("P1DT")]
    [InlineData("P1H")]
    [InlineData("PT1D")]
    [InlineData("PTT1H")]
    [InlineData("P1.5Y")]
    [InlineData("P9999999Y")]
    [InlineData("P101Y")]
    [InlineData("P٣Y")]
    public void Refuses_anything_else(string? text) => Assert.False(CalendarPeriod.TryParse(text, out _));

    [Theory]
    [Clause("6.6.2.3-b")]
    [InlineData("P5Y3M", "2026-11-22T06:30:00Z", "2032-02-22T06:29:59Z")]
    [InlineData("P1Y", "2024-02-29T00:00:00Z", "2025-02-27T23:59:59Z")]
    [InlineData("P3M", "2026-11-30T16:30:00Z", "2027-02-28T16:29:59Z")]
    [InlineData("P20D", "2026-12-20T00:00:00Z", "2027-01-08T23:59:59Z")]
    [InlineData("P30Y", "2026-11-22T06:30:00Z", "2056-11-22T06:29:59Z")]
    public void R07_validity_counts_both_ends_in(string life, string notBefore, string notAfter)
    {
        Assert.True(CalendarPeriod.TryParse(life, out var period));
        var (first, last) = (Time(notBefore), Time(notAfter));
        Assert.Equal(last, period.InclusiveEnd(first));
        Assert.True(period.Covers(first, last));
        Assert.False(period.Covers(first, last.AddSeconds(1)));
        Assert.False(period.Covers(first, first.AddSeconds(-1)));
    }

    [Fact]
    public void Longer_is_found_whatever_day_a_period_begins_on()
    {
        Assert.True(Of("P28D").IsAtMost(Of("P1M")));
        Assert.False(Of("P29D").IsAtMost(Of("P1M")));
        Assert.True(Of("P1M").IsAtMost(Of("P31D")));
        Assert.False(Of("P1M").IsAtMost(Of("P30D")));
        Assert.True(Of("P365D").IsAtMost(Of("P1Y")));
        Assert.False(Of("P366D").IsAtMost(Of("P1Y")));
        Assert.True(Of("P5Y3M").IsAtMost(Of("P63M")));
    }

    private static CalendarPeriod Of(string text) => CalendarPeriod.TryParse(text, out var period) ? period : throw new FormatException(text);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
