using Hufu.Hosting;
using Hufu.Testing;
using Hufu.Tsa;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>The sections <c>ocsp</c>, <c>timeStamps</c> and <c>repository</c> of hufu.json.</summary>
public sealed class StatusSettingsTests
{
    private static readonly Uri s_listen = new("http://127.0.0.1:8080/");

    [Fact]
    public void Every_key_is_read()
    {
        var settings = Load("""
            { "ocsp": { "signAhead": ["sha1", "sm3"], "unknown": "held", "cacheSeconds": 5, "archiveDays": 30, "addressPerSecond": 7, "tokenLibrary": "/x.so", "tokenLabel": "t", "tokenPinFile": "/p" },
              "timeStamps": { "timeServers": ["ntp1.example.cn", "10.1.2.3:1123"], "askEverySeconds": 9, "accuracyMilliseconds": 200, "ordering": true, "profile": "gm", "addressPerSecond": 3 },
              "repository": { "keepCrlDays": 400, "publicSearch": false, "searchPage": 20 } }
            """);
        Assert.Equal((400, false, 20), (settings.Repository.KeepCrlDays, settings.Repository.PublicSearch, settings.Repository.SearchPage));
        Assert.Equal(["sha1", "sm3"], settings.Ocsp.SignAhead!);
        Assert.Equal(("held", 5, 30, 7), (settings.Ocsp.Unknown, settings.Ocsp.CacheSeconds, settings.Ocsp.ArchiveDays, settings.Ocsp.AddressPerSecond));
        Assert.Equal(("/x.so", "t", "/p"), (settings.Ocsp.TokenLibrary, settings.Ocsp.TokenLabel, settings.Ocsp.TokenPinFile));
        Assert.Equal(["ntp1.example.cn", "10.1.2.3:1123"], settings.TimeStamps.TimeServers!);
        Assert.Equal((9, 200, true, "gm", 3), (settings.TimeStamps.AskEverySeconds, settings.TimeStamps.AccuracyMilliseconds, settings.TimeStamps.Ordering, settings.TimeStamps.Profile, settings.TimeStamps.AddressPerSecond));
    }

    [Theory]
    [InlineData("""{ "ocsp": { "signAhead": ["md5"] } }""", "ocsp.signAhead")]
    [InlineData("""{ "ocsp": { "signAhead": ["sm3", "sm3"] } }""", "ocsp.signAhead")]
    [InlineData("""{ "ocsp": { "unknown": "good" } }""", "never told as good")]
    [InlineData("""{ "ocsp": { "cacheSeconds": 3601 } }""", "ocsp.cacheSeconds")]
    [InlineData("""{ "ocsp": { "archiveDays": -1 } }""", "ocsp.archiveDays")]
    [InlineData("""{ "ocsp": { "addressPerSecond": 1000001 } }""", "ocsp.addressPerSecond")]
    [InlineData("""{ "ocsp": { "tokenLibrary": "/x.so" } }""", "ocsp.tokenLibrary")]
    [InlineData("""{ "ocsp": { "tokenLibrary": "x.so", "tokenLabel": "t", "tokenPinFile": "/p" } }""", "ocsp.tokenLibrary")]
    [InlineData("""{ "ocsp": { "colour": 1 } }""", "colour")]
    [InlineData("""{ "timeStamps": { "timeServers": ["ntp.example.cn"] } }""", "2 to 8 different servers")]
    [InlineData("""{ "timeStamps": { "timeServers": ["a", "A"] } }""", "2 to 8 different servers")]
    [InlineData("""{ "timeStamps": { "timeServers": ["a", "b:0"] } }""", "host:port")]
    [InlineData("""{ "timeStamps": { "timeServers": ["a", "b c"] } }""", "host:port")]
    [InlineData("""{ "timeStamps": { "askEverySeconds": 0 } }""", "timeStamps.askEverySeconds")]
    [InlineData("""{ "timeStamps": { "accuracyMilliseconds": 0 } }""", "timeStamps.accuracyMilliseconds")]
    [InlineData("""{ "timeStamps": { "profile": "pgp" } }""", "timeStamps.profile")]
    [InlineData("""{ "timeStamps": { "addressPerSecond": -1 } }""", "timeStamps.addressPerSecond")]
    [InlineData("""{ "repository": { "keepCrlDays": 29 } }""", "repository.keepCrlDays")]
    [InlineData("""{ "repository": { "searchPage": 0 } }""", "repository.searchPage")]
    [InlineData("""{ "repository": { "publicSearch": "no" } }""", "publicSearch")]
    public void What_cannot_be_meant_is_refused_in_words(string json, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<SettingsException>(() => Load(json)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_accuracy_beyond_the_policy_s_is_refused()
    {
        await using var room = await TestRoom.OpenAsync(Contracts.Rooms.Tsa, typeof(TsaModule).Assembly);
        var refused = Assert.Throws<SettingsException>(() => new TsaModule(room.Context, new TsaOptions { Accuracy = TimeSpan.FromSeconds(2) }));
        Assert.Contains("time-stamp-accuracy", refused.Message, StringComparison.Ordinal);
    }

    private static HostSettings Load(string json)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["hufu.json"], json);
        return HostSettings.For(folder.Path, s_listen).Load();
    }
}
