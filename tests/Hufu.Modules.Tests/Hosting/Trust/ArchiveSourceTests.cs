using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Modules.Tests.Ca;
using Hufu.Modules.Tests.Ra;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>What the CA and the RA give to their archives: certificates, CRLs, data and papers of ended applications.</summary>
public sealed class ArchiveSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.2.3-a")]
    public async Task Every_certificate_is_in_exactly_one_package()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var site = await TestSite.StartAsync(routes => routes.MapHufu([ca.Module], [ca.Room.Context]));

        Task<ArchiveRow> MakeAsync() => site.PostAsync<ActRequest, ArchiveRow>("/api/ca/archive/packages", Making(ca, "certificates"));

        // What came in the last minutes waits.
        Assert.Equal("state-wrong", await site.RefusedAsync("/api/ca/archive/packages", Making(ca, "certificates")));
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(11));
        var first = await MakeAsync();
        var files = Files(ca.Room, first.Id);
        var issued = await ca.Room.Context.Database.ReadAsync(session => session.Query<byte[]>("SELECT der FROM ca_certificates ORDER BY issued_at, issuer, serial LIMIT 1000"), Ct);
        var archived = Certificates(await File.ReadAllTextAsync(Path.Combine(files, "certificates", "0001.pem"), Ct));
        Assert.Equal(issued.Select(Convert.ToHexStringLower), archived.Select(certificate => Convert.ToHexStringLower(certificate.Encode())));
        var index = await File.ReadAllLinesAsync(Path.Combine(files, "index.jsonl"), Ct);
        Assert.Equal(archived.Select(certificate => certificate.SerialHex), index.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("serial").GetString()));
        Assert.Equal(archived.Select(certificate => ActStatement.Digest(certificate.Encode())), index.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sm3").GetString()));
        // Ten years after the end of the last of them (6.6.1.5-b).
        Assert.True(first.KeptUntil >= archived.Max(certificate => certificate.NotAfter).AddYears(10).AddSeconds(-1));
        Assert.Equal("state-wrong", await site.RefusedAsync("/api/ca/archive/packages", Making(ca, "certificates")));

        using var operators = new TestPerson("郑操作");
        await ca.AppointAsync(ca.Administrator, Roles.Operator, operators);
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(11));
        var second = await MakeAsync();
        var later = Assert.Single(Certificates(await File.ReadAllTextAsync(Path.Combine(Files(ca.Room, second.Id), "certificates", "0001.pem"), Ct)));
        Assert.Equal(operators.Certificate!.Encode(), later.Encode());
        foreach (var id in new[] { first.Id, second.Id })
        {
            var report = ArchiveVerifier.Verify(Path.Combine(ca.Room.Context.DataDirectory, "archive", id));
            Assert.True(report.Verdict == ArchiveVerdict.Whole, string.Join(" ", report.Findings));
        }
    }

    [Fact]
    [Clause("6.6.1.5-a")]
    public async Task Every_CRL_is_in_one_package_as_it_was_signed()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var site = await TestSite.StartAsync(routes => routes.MapHufu([ca.Module], [ca.Room.Context]));
        foreach (var name in new[] { "operational", "root", "operational" })
        {
            ca.Room.Clock.Advance(TimeSpan.FromMinutes(1));
            await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, $"ca/{name}", new CrlRequest(name)));
        }

        ca.Room.Clock.Advance(TimeSpan.FromMinutes(11));
        var made = await site.PostAsync<ActRequest, ArchiveRow>("/api/ca/archive/packages", Making(ca, "crls"));
        var files = Files(ca.Room, made.Id);
        var lines = (await File.ReadAllLinesAsync(Path.Combine(files, "crls.jsonl"), Ct)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(await ca.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM ca_crls"), Ct), lines.Count);
        Assert.True(lines.Count >= 3);
        foreach (var line in lines)
        {
            var der = await File.ReadAllBytesAsync(Path.Combine(files, line.GetProperty("file").GetString()!), Ct);
            Assert.Equal(line.GetProperty("sm3").GetString(), ActStatement.Digest(der));
            Assert.Equal(line.GetProperty("entries").GetInt64(), CertificateRevocationList.Decode(der).Entries.LongCount());
        }

        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(Path.Combine(ca.Room.Context.DataDirectory, "archive", made.Id)).Verdict);

        // A list whose file was deleted by policy is told of, not left out.
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/operational", new CrlRequest("operational")));
        var newest = await ca.Room.Context.Database.WriteAsync(session => session.QueryFirst<string>("UPDATE ca_crls SET file = NULL WHERE number = (SELECT max(number) FROM ca_crls WHERE issuer = 'operational') AND issuer = 'operational' RETURNING digest"), Ct);
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(11));
        var more = await site.PostAsync<ActRequest, ArchiveRow>("/api/ca/archive/packages", Making(ca, "crls"));
        var told = (await File.ReadAllLinesAsync(Path.Combine(Files(ca.Room, more.Id), "crls.jsonl"), Ct)).Select(line => JsonDocument.Parse(line).RootElement).Single(line => line.GetProperty("sm3").GetString() == newest);
        Assert.Equal(JsonValueKind.Null, told.GetProperty("file").ValueKind);
    }

    [Fact]
    [Clause("6.6.1.5-a")]
    [Clause("6.6.1.5-c")]
    public async Task Data_and_papers_of_ended_applications_are_archived_sealed_and_read_by_right()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        using var other = new Applicant();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var auditor = await office.InRoleAsync(Roles.Auditor, "冯审计");

        ActRequest Making() => administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/evidence", new ArchiveMaking("evidence", "月度归档"), office.Clock.GetUtcNow());

        var (accepted, pair) = await office.AcceptedAsync(applicant);
        var open = await office.SubmitAsync(other);
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        var made = await office.Site.PostAsync<ActRequest, ArchiveRow>("/api/ra/archive/packages", Making());
        var folder = Path.Combine(office.Context.DataDirectory, "archive", made.Id);
        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(folder).Verdict);
        // Only what has ended, and nothing readable without the room's device.
        Assert.Equal([accepted.Id.ToLowerInvariant()], Directory.EnumerateDirectories(Path.Combine(folder, "files")).Select(Path.GetFileName));
        Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Applicant.AgentIdentityNumber))));
        Assert.True(made.KeptUntil >= Certificate.Decode(pair.SigningCertificate).NotAfter.AddYears(10).AddSeconds(-1));

        async Task<byte[]> ReadAsync(string file)
        {
            using var response = await office.Site.PostAsync($"/api/ra/archive/packages/{made.Id}/reading", auditor.Act(Rooms.Ra, ActNames.ArchiveRead, $"package/{made.Id}", new ArchiveRetrieval(file, "核查"), office.Clock.GetUtcNow()));
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
            return await response.Content.ReadAsByteArrayAsync(Ct);
        }

        var application = JsonDocument.Parse(await ReadAsync($"{accepted.Id.ToLowerInvariant()}/application.json")).RootElement;
        Assert.Equal(Applicant.AgentIdentityNumber, application.GetProperty("fields").GetProperty("agentIdentityNumber").GetString());
        Assert.Equal(["decision", "entry"], application.GetProperty("acts").EnumerateArray().Select(act => act.GetProperty("step").GetString()).Order(StringComparer.Ordinal));
        foreach (var act in application.GetProperty("acts").EnumerateArray())
        {
            // What was signed can be checked from the package alone.
            var certificate = Certificate.Decode(act.GetProperty("certificate").GetBytesFromBase64());
            Assert.True(new SignedAct(act.GetProperty("statement").GetString()!, act.GetProperty("signature").GetBytesFromBase64()).Verify(certificate.PublicKey));
            Assert.True(ActStatement.TryParse(act.GetProperty("statement").GetString()!, out var statement));
            Assert.Equal(ActStatement.Digest(Encoding.UTF8.GetBytes(act.GetProperty("payload").GetString()!)), statement.PayloadDigest);
        }

        var paper = application.GetProperty("papers")[0].GetProperty("digest").GetString()!;
        Assert.Equal(RaOffice.Pdf, await ReadAsync($"{accepted.Id.ToLowerInvariant()}/papers/{paper}"));

        Assert.Equal("state-wrong", await office.Site.RefusedAsync("/api/ra/archive/packages", Making()));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(open)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(open, office.Decision(open, RaOffice.Rejection("资料不符")))));
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        var next = await office.Site.PostAsync<ActRequest, ArchiveRow>("/api/ra/archive/packages", Making());
        Assert.Equal([open.Id.ToLowerInvariant()], Directory.EnumerateDirectories(Path.Combine(office.Context.DataDirectory, "archive", next.Id, "files")).Select(Path.GetFileName));
    }

    [Fact]
    [Clause("6.6.1.5-a")]
    public async Task Every_class_of_the_policy_has_a_source_in_some_room()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var site = await TestSite.StartAsync(routes => routes.MapHufu([ca.Module], [ca.Room.Context]));
        await using var office = await RaOffice.OpenAsync();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        var inCa = await site.PostAsync<ActRequest, ArchiveList>("/api/ca/archive/reading", ca.Act(ca.Administrator, ActNames.ArchiveListRead, "archive/all", new ArchiveQuery(10)));
        var inRa = await office.Site.PostAsync<ActRequest, ArchiveList>("/api/ra/archive/reading", administrator.Act(Rooms.Ra, ActNames.ArchiveListRead, "archive/all", new ArchiveQuery(10), office.Clock.GetUtcNow()));
        Assert.Equal(SourceTree.Policy.Archive.Keys.Order(StringComparer.Ordinal), inCa.Classes.Concat(inRa.Classes).Select(row => row.Id).Distinct().Order(StringComparer.Ordinal));
    }

    private static ActRequest Making(BornCa ca, string @class) => ca.Act(ca.Administrator, ActNames.ArchiveMake, $"archive/{@class}", new ArchiveMaking(@class, "月度归档"));

    private static string Files(TestRoom room, string id) => Path.Combine(room.Context.DataDirectory, "archive", id, "files");

    private static List<Certificate> Certificates(string pem) =>
        [.. pem.Split("-----BEGIN CERTIFICATE-----", StringSplitOptions.RemoveEmptyEntries).Select(part => Certificate.Decode(Convert.FromBase64String(part.Split("-----END")[0].ReplaceLineEndings(""))))];
}
