using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>6.6.2.1-b: where CA or RA made the pair in the holder's hardware, it came safely, and who handed what to whom, in which module and pack, is on record with the signed receipt.</summary>
public sealed class HandOverTests
{
    private static readonly byte[] Scan = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj << /Type /Catalog /Receipt true >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");

    [Fact]
    [Clause("6.2.4.1-a")]
    public async Task A_medium_is_handed_over_with_number_kind_pack_and_receipt_and_all_of_it_is_kept()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson auditor = await office.InRoleAsync(Roles.Auditor, "钱审计"), administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using Applicant applicant = new(), other = new();
        var (filed, _) = await office.IssuedAsync(applicant);
        var serial = (await office.StatusAsync(filed)).SigningSerial!;
        var digest = ActStatement.Digest(Scan);
        var handed = new HandOver("赵经办", "身份证原件", digest, "UK-0001", new MediumTravel(MediumKind.UsbKey, MediumWay.PackWhole, "封-20261122-07"));

        // Number and way belong together, the kind is one that the form allows, and a pack that was opened goes to nobody.
        Assert.Equal("field-missing", await RefusedAsync(handed with { Travel = null }));
        Assert.Equal("field-missing", await RefusedAsync(handed with { Medium = null }));
        Assert.Equal("field-missing", await RefusedAsync(handed with { Travel = handed.Travel! with { Pack = null } }));
        Assert.Equal("field-missing", await RefusedAsync(handed with { Travel = handed.Travel! with { Way = MediumWay.InSight } }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Medium = " " }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Medium = new string('1', 65) }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Travel = handed.Travel! with { Pack = "" } }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Travel = handed.Travel! with { Way = MediumWay.PackBroken } }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Travel = handed.Travel! with { Kind = MediumKind.ServerModule } }));
        Assert.Equal("field-invalid", await RefusedAsync(handed with { Receipt = digest.ToUpperInvariant() }));
        Assert.Equal("unknown-object", await PutAsync(filed.Id, digest, Scan));
        Assert.Equal("Issued", await office.StateAsync(filed));
        Assert.Equal([MediumKind.UsbKey, MediumKind.SmartCard], office.Context.Policy.Forms["organisation"].Media);
        Assert.Equal([MediumKind.ServerModule], office.Context.Policy.Forms["server"].Media);
        Assert.Empty(office.Context.Policy.Forms["operated-device"].Media);

        await office.Site.PostAsync<ActRequest, FetchedPair>(Path(), Act(handed));
        var clerk = await office.ReadAsync(session => office.Context.Staff.List(session).Single(one => one.Name == "李录入").PersonId);
        var record = await RecordAsync();
        Assert.Equal(
            new DeliveryRecord(
                filed.Id, ApplicationState.Accepted, serial, office.Clock.GetUtcNow(), office.Clock.GetUtcNow(), clerk, "赵经办; 身份证原件", "UK-0001", new MediumTravel(MediumKind.UsbKey, MediumWay.PackWhole, "封-20261122-07"), digest, false, null, 1),
            record);
        var line = Assert.Single(await office.LedgerAsync(), one => one.GetProperty("act").GetString() == ActNames.RaPairHandOver && one.GetProperty("outcome").GetString() == "done").GetProperty("detail");
        Assert.Equal(("UK-0001", "UsbKey", "封-20261122-07", digest), (line.GetProperty("medium").GetString(), line.GetProperty("kind").GetString(), line.GetProperty("pack").GetString(), line.GetProperty("receipt").GetString()));

        // The archive has it already; the scan comes later, exactly the one that was signed for, and the archive takes the application again with it.
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await PackAsync();
        Assert.Equal("unknown-object", await PutAsync(filed.Id, ActStatement.Digest(RaOffice.Pdf), RaOffice.Pdf));
        Assert.Equal("unknown-object", await PutAsync((await office.SubmitAsync(other)).Id, digest, Scan));
        Assert.Equal("statement-mismatch", await PutAsync(filed.Id, digest, RaOffice.Pdf));
        Assert.False((await RecordAsync()).ReceiptFiled);
        Assert.Null(await PutAsync(filed.Id, digest, Scan));
        Assert.Null(await PutAsync(filed.Id, digest, Scan));
        Assert.True((await RecordAsync()).ReceiptFiled);
        Assert.Equal(Scan, await office.Context.Evidence.GetAsync(digest, RaOffice.Ct));
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        var package = await PackAsync();
        var folder = System.IO.Path.Combine(office.Context.DataDirectory, "archive", package.Id);
        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(folder).Verdict);
        using var looks = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks", filed.Token);
        Assert.Contains(JsonSerializer.Deserialize<DataLooks>(await looks.Content.ReadAsStringAsync(RaOffice.Ct), ContractJson.Options)!.Looks, look => look is { Role: Roles.Auditor, Purpose: "复查交付" });

        string Path() => $"/api/ra/applications/{filed.Id}/hand-over";

        ActRequest Act(HandOver what) => office.Clerk.Act(Rooms.Ra, ActNames.RaPairHandOver, $"application/{filed.Id}", what, office.Clock.GetUtcNow(), $"issued/{serial}");

        Task<string?> RefusedAsync(HandOver what) => office.Site.RefusedAsync(Path(), Act(what));

        Task<DeliveryRecord> RecordAsync() => office.Site.PostAsync<ActRequest, DeliveryRecord>(
            $"/api/ra/applications/{filed.Id}/delivery/reading", auditor.Act(Rooms.Ra, ActNames.RaDeliveriesRead, $"application/{filed.Id}", new ReadingPurpose("复查交付"), office.Clock.GetUtcNow()));

        Task<ArchiveRow> PackAsync() => office.Site.PostAsync<ActRequest, ArchiveRow>(
            "/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/evidence", new ArchiveMaking("evidence", "月度归档"), office.Clock.GetUtcNow()));

        async Task<string?> PutAsync(string id, string named, byte[] content)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/ra/applications/{id}/receipts/{named}") { Content = new ByteArrayContent(content) };
            return await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
        }
    }

    [Fact]
    public async Task What_the_holder_fetched_says_so_and_nothing_is_on_record_before_issue()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), early = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var record = await office.Site.PostAsync<ActRequest, DeliveryRecord>(Path(filed), Reading(filed));
        Assert.Equal((RaOffice.SerialOf(pair), ApplicationState.Accepted), (record.SigningSerial, record.State));
        Assert.Equal((null, null, null, null, null), (record.HandedOverAt, record.HandedOverBy, record.ReceivedBy, record.Medium, record.Travel));
        Assert.NotNull(record.ConfirmedAt);
        var draft = await office.DraftAsync(early);
        Assert.Equal("unknown-object", await office.Site.RefusedAsync(Path(draft), Reading(draft)));
        Assert.Equal("field-invalid", await office.Site.RefusedAsync(
            Path(filed), office.Clerk.Act(Rooms.Ra, ActNames.RaDeliveriesRead, $"application/{filed.Id}", new ReadingPurpose(" "), office.Clock.GetUtcNow())));

        static string Path(Filed what) => $"/api/ra/applications/{what.Id}/delivery/reading";

        ActRequest Reading(Filed what) => office.Clerk.Act(Rooms.Ra, ActNames.RaDeliveriesRead, $"application/{what.Id}", new ReadingPurpose("答复持有者"), office.Clock.GetUtcNow());
    }
}
