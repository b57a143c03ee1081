using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

public class LedgerTests : IDisposable
{
    private readonly RecordsPlace place;

    public LedgerTests()
        : this(Engine.Sqlite)
    {
    }

    protected LedgerTests(Engine engine) => place = new RecordsPlace(engine);

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose()
    {
        place.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_record_says_number_time_who_what_on_what_and_outcome()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        place.Clock.Advance(TimeSpan.FromSeconds(5));
        LedgerReceipt receipt = await ledger.AppendAsync(RecordsPlace.Plain(3), Ct);
        await ledger.ExportAsync(Ct);
        string[] lines = place.Lines();
        Assert.Equal(2, lines.Length);
        Assert.Equal(1, receipt.Sequence);
        Assert.Equal(Sm3.HashData([0, .. Encoding.UTF8.GetBytes(lines[1])]), receipt.Leaf);
        string previous = Convert.ToHexStringLower(Sm3.HashData([0, .. Encoding.UTF8.GetBytes(lines[0])]));
        Assert.Equal(
            $$$"""{"actor":"system","act":"test.note","object":"note/3","outcome":"refused","detail":{"number":3,"words":"记录"},"sequence":1,"previous":"{{{previous}}}","time":"2026-11-22T00:00:05.000Z"}""",
            lines[1]);
        JsonElement beginning = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(("ledger.begin", RecordsPlace.Room), (beginning.GetProperty("act").GetString(), beginning.GetProperty("object").GetString()));
        Assert.Equal(place.AuditKey.PublicKey.Encode(), beginning.GetProperty("detail").GetProperty("auditKey").GetBytesFromBase64());
    }

    [Fact]
    public async Task A_clock_that_goes_back_by_months_does_not_stop_the_ledger_nor_its_heads()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        place.Clock.Advance(TimeSpan.FromDays(100));
        await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        SignedHead ahead = await ledger.SignHeadAsync(Ct);
        for (int i = 2; i < 5; i++)
        {
            // A head is due once a day or each ten thousand records: what comes is due because the clock went back.
            place.Clock.Advance(TimeSpan.FromDays(-100));
            await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
            await UntilAsync(() => ledger.Head!.Size == ledger.Size);
            Assert.True(ledger.Head!.Time >= ahead.Time);
        }

