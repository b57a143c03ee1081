using System.Diagnostics;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Requests that openssl made: with the user id of the standard they are taken, without it they are refused with the reason.</summary>
public sealed class OpenSslRequestTests
{
    [Fact]
    [Clause("6.1.3.2-a")]
    public async Task R27_a_request_by_openssl_is_taken_with_the_standard_user_id_and_refused_without()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "There is no /usr/bin/openssl here (./test installs it).");
        await RunAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", folder["key.pem"]);
        await RunAsync("req", "-new", "-sm3", "-key", folder["key.pem"], "-subj", "/CN=www.unit.example", "-sigopt", "distid:1234567812345678", "-out", folder["good.pem"]);
        await RunAsync("req", "-new", "-sm3", "-key", folder["key.pem"], "-subj", "/CN=www.unit.example", "-out", folder["empty.pem"]);
        await RunAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", folder["p256.pem"]);
        await RunAsync("req", "-new", "-sha256", "-key", folder["p256.pem"], "-subj", "/CN=www.unit.example", "-out", folder["p256-req.pem"]);

        await using var office = await RaOffice.OpenAsync();
        var fields = Applicant.Fields();
        fields.Remove("province");
        fields["hostName"] = "www.unit.example";
        var application = new NewApplication("server", fields, await DerAsync(folder["good.pem"]), Applicant.Phrase, "1.0", AgreementAccepted: true, Publish: false);
        var before = await office.LeftAsync();
        using (var refused = await office.Site.PostAsync("/api/ra/applications", application with { Request = await DerAsync(folder["empty.pem"]) }))
        {
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(RaOffice.Ct))!;
            Assert.Equal("possession-not-proven", (string?)problem["code"]);
            Assert.Contains("empty user id", (string?)problem["evidence"], StringComparison.Ordinal);
        }

        Assert.Equal("key-weak", await RaOffice.CodeOf(await office.Site.PostAsync("/api/ra/applications", application with { Request = await DerAsync(folder["p256-req.pem"]) })));
        Assert.Equal(before, await office.LeftAsync());
        Assert.Equal(["licence", "authorisation", "domain-proof"], (await office.ApplyAsync(application)).EvidenceMissing);
    }

    private static async Task<byte[]> DerAsync(string path) => CertificationRequest.DecodePemOrDer(await File.ReadAllBytesAsync(path, RaOffice.Ct)).Encode();

    private static async Task RunAsync(params string[] arguments)
    {
        using var openssl = Process.Start(new ProcessStartInfo("/usr/bin/openssl", arguments) { RedirectStandardError = true })!;
        var error = await openssl.StandardError.ReadToEndAsync(RaOffice.Ct);
        await openssl.WaitForExitAsync(RaOffice.Ct);
        Assert.True(openssl.ExitCode == 0, error);
    }
}
