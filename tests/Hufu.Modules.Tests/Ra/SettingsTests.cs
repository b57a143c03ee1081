using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>ra.json, and the versions of the subscriber agreement.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void What_the_operator_sets_stands_over_what_the_program_has()
    {
        using var folder = new TempFolder();
        using var source = Sm2KeyPair.Generate();
        var key = Convert.ToBase64String(source.PublicKey.Encode());
        Assert.Equal(new RaOptions().NoticeInterval, RaFile.Over(new RaOptions(), folder.Path).NoticeInterval);
        File.WriteAllText(folder["ra.json"], $$"""
            // as installed
            {
              "agreement": { "version": "2.0", "file": "agreement-2.txt" }, "dutyAddress": "duty@ca.example",
              "sources": { "business-register": { "url": "https://register.example/ask", "publicKey": "{{key}}" } },
              "dnsServer": "10.0.0.53:53", "smsGateway": "https://sms.example/send", "clamd": "127.0.0.1:3310",
              "challengeTriesBackAfterMinutes": 30, "noticeIntervalSeconds": 2, "revocationWaitSeconds": 5
            }
            """);
        var options = RaFile.Over(new RaOptions(), folder.Path);
        Assert.Equal(("2.0", folder["agreement-2.txt"], "duty@ca.example"), (options.AgreementVersion, options.AgreementFile, options.DutyAddress));
        Assert.Equal(("https://register.example/ask", key), (options.Sources["business-register"].Url.AbsoluteUri, options.Sources["business-register"].PublicKey));
        Assert.Equal(("10.0.0.53:53", "https://sms.example/send", "127.0.0.1:3310"), (options.DnsServer!.ToString(), options.SmsGateway!.AbsoluteUri, options.Clamd));
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)), (options.ChallengeTriesBackAfter, options.NoticeInterval, options.RevocationWait));
        Assert.False(options.SimulateSources);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("{ \"dutyAdress\": \"a@b.example\" }", "dutyAdress")]
    [InlineData("{ \"dutyAddress\": \"nobody\" }", "dutyAddress must be an e-mail address")]
    [InlineData("{ \"sources\": { \"moon\": { \"url\": \"https://m.example/\", \"publicKey\": \"\" } } }", "sources.moon must be one of")]
    [InlineData("{ \"sources\": { \"business-register\": { \"url\": \"ftp://m.example/\", \"publicKey\": \"\" } } }", "sources.business-register.url must be an http")]
    [InlineData("{ \"sources\": { \"business-register\": { \"url\": \"https://m.example/\", \"publicKey\": \"AAAA\" } } }", "sources.business-register.publicKey must be")]
    [InlineData("{ \"sources\": { \"business-register\": null } }", "sources.business-register.url must be")]
    [InlineData("{ \"dnsServer\": \"10.0.0.53\" }", "dnsServer must be address and port")]
    [InlineData("{ \"smsGateway\": \"sms\" }", "smsGateway must be an http")]
    [InlineData("{ \"smsGateway\": \"https://s.example/\", \"smsFolder\": \"sms\" }", "smsFolder must be left out")]
    [InlineData("{ \"clamd\": \"scanner\" }", "clamd must be host and port")]
    [InlineData("{ \"noticeIntervalSeconds\": 0 }", "noticeIntervalSeconds must be 1 to 3600")]
    [InlineData("{ \"noticeIntervalSeconds\": \"5\" }", "noticeIntervalSeconds")]
    [InlineData("{ \"agreement\": { \"version\": \"2.0\" } }", "agreement.file must be")]
    public void A_wrong_setting_stops_the_start_and_is_named(string content, string words)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["ra.json"], content);
        var wrong = Assert.Throws<InvalidDataException>(() => RaFile.Over(new RaOptions(), folder.Path));
        Assert.Contains(words, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("ra.json", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Clause("7.2.6-a")]
    [Clause("6.2.1.3-b")]
    public async Task A_new_version_of_the_agreement_is_asked_for_at_renewal_and_the_old_one_stays_on_record()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(100);
        using Applicant applicant = new(), other = new();
        var (_, pair) = await office.AcceptedAsync(applicant);
        var first = (await office.Site.Client.GetFromJsonAsync<Agreement>("/api/ra/agreement", ContractJson.Options, RaOffice.Ct))!;
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.application.create" && line.GetRawText().Contains(first.Digest, StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(office.Context.DataDirectory, "agreement-2.txt"), "订户协议，第二版", RaOffice.Ct);
        await File.WriteAllTextAsync(Path.Combine(office.Context.DataDirectory, "ra.json"), """{ "agreement": { "version": "2.0", "file": "agreement-2.txt" } }""", RaOffice.Ct);
        await office.ReopenAsync();

        office.Clock.Set(Certificate.Decode(pair.SigningCertificate).NotAfter.AddDays(-20));
        var renewal = new NewRenewal(RaOffice.SerialOf(pair), applicant.Request(), "1.0", true);
        Assert.Equal("agreement-missing", await office.Site.RefusedAsync("/api/ra/renewals", renewal));
        Assert.Equal("agreement-missing", await office.Site.RefusedAsync("/api/ra/renewals", renewal with { AgreementVersion = "2.0", AgreementAccepted = false }));
        Assert.Equal("agreement-missing", await office.Site.RefusedAsync("/api/ra/applications", other.Application()));
        var created = await office.Site.PostAsync<NewRenewal, ApplicationCreated>("/api/ra/renewals", renewal with { AgreementVersion = "2.0" });
        Assert.Equal("2.0", await office.ReadAsync(session => session.Scalar<string>("SELECT agreement_version FROM ra_applications WHERE id = @Id", new { created.Id })));

        var all = (await office.Site.Client.GetFromJsonAsync<List<AgreementVersion>>("/api/ra/agreements", ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal(["2.0", "1.0"], all.Select(one => one.Version));
        Assert.Equal(first, await office.Site.Client.GetFromJsonAsync<Agreement>("/api/ra/agreements/1.0", ContractJson.Options, RaOffice.Ct));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await office.Site.Client.GetAsync("/api/ra/agreements/3.0", RaOffice.Ct)).StatusCode);

        // The same version with another text does not start.
        await File.WriteAllTextAsync(Path.Combine(office.Context.DataDirectory, "agreement-2.txt"), "订户协议，悄悄改过", RaOffice.Ct);
        var wrong = await Assert.ThrowsAsync<InvalidDataException>(office.ReopenAsync);
        Assert.Contains("2.0", wrong.Message, StringComparison.Ordinal);
    }
}