        Assert.True(ledger.IsWritable);
    }

    [Fact]
    public async Task Numbers_have_no_gap_when_works_of_a_group_are_rolled_back()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        using var hold = new ManualResetEventSlim();
        Task first = database.WriteAsync(s => hold.Wait(Ct), Ct);
        Task<LedgerReceipt>[] works = [.. Enumerable.Range(0, 60).Select(i => database.WriteAsync(
            s =>
            {
                LedgerReceipt receipt = ledger.Append(s, i % 4 == 2 ? place.Signed(i) : RecordsPlace.Plain(i));
                ledger.Append(s, RecordsPlace.Plain(i + 1_000));
                return i % 3 == 0 ? throw new InvalidOperationException() : receipt;
            },
            Ct))];
        hold.Set();
        await first;
        foreach (Task work in works)
        {
            await work.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        Assert.Equal(20, works.Count(w => w.IsFaulted));
        SignedHead head = await ledger.SignHeadAsync(Ct);
        Assert.Equal(1 + 80 + 1, head.Size); // record 0, two records of forty works, one certificate
        Assert.Equal(Enumerable.Range(0, 82), place.Lines().Select(l => JsonDocument.Parse(l).RootElement.GetProperty("sequence").GetInt32()));
        LedgerReport report = LedgerVerifier.Verify(place.Audit, head);
        Assert.Equal((LedgerVerdict.Whole, 82L, 1L), (report.Verdict, report.Ledgers[0].Records, report.Ledgers[0].Certificates));
        Assert.Equal(works.Index().Count(w => !w.Item.IsFaulted && w.Index % 4 == 2), report.Ledgers[0].Acts);
    }

    [Fact]
    public async Task R24_An_act_whose_record_cannot_be_written_does_not_happen()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        await database.WriteAsync(s => s.Execute("CREATE TABLE test_deed (n BIGINT)"), Ct);
        await UntilAsync(() => ledger.Head is { Size: 1 }); // the keeper rests: its own write would otherwise fail in the same group
        await database.WriteAsync(s => s.Execute(place.OnPostgres ? "ALTER TABLE ledger_record ADD CONSTRAINT test_stop CHECK (sequence < 1) NOT VALID" : "CREATE TRIGGER test_stop BEFORE INSERT ON ledger_record BEGIN SELECT RAISE(ABORT, 'no room'); END"), Ct);
        await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_deed VALUES (1)");
                ledger.Append(s, RecordsPlace.Plain(1));
            },
            Ct));
        // A work that swallows the failure is rolled back all the same.
        await Assert.ThrowsAsync<DatabaseException>(() => database.WriteAsync(
            s =>
            {
                s.Execute("INSERT INTO test_deed VALUES (2)");
                try
                {
                    ledger.Append(s, place.Signed(1));
                }
                catch (DatabaseException)
                {
                }
            },
            Ct));
        Assert.Equal(0, await database.ReadAsync(s => s.Scalar<long>("SELECT count(*) FROM test_deed"), Ct));
        await database.WriteAsync(s => s.Execute(place.OnPostgres ? "ALTER TABLE ledger_record DROP CONSTRAINT test_stop" : "DROP TRIGGER test_stop"), Ct);
        Assert.Equal(2, (await ledger.AppendAsync(place.Signed(2), Ct)).Sequence); // the certificate of the act that did not happen goes in now
        await ledger.SignHeadAsync(Ct);
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
    }

    [Fact]
    public async Task R24_While_the_files_cannot_be_written_acts_are_refused_and_go_on_when_they_can()
    {
        var faults = new List<Exception>();
        var signer = new FailingSigner(place.AuditKey);
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Signer = signer, HeadEveryRecords = 1, OnFault = e => { lock (faults) { faults.Add(e); } } });
        await UntilAsync(() => ledger.Head is { Size: 1 });
        signer.Fails = true;
        await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        await UntilAsync(() => ledger.Fault is not null);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(RecordsPlace.Plain(2), Ct));
        Assert.Equal(LedgerError.NotWritable, refused.Error);
        signer.Fails = false;
        await UntilAsync(() => ledger.Fault is null);
        Assert.Equal(2, (await ledger.AppendAsync(RecordsPlace.Plain(3), Ct)).Sequence);
        Assert.NotEmpty(faults);
    }

    [Fact]
    public async Task Heads_are_signed_by_number_and_by_time()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { HeadEveryRecords = 50, HeadEvery = TimeSpan.FromMinutes(1) });
        await UntilAsync(() => ledger.Head is { Size: 1 });
        for (int i = 0; i < 49; i++)
        {
            await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
        }

        await ledger.ExportAsync(Ct);
        Assert.Equal(1, ledger.Head!.Size);
        await ledger.AppendAsync(RecordsPlace.Plain(49), Ct);
        await UntilAsync(() => ledger.Head.Size == 51);
        await ledger.AppendAsync(RecordsPlace.Plain(50), Ct);
        await UntilAsync(() =>
        {
            place.Clock.Advance(TimeSpan.FromSeconds(10));
            return ledger.Head.Size == 52;
        });
        Assert.True(ledger.Head.IsSignedBy(place.AuditKey.PublicKey));
        await UntilAsync(() => File.ReadAllLines(Path.Combine(place.Audit, "heads.jsonl"))[^1] == ledger.Head.ToJson()); // the file follows the head
        Assert.True(SignedHead.TryParse(ledger.Head.ToJson(), out SignedHead? read));
        Assert.True(read.IsSignedBy(place.AuditKey.PublicKey));
        Assert.False((read with { Size = 53 }).IsSignedBy(place.AuditKey.PublicKey));
        Assert.False(SignedHead.TryParse(ledger.Head.ToJson() + " ", out _));
        Assert.False(SignedHead.TryParse("[]", out _));
    }

    [Fact]
    public async Task A_ledger_opened_again_goes_on_where_it_ended()
    {
        await using Database database = await place.OpenDatabaseAsync();
        SignedHead early;
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            for (int i = 0; i < 300; i++)
            {
                await ledger.AppendAsync(i % 50 == 0 ? place.Signed(i) : RecordsPlace.Plain(i), Ct);
            }

            early = await ledger.SignHeadAsync(Ct);
        }

        await using Ledger again = await place.OpenLedgerAsync(database);
        Assert.Equal(302, again.Size);
        Assert.Equal(early.ToJson(), again.Head!.ToJson());
        Assert.Equal(302, (await again.AppendAsync(place.Signed(1), Ct)).Sequence); // its certificate is known from before
        SignedHead late = await again.SignHeadAsync(Ct);
        LedgerReport report = LedgerVerifier.Verify(place.Audit, early);
        Assert.Equal((LedgerVerdict.Whole, 303L), (report.Verdict, report.Ledgers[0].Records));
        ConsistencyProof grown = await again.ProveConsistencyAsync(early.Size, late.Size, Ct);
        Assert.True(grown.Holds(Convert.FromHexString(early.Root), Convert.FromHexString(late.Root)));
        (InclusionProof proof, SignedHead head) = await again.ProveAsync(17, Ct);
        Assert.True(proof.Leads(Convert.FromHexString(head.Root)));
        Assert.Equal(Sm3.HashData([0, .. Encoding.UTF8.GetBytes(place.Lines()[17])]), proof.Leaf);
    }

    [Fact]
    public async Task Another_key_another_name_and_a_changed_database_are_refused_at_opening()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        }

        using Sm2KeyPair other = Sm2KeyPair.Generate();
        Assert.Equal(LedgerError.AnotherLedger, (await Assert.ThrowsAsync<LedgerException>(() => place.OpenLedgerAsync(database, o => o with { Signer = other }))).Error);
        Assert.Equal(LedgerError.AnotherLedger, (await Assert.ThrowsAsync<LedgerException>(() => place.OpenLedgerAsync(database, o => o with { Origin = "ra" }))).Error);
        byte[] line = (await database.ReadAsync(s => s.QueryFirst<byte[]>("SELECT line FROM ledger_record WHERE sequence = 1"), Ct))!;
        await database.WriteAsync(s => s.Execute("UPDATE ledger_record SET line = @line WHERE sequence = 1", new { line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line).Replace("note/1", "note/2", StringComparison.Ordinal)) }), Ct);
        Assert.Equal(LedgerError.Broken, (await Assert.ThrowsAsync<LedgerException>(() => place.OpenLedgerAsync(database))).Error);
    }

    [Fact]
    public async Task Time_in_the_log_never_goes_back_and_a_clock_that_does_is_on_record()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        DateTimeOffset before = place.Clock.GetUtcNow();
        place.Clock.Set(before.AddHours(-1));
        LedgerReceipt receipt = await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        Assert.Equal(before, receipt.Time);
        await ledger.SignHeadAsync(Ct);
        Assert.Contains("\"clock\":\"2026-11-21T23:00:00.000Z\"", place.Lines()[1], StringComparison.Ordinal);
        LedgerReport report = LedgerVerifier.Verify(place.Audit, since: null);
        Assert.Equal((LedgerVerdict.Whole, 1L), (report.Verdict, report.Ledgers[0].ClockStepsBack));
    }

    [Fact]
    public async Task Records_out_of_bounds_are_refused_and_leave_no_gap()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        LedgerRecord good = RecordsPlace.Plain(1);
        var deep = new JsonObject();
        for (int i = 0; i < 12; i++)
        {
            deep = new JsonObject { ["in"] = deep };
        }

        LedgerRecord[] bad =
        [
            good with { Actor = "" }, good with { Act = new string('a', 129) }, good with { Object = new string('字', 171) }, good with { Outcome = (LedgerOutcome)9 },
            good with { Detail = new JsonObject { ["x"] = new string('x', 70_000) } }, good with { Detail = deep },
            good with { Statement = "x" }, good with { Signature = [1] }, good with { Certificate = [1] },
            good with { Outcome = LedgerOutcome.Done, Statement = "x", Signature = [1] },
        ];
        foreach (LedgerRecord record in bad)
        {
            Assert.Equal(LedgerError.BadRecord, (await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(record, Ct))).Error);
        }

        Assert.Equal(1, (await ledger.AppendAsync(good with { Actor = "一\n\"二\u2028\ud800", Detail = null }, Ct)).Sequence);
        await ledger.SignHeadAsync(Ct);
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
    }

    [Fact]
    public async Task R26_Records_are_found_by_any_combination_of_time_actor_act_object_and_outcome_in_pages()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        for (int i = 0; i < 100; i++)
        {
            place.Clock.Advance(TimeSpan.FromMinutes(1));
            await ledger.AppendAsync(RecordsPlace.Plain(i) with { Actor = i % 2 == 0 ? "甲" : "乙" }, Ct);
        }

        async Task<IEnumerable<long>> Find(LedgerFilter filter) => [.. (await ledger.SearchAsync(filter, Ct)).Select(e => e.Sequence)];
        Assert.Equal(new long[] { 100, 99, 98 }, await Find(new LedgerFilter { Limit = 3 }));
        Assert.Equal(new long[] { 97, 96 }, await Find(new LedgerFilter { Below = 98, Limit = 2 }));
        Assert.Equal(new long[] { 11 }, await Find(new LedgerFilter { Object = "note/10" }));
        DateTimeOffset start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new long[] { 12, 11, 10 }, await Find(new LedgerFilter { From = start.AddMinutes(10), Until = start.AddMinutes(13) }));
        Assert.Equal(
            Enumerable.Range(0, 100).Where(i => i % 7 == 3 && i % 2 == 0 && i + 1 < 60).Reverse().Select(i => i + 1L),
            await Find(new LedgerFilter { Actor = "甲", Act = "test.note", Outcome = LedgerOutcome.Refused, Until = start.AddMinutes(60) }));
        Assert.Empty(await Find(new LedgerFilter { From = start.AddDays(1) }));
        Assert.Contains(",\"sequence\":11,\"previous\":", (await ledger.SearchAsync(new LedgerFilter { Object = "note/10" }, Ct))[0].Line, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ledger.SearchAsync(new LedgerFilter { Limit = 1_001 }, Ct));
    }

    [Fact]
    public async Task The_audit_certificate_is_laid_beside_the_files_when_it_is_for_the_audit_key()
    {
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database);
        Assert.Equal(LedgerError.BadRecord, (await Assert.ThrowsAsync<LedgerException>(() => ledger.InstallCertificateAsync(place.PersonCertificate, Ct))).Error);
        Assert.Equal(LedgerError.BadRecord, (await Assert.ThrowsAsync<LedgerException>(() => ledger.InstallCertificateAsync(new byte[] { 1, 2 }, Ct))).Error);
        byte[] certificate = place.Certify(place.AuditKey);
        await ledger.InstallCertificateAsync(certificate, Ct);
        Assert.Equal(certificate, File.ReadAllBytes(Path.Combine(place.Audit, "head-signer.cer")));
        Assert.Equal(2, ledger.Size);
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 6_000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(10, Ct);
        }

        Assert.Fail("It did not come to it within a minute.");
    }

    private sealed class FailingSigner(ISigner inner) : ISigner
    {
        internal volatile bool Fails;

        public SubjectPublicKeyInfo PublicKey => inner.PublicKey;

        public AlgorithmIdentifier Algorithm => inner.Algorithm;

        public byte[] Sign(ReadOnlySpan<byte> data) => Fails ? throw new IOException("the device is away") : inner.Sign(data);
    }
}
