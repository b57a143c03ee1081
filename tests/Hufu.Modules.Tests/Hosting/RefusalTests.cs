using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class RefusalTests
{
    [Fact]
    public void The_table_to_HTTP_is_total()
    {
        foreach (var code in Enum.GetValues<RefusalCode>())
        {
            Assert.InRange(RefusalStatus.Of(code), 400, 599);
        }
    }

    [Fact]
    public void Only_what_is_our_fault_or_passes_is_a_5xx() =>
        Assert.Equal(
            [RefusalCode.RoomUnreachable, RefusalCode.KeyCentreRefused, RefusalCode.LedgerUnavailable, RefusalCode.DeviceUnavailable, RefusalCode.ClockBehind, RefusalCode.ClockInDoubt, RefusalCode.BackupMissing, RefusalCode.Fault],
            Enum.GetValues<RefusalCode>().Where(code => RefusalStatus.Of(code) >= 500));

    [Fact]
    public void A_refusal_reads_as_problem_details()
    {
        var json = Encoding.UTF8.GetString(RefusalProblem.Of(new Refusal(RefusalCode.ChecksumWrong, "统一社会信用代码", "creditCode"), "0123").ToJson());
        Assert.Contains("统一社会信用代码", json, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(json);
        var root = problem.RootElement;
        Assert.Equal("https://hufu.invalid/refusals/checksum-wrong", root.GetProperty("type").GetString());
        Assert.Equal(422, root.GetProperty("status").GetInt32());
        Assert.Equal("checksum-wrong", root.GetProperty("code").GetString());
        Assert.Equal("creditCode", root.GetProperty("field").GetString());
        Assert.Equal("0123", root.GetProperty("id").GetString());
        Assert.Equal(RefusalCatalogue.Of(RefusalCode.ChecksumWrong).Zh, root.GetProperty("title").GetString());
        Assert.StartsWith(RefusalCatalogue.Of(RefusalCode.ChecksumWrong).En, root.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(RefusalCatalogue.Of(RefusalCode.ChecksumWrong).NextZh, root.GetProperty("next").GetProperty("zh").GetString());
        Assert.Equal(RefusalCatalogue.Of(RefusalCode.ChecksumWrong).NextEn, root.GetProperty("next").GetProperty("en").GetString());
    }
}
