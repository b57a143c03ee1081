using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Applications and everything that is wrong with them: each a coded refusal in words that names the field, and not a row or file left behind (R27).</summary>
public sealed class ApplicationTests
{
    public static TheoryData<string, string, string> BadFields => new()
    {
        { "creditCode", "91110108MA01HF2610", "checksum-wrong" },
        { "creditCode", "99990108MA01HF261H", "checksum-wrong" },
        { "agentIdentityNumber", "110101199003076633", "checksum-wrong" },
        { "organisationName", new string('长', 65), "name-too-long" },
        { "organisationName", "", "field-missing" },
        { "organisationName", " 空格", "field-invalid" },
        { "organisationName", "两\n行", "field-invalid" },
        { "agentEmail", "agent@unit", "field-invalid" },
        { "agentPhone", "12", "field-invalid" },
        { "colour", "red", "field-invalid" },
    };

    [Theory]
    [Clause("6.2.1.3-a")]
    [Clause("6.1.3.2-g")]
    [MemberData(nameof(BadFields))]
    public async Task R27_a_wrong_field_is_named_and_nothing_stays_behind(string field, string value, string code)
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var fields = Applicant.Fields();
        fields[field] = value;
        await RefusedAsync(office, applicant.Application() with { Fields = fields }, code, field);
        Assert.Empty((await office.ApplyAsync(applicant.Application())).AccessToken[32..]);
    }

    [Fact]
    [Clause("6.1.3.2-a")]
    public async Task R27_a_request_that_proves_no_possession_says_why()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var good = applicant.Application();
        Assert.Contains("does not verify", await RefusedAsync(office, good with { Request = Applicant.RequestBy(BadSigner.OtherKey()) }, "possession-not-proven", "request"), StringComparison.Ordinal);
        Assert.Contains("without Z", await RefusedAsync(office, good with { Request = Applicant.RequestBy(BadSigner.WithoutZ()) }, "possession-not-proven", "request"), StringComparison.Ordinal);
        Assert.Contains("empty user id", await RefusedAsync(office, good with { Request = Applicant.RequestBy(BadSigner.EmptyId()) }, "possession-not-proven", "request"), StringComparison.Ordinal);

        // Broken DER: cut off, lengthened, another structure, nothing, and every single byte turned over.
        foreach (var broken in new[] { good.Request[..^1], [.. good.Request, 0], office.Clerk.Certificate!.Encode(), [], [0x30, 0x80], new byte[20_000] })
        {
            await RefusedAsync(office, good with { Request = broken }, null, "request");
        }

        for (var i = 0; i < good.Request.Length; i += 7)
        {
            var turned = good.Request.ToArray();
            turned[i] ^= 0x21;
            await RefusedAsync(office, good with { Request = turned }, null, "request");
        }
    }

    [Fact]
    [Clause("7.2.6-a")]
    [Clause("6.2.1.3-b")]
    public async Task R27_agreement_phrase_profile_and_json_are_refused_in_words()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var good = applicant.Application();
        await RefusedAsync(office, good with { AgreementAccepted = false }, "agreement-missing", "agreementVersion");
        await RefusedAsync(office, good with { AgreementVersion = "0.9" }, "agreement-missing", "agreementVersion");
        await RefusedAsync(office, good with { ChallengePhrase = "short" }, "field-invalid", "challengePhrase");
        await RefusedAsync(office, good with { ChallengePhrase = new string('长', 65) }, "field-invalid", "challengePhrase");
        await RefusedAsync(office, good with { ChallengePhrase = new string(' ', 12) }, "field-invalid", "challengePhrase");
        await RefusedAsync(office, good with { Profile = "emperor" }, "profile-unknown", "profile");
        await RefusedAsync(office, good with { Profile = "operational-ca" }, "profile-unknown", "profile");
        await RefusedAsync(office, good with { Profile = "administrator" }, "profile-unknown", "profile");

        var json = JsonSerializer.SerializeToNode(good, ContractJson.Options)!.AsObject();
        var more = json.DeepClone().AsObject();
        more["priority"] = "high";
        await RefusedJsonAsync(office, more.ToJsonString());
        var less = json.DeepClone().AsObject();
        less.Remove("request");
        await RefusedJsonAsync(office, less.ToJsonString());
        var none = json.DeepClone().AsObject();
        none["fields"]!["organisationName"] = null;
        var before = await office.LeftAsync();
        Assert.Equal("field-missing", await RaOffice.CodeOf(await PostJsonAsync(office, none.ToJsonString())));
        Assert.Equal(before, await office.LeftAsync());

        // What was agreed to is on record: version, time, and in the ledger with the data's digest.
        var created = await office.ApplyAsync(good);
        Assert.Equal(["licence", "authorisation"], created.EvidenceMissing);
        var (version, at) = await office.ReadAsync(session => (
            session.Scalar<string>("SELECT agreement_version FROM ra_applications"), session.Scalar<long>("SELECT agreement_at FROM ra_applications")));
        Assert.Equal(("1.0", office.Clock.GetUtcNow().ToUnixTimeMilliseconds()), (version, at));
        var record = (await office.LedgerAsync()).Single(line => line.GetProperty("act").GetString() == "ra.application.create");
        Assert.Equal("1.0", record.GetProperty("detail").GetProperty("agreement").GetString());
        Assert.Equal(ApplicationData.Digest(good.Profile, good.Fields, good.Request), record.GetProperty("detail").GetProperty("data").GetString());
    }

    [Fact]
    public async Task R16_a_key_that_another_application_carries_is_refused()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        await office.DraftAsync(applicant);
        var fields = Applicant.Fields();
        fields["organisationName"] = "另一家公司";
        await RefusedAsync(office, applicant.Application() with { Fields = fields }, "key-reused", "request");
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            using var other = new Applicant();
            var application = other.Application();
            return (await Task.WhenAll(PostAsync(office, application), PostAsync(office, application))).Count(code => code is null);
        }));
        Assert.Equal([1, 1], both);

        static async Task<string?> PostAsync(RaOffice office, NewApplication application) => await RaOffice.CodeOf(await office.Site.PostAsync("/api/ra/applications", application));
    }

    [Fact]
    [Clause("7.2.4-a")]
    public async Task Only_the_access_token_shows_an_application()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        using var other = new Applicant();
        var filed = await office.DraftAsync(applicant);
        var wrong = (await office.DraftAsync(other)).Token;
        var before = await office.LeftAsync();
        foreach (var token in new[] { wrong, "", new string('0', 32), filed.Token + "0", new string('x', 5000) })
        {
            Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}", token)));
            Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", RaOffice.Pdf, token)));
            Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.SubmitAsync(filed, token)));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await office.SendAsync(HttpMethod.Get, "/api/ra/applications/A2026112299999999", filed.Token)).StatusCode);
        Assert.Equal(before, await office.LeftAsync());
        Assert.Equal(ApplicationState.Draft, (await office.StatusAsync(filed)).State);
    }

    [Fact]
    [Clause("6.1.3.2-b")]
    [Clause("6.2.1.3-b")]
    public async Task R27_papers_are_taken_by_content_and_size_or_refused_whole()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.DraftAsync(applicant);
        var before = await office.LeftAsync();
        Assert.Equal("evidence-unreadable", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", "<html>%PDF-1.7</html>"u8.ToArray())));
        Assert.Equal("evidence-unreadable", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", RaOffice.Pdf[..20])));
        Assert.Equal("evidence-unreadable", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", [])));
        Assert.Equal("field-invalid", await RaOffice.CodeOf(await office.PutAsync(filed, "selfie", RaOffice.Pdf)));
        var large = new byte[(10 << 20) + 1];
        "%PDF-1.7"u8.CopyTo(large);
        Assert.Equal("too-large", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", large)));
        Assert.Equal(before, await office.LeftAsync());

        Assert.Null(await RaOffice.CodeOf(await office.PutAsync(filed, "licence", RaOffice.Pdf)));
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal("Draft", await office.StateAsync(filed));
        Assert.Null(await RaOffice.CodeOf(await office.PutAsync(filed, "authorisation", RaOffice.Pdf)));
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", RaOffice.Pdf)));

        // Kept whole, under the digest that the application names.
        var digest = await office.ReadAsync(session => session.Scalar<string>("SELECT digest FROM ra_evidence WHERE kind = 'licence'"));
        Assert.Equal(RaOffice.Pdf, await office.Context.Evidence.GetAsync(digest, RaOffice.Ct));
    }

    [Fact]
    [Clause("6.2.2.3-a")]
    public async Task The_clock_of_48_hours_runs_from_submission_and_health_tells_when_it_is_over()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var draft = await office.DraftAsync(applicant);
        office.Clock.Advance(TimeSpan.FromHours(20));
        await office.PutAsync(draft, "licence", RaOffice.Pdf);
        await office.PutAsync(draft, "authorisation", RaOffice.Pdf);
        await office.SubmitAsync(draft);
        Assert.Equal(office.Clock.GetUtcNow().AddHours(48), (await office.StatusAsync(draft)).Due);
        office.Clock.Advance(TimeSpan.FromHours(48));
        Assert.Equal(HttpStatusCode.OK, (await office.Site.Client.GetAsync("/health", RaOffice.Ct)).StatusCode);
        office.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await office.Site.Client.GetAsync("/health", RaOffice.Ct)).StatusCode);
    }

    [Fact]
    public async Task What_can_be_applied_for_and_the_agreement_are_public()
    {
        await using var office = await RaOffice.OpenAsync();
        var types = await office.Site.Client.GetFromJsonAsync<List<CertificateType>>("/api/ra/types", ContractJson.Options, RaOffice.Ct);
        Assert.Equal(["code-signing", "employee", "ipsec-vpn", "operated-device", "organisation", "person", "person-trial", "representative", "server", "server-identity"], types!.Select(type => type.Profile));
        Assert.All(types!, type => Assert.True(type.Fields.Count > 0 && type.Evidence.Count > 0 && type.Checks.Count >= 2));
        var agreement = await office.Site.Client.GetFromJsonAsync<Agreement>("/api/ra/agreement", ContractJson.Options, RaOffice.Ct);
        Assert.Equal(ActStatement.Digest(Encoding.UTF8.GetBytes(agreement!.Text)), agreement.Digest);
    }

    private static async Task<string> RefusedAsync(RaOffice office, NewApplication application, string? code, string field)
    {
        var before = await office.LeftAsync();
        using var response = await office.Site.PostAsync("/api/ra/applications", application);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(RaOffice.Ct))!;
        Assert.False(response.IsSuccessStatusCode);
        Assert.NotEqual("fault", (string?)problem["code"]);
        Assert.Equal(code ?? (string?)problem["code"], (string?)problem["code"]);
        Assert.Equal(field, (string?)problem["field"]);
        Assert.NotEmpty((string?)problem["title"] ?? "");
        Assert.NotEmpty((string?)problem["next"]!["zh"] ?? "");
        Assert.Equal(before, await office.LeftAsync());
        return (string)problem["detail"]!;
    }

    private static async Task RefusedJsonAsync(RaOffice office, string json)
    {
        var before = await office.LeftAsync();
        Assert.Equal("malformed", await RaOffice.CodeOf(await PostJsonAsync(office, json)));
        Assert.Equal(before, await office.LeftAsync());
    }

    private static async Task<HttpResponseMessage> PostJsonAsync(RaOffice office, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await office.Site.Client.PostAsync(new Uri("/api/ra/applications", UriKind.Relative), content, RaOffice.Ct);
    }
}
