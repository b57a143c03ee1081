using Hufu.Ca;
using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The section <c>ca</c> of hufu.json.</summary>
public sealed class CaSettingsTests
{
    [Fact]
    public void WhatStandsInTheFileBecomesTheRoomsOptions()
    {
        var options = CaOptions.Of(Load("""
            { "certificatePolicyOid": "1.2.156.1.2.3", "practiceStatementAddress": "https://ca.example.cn/cps", "ca": {
              "crlMinutes": { "operational": 720 }, "deltaCrlMinutes": { "operational": 60 }, "crlParts": { "operational": 8 }, "authorityCrls": ["operational"],
              "profileAuthorities": { "person": "people" }, "crlAtOnce": false, "refuseLintWarnings": true, "keyCentreSeconds": 5, "settleSeconds": 10, "actDays": 7, "tokenLibrary": "/l.so", "tokenLabel": "t", "tokenPinFile": "/p" } }
            """));
        Assert.Equal(("1.2.156.1.2.3", "https://ca.example.cn/cps"), (options.PolicyOid, options.PracticeStatementAddress));
        Assert.Equal((TimeSpan.FromHours(12), TimeSpan.FromHours(1), 8), (options.CrlEvery["operational"], options.DeltaCrlEvery["operational"], options.CrlParts["operational"]));
        Assert.Equal(("operational", "people"), (Assert.Single(options.AuthorityCrls), options.ProfileAuthorities["person"]));
        Assert.Equal((false, true), (options.CrlAtOnce, options.RefuseLintWarnings));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromDays(7)), (options.KeyCentreTimeout, options.SettleEvery, options.ActLife));
        Assert.Equal(("/l.so", "t", "/p"), (options.TokenLibrary, options.TokenLabel, options.TokenPinFile));
        options.Check();
    }

    [Fact]
    public void WithoutTheSectionEverythingIsAsUsual()
    {
        var (options, usual) = (CaOptions.Of(Load("{}")), new CaOptions());
        Assert.True(options.CrlAtOnce);
        Assert.Empty(options.CrlEvery);
        Assert.Equal((usual.KeyCentreTimeout, usual.SettleEvery, usual.ActLife), (options.KeyCentreTimeout, options.SettleEvery, options.ActLife));
    }

    [Theory]
    [InlineData("""{ "ca": { "crlMinutes": { "operational": 0 } } }""", "ca.crlMinutes.operational")]
    [InlineData("""{ "ca": { "crlParts": { "Operational": 2 } } }""", "ca.crlParts")]
    [InlineData("""{ "ca": { "authorityCrls": ["x"] } }""", "ca.authorityCrls")]
    [InlineData("""{ "ca": { "tokenLibrary": "/l.so" } }""", "ca.tokenLabel")]
    [InlineData("""{ "ca": { "tokenLibrary": "l.so", "tokenLabel": "t", "tokenPinFile": "/p" } }""", "ca.tokenPinFile")]
    [InlineData("""{ "ca": { "keyCentreSeconds": 61 } }""", "ca.keyCentreSeconds")]
    [InlineData("""{ "ca": { "crlEvery": 1 } }""", "crlEvery")]
    public void WhatCannotBeIsRefusedByItsName(string json, string named) =>
        Assert.Contains(named, Assert.Throws<SettingsException>(() => Load(json)).Message, StringComparison.Ordinal);

    private static HostSettings Load(string json)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder[HostSettings.FileName], json);
        return HostSettings.For(folder.Path, new Uri("http://127.0.0.1:8080/")).Load();
    }
}
