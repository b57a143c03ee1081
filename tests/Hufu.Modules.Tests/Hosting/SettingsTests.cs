using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class SettingsTests
{
    private static readonly Uri Listen = new("http://127.0.0.1:8080/");

    [Fact]
    public void Without_a_file_everything_is_in_its_usual_place()
    {
        using var folder = new TempFolder();
        var settings = HostSettings.For(folder.Path, Listen).Load();
        Assert.Equal(folder["mail"], settings.Mail.PickupDirectory);
        Assert.Equal("http://127.0.0.1:8080/crl/root.crl", settings.PublicAddress("/crl/root.crl"));
        Assert.Equal("https://ca.example.cn/hufu/ocsp", (settings with { PublicUrl = new Uri("https://ca.example.cn/hufu/") }).PublicAddress("/ocsp"));
    }

    [Fact]
    public void The_file_says_otherwise()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["hufu.json"], """{ "publicUrl": "https://ca.example.cn/", "policyDirectory": "my-policy", "mail": { "smtpHost": "mail.example.cn", "smtpPort": 2525, "from": "ca@example.cn" } }""");
        var settings = HostSettings.For(folder.Path, Listen).Load();
        Assert.Equal("https://ca.example.cn/ocsp", settings.PublicAddress("/ocsp"));
        Assert.Equal(Listen, settings.ListenUrl);
        Assert.Equal(folder["my-policy"], settings.PolicyDirectory);
        Assert.Equal(("mail.example.cn", 2525, null), (settings.Mail.SmtpHost, settings.Mail.SmtpPort, settings.Mail.PickupDirectory));
    }

    [Theory]
    [InlineData("""{ "colour": "blue" }""", "colour")]
    [InlineData("""{ "mail": { "pickupFolder": "x" } }""", "pickupFolder")]
    [InlineData("""{ "mail": { } }""", "pickupDirectory or smtpHost")]
    [InlineData("""{ "mail": { "smtpHost": "a", "pickupDirectory": "b" } }""", "pickupDirectory or smtpHost")]
    [InlineData("""{ "mail": { "smtpHost": "a", "smtpPort": 0 } }""", "smtpPort")]
    [InlineData("""{ "mail": { "smtpHost": "a", "from": "nobody" } }""", "mail.from")]
    [InlineData("""{ "listenUrl": "ftp://127.0.0.1/" }""", "http or https")]
    [InlineData("""{ "publicUrl": "http://h/?q" }""", "http or https")]
    [InlineData("""{ "publicUrl": "http://h/", "publicUrl": "http://g/" }""", "publicUrl")]
    [InlineData("""{ """, "line 1")]
    public void What_cannot_be_meant_is_refused_at_start(string json, string complaint)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["hufu.json"], json);
        Assert.Contains(complaint, Assert.Throws<SettingsException>(() => HostSettings.For(folder.Path, Listen).Load()).Message, StringComparison.Ordinal);
    }
}
