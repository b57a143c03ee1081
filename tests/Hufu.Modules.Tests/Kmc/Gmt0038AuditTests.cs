using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>GM/T 0038's audit of a key centre, over HTTP: the auditor reads records with their signatures verified, any combination of conditions, marks what has been reviewed, and archives what nobody changes unseen.</summary>
public sealed class Gmt0038AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gmt0038_the_auditor_verifies_each_record_marks_it_so_that_it_shows_and_searches_by_any_combination()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var site = await TestSite.StartAsync(routes => routes.MapHufu([place.Module], [place.Room.Context]));
        var began = place.Now;
        place.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        await site.PostAsync<ActRequest, KeyStores>("/api/kmc/refills", place.Act(staff.Operator, ActNames.KmcRefill, "store/spare", new KeyRefill(3)));
        Assert.Equal("role-missing", await site.RefusedAsync("/api/kmc/refills", place.Act(staff.Business, ActNames.KmcRefill, "store/spare", new KeyRefill(3))));
        place.Room.Clock.Advance(TimeSpan.FromMinutes(1));

        // Auditors and nobody else; the looking is a record itself.
        var all = new RecordQuery(Rooms.Kmc, 50, From: began, Act: ActNames.KmcRefill);
        Assert.Equal("role-missing", await site.RefusedAsync("/api/kmc/audit/records", Reading(staff.Operator, all)));
        var page = await ReadAsync(all);
        Assert.True(page.HeadHolds);
        Assert.Equal([RecordOutcome.Refused, RecordOutcome.Done], page.Records.Select(record => record.Outcome));
        var done = page.Records[1];
        Assert.Equal(
            (RecordCheck.Holds, RecordCheck.Holds, RecordCheck.Holds, RecordCheck.Holds), (done.Verification.Tree, done.Verification.Chain, done.Verification.Act, done.Verification.Signer));
        Assert.Empty(done.Verification.Words);
        Assert.Empty(done.Marks);

        // Time, operator, type and result, together.
        Assert.Equal(done.Sequence, Assert.Single((await ReadAsync(all with { Actor = done.Actor, Until = place.Now, Outcome = RecordOutcome.Done, Object = "store/spare" })).Records).Sequence);
        Assert.Empty((await ReadAsync(all with { Actor = done.Actor, Outcome = RecordOutcome.Refused })).Records);
        Assert.Empty((await ReadAsync(all with { From = null, Until = began })).Records);

        // Reviewed: it shows, and the record is what it was.
        Assert.Null(await site.RefusedAsync("/api/kmc/audit/marks", Marking(done)));
        var marked = (await ReadAsync(all)).Records.Single(record => record.Sequence == done.Sequence);
        Assert.Equal((MarkKind.Reviewed, done.Line), (Assert.Single(marked.Marks).Kind, marked.Line));
        Assert.Equal(done.Sequence, Assert.Single((await ReadAsync(all with { Marked = MarkKind.Reviewed })).Records).Sequence);

        ActRequest Marking(AuditRecord record) =>
            place.Act(staff.Auditor, ActNames.AuditRecordMark, "ledger/kmc", new RecordMarking(Rooms.Kmc, MarkKind.Reviewed, "", [new MarkedRecord(record.Sequence, record.Leaf)]));

        ActRequest Reading(TestPerson by, RecordQuery query) => place.Act(by, ActNames.AuditRecordsRead, "ledger/kmc", query);

        Task<RecordPage> ReadAsync(RecordQuery query) => site.PostAsync<ActRequest, RecordPage>("/api/kmc/audit/records", Reading(staff.Auditor, query));
    }

    [Fact]
    public async Task Gmt0038_audited_records_are_archived_and_a_change_of_the_archive_is_found()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var site = await TestSite.StartAsync(routes => routes.MapHufu([place.Module], [place.Room.Context]));
        var package = await site.PostAsync<ActRequest, ArchiveRow>("/api/kmc/archive/packages", place.Act(staff.Business, ActNames.ArchiveMake, "archive/ledger", new ArchiveMaking("ledger", "月度归档")));
        var folder = Path.Combine(place.Room.Context.DataDirectory, "archive", package.Id);
        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(folder).Verdict);
        var records = Directory.EnumerateFiles(folder, "*.jsonl", SearchOption.AllDirectories).First();
        var text = await File.ReadAllTextAsync(records, Cancel);
        await File.WriteAllTextAsync(records, text.Replace("kmc", "kmd", StringComparison.Ordinal), Cancel);
        Assert.Equal(ArchiveVerdict.Broken, ArchiveVerifier.Verify(folder).Verdict);
    }
}
