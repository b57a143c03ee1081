using Hufu.Contracts;
using Hufu.Ra;
using Hufu.Ra.Cases;
using Hufu.Ra.Delivery;
using Hufu.Ra.Fees;
using Hufu.Ra.Lists;
using Hufu.Ra.Notices;
using Hufu.Ra.Privacy;
using Hufu.Ra.Retention;
using Hufu.Ra.Search;
using Hufu.Ra.Vetting;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>R26 on PostgreSQL: first and later pages of queues and searches are read by an index, as the planner carries them out over tables with statistics; the bench `registration` has the times at ten million rows.</summary>
public sealed class PagesByIndexTests
{
    private const long Start = 1_700_000_000_000;
    private const int Rows = 60_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R26_no_page_of_a_queue_or_a_search_reads_a_whole_table()
    {
        await using var server = await PostgresServer.StartAsync(Cancel);
        var schema = PostgresServer.NewSchema("ra");
        await using var database = await Database.OpenAsync(
            new DatabaseOptions { Postgres = server.ConnectionString, Schema = schema, Clock = TimeProvider.System }, Migration.FromAssembly(typeof(RaModule).Assembly), Cancel);
        await server.RunSqlAsync("hufu", $"""
            SET search_path = {schema};
            INSERT INTO ra_applications (id, profile, state, title, fields, request, key_digest, data_digest, holder, publish, agreement_version, agreement_at, token_digest, created_at, waiting_since, due_at, signing_serial, entered_by)
            SELECT 'A' || lpad(n::text, 16, '0'), (ARRAY['organisation','person','server'])[(1 + n % 3)::int], (ARRAY['Submitted','Accepted','Entered','Accepted'])[(1 + n % 4)::int], '机构' || lpad((n * 7919 % {Rows})::text, 8, '0'),
                '\x00', '\x00', 'k' || n, 'd', 'h' || n % {Rows / 2}, 1, '1.0', 0, 't', {Start} + n, {Start} + n, {Start} + n, CASE WHEN n % 2 = 1 THEN md5(n::text) END,
                CASE WHEN n % 4 = 2 THEN CASE WHEN n % 10 = 2 THEN 'P0001' ELSE 'P0002' END END
            FROM generate_series(0::bigint, {Rows - 1}) AS n;
            INSERT INTO ra_staff_acts (application, step, person, statement, signature, certificate, payload, done_at)
            SELECT 'A' || lpad(n::text, 16, '0'), 'entry', CASE WHEN n % 10 = 2 THEN 'P0001' ELSE 'P0002' END, '', '\x00', '\x00', '\x00', 0 FROM generate_series(2::bigint, {Rows - 1}, 4) AS n;
            INSERT INTO ra_notices (id, application, address, subject, body, state, tries, next_at, made_at, channel)
            SELECT 'n' || n, 'A' || lpad(n::text, 16, '0'), '\x00', '', '\x00', 'sent', 1, 0, {Start} + n, 'mail' FROM generate_series(0::bigint, {Rows - 1}) AS n;
            ANALYZE ra_applications; ANALYZE ra_staff_acts; ANALYZE ra_notices;
            """, Cancel);
        await server.RunSqlAsync("hufu", ListRows(schema), Cancel);

        (string What, Func<Session, int> Read)[] pages =
        [
            ("first page of submitted", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null)).Count),
            ("a later page of submitted", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, new QueueStore.Place(Start + (Rows / 2), "", ""))).Count),
            ("first page of entered, without what the reader entered", session => QueueStore.Page(session, Queue(ApplicationState.Entered, null, null)).Count),
            ("the count above entered", session => (int)QueueStore.Count(session, Queue(ApplicationState.Entered, null, null))),
            ("first page of entered of one type", session => QueueStore.Page(session, Queue(ApplicationState.Entered, "person", null)).Count),
            ("first page of an office", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Offices = ["centre"] }).Count),
            ("waiting longest first", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Order = QueueOrder.Since }).Count),
            ("a later page, waiting longest first", session => QueueStore.Page(session, Queue(ApplicationState.Entered, null, new QueueStore.Place(Start + (Rows / 2), "", "")) with { Order = QueueOrder.Since }).Count),
            ("waiting longest first, of one type", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, "person", null) with { Order = QueueOrder.Since }).Count),
            ("waiting longest first, of an office", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Order = QueueOrder.Since, Offices = ["centre"] }).Count),
            ("by type", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Order = QueueOrder.Type }).Count),
            ("a later page by type", session => QueueStore.Page(session, Queue(ApplicationState.Entered, null, new QueueStore.Place(Start + 9, "person", "")) with { Order = QueueOrder.Type }).Count),
            ("by type, of an office", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Order = QueueOrder.Type, Offices = ["centre"] }).Count),
            ("by office", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, null) with { Order = QueueOrder.Office }).Count),
            ("by name", session => QueueStore.Page(session, Queue(ApplicationState.Entered, null, null) with { Order = QueueOrder.Title }).Count),
            ("a later page by name", session => QueueStore.Page(session, Queue(ApplicationState.Submitted, null, new QueueStore.Place(0, "机构0003", "")) with { Order = QueueOrder.Title }).Count),
            ("by name, of one type", session => QueueStore.Page(session, Queue(ApplicationState.Entered, "person", null) with { Order = QueueOrder.Title }).Count),
            ("by name, of an office", session => QueueStore.Page(session, Queue(ApplicationState.Entered, null, null) with { Order = QueueOrder.Title, Offices = ["centre"] }).Count),
            ("search by name", session => SearchStore.Page(session, Search() with { Title = "机构0001" }).Count),
            ("a later page of a search by name", session => SearchStore.Page(session, Search() with { Title = "机构0001", After = ("机构00010005", "A") }).Count),
            ("search by number", session => SearchStore.Page(session, Search() with { Id = "A0000000000000042" }).Count),
            ("search by serial", session => SearchStore.Page(session, Search() with { Serial = "c4ca4238a0b923820dcc509a6f75849b" }).Count),
            ("search by holder", session => SearchStore.Page(session, Search() with { Holder = "h7" }).Count),
            .. Lists(),
            ("notices of an application", session => NoticeStore.Of(session, "A0000000000000042").Count),
        ];
        foreach (var (what, read) in pages)
        {
            var (found, scans) = await ScansAsync(database, schema, read);
            Assert.True(found > 0, $"{what}: nothing found, nothing measured");
            Assert.True(scans == 0, $"{what}: a whole table is read");
        }

        // The check can fail.
        Assert.NotEqual(0, (await ScansAsync(database, schema, session => (int)session.Scalar<long>("SELECT COUNT(*) FROM ra_applications WHERE title LIKE '%7'"))).Scans);
    }

    // As many fees, payments, demands, cases and proposals as applications, and a quarter of these issued; all of them at two offices.
    private static string ListRows(string schema) => $"""
        SET search_path = {schema};
        UPDATE ra_applications SET state = 'Issued' WHERE id IN (SELECT 'A' || lpad(n::text, 16, '0') FROM generate_series(1::bigint, {Rows - 1}, 4) AS n);
        INSERT INTO ra_deliveries (application, pair, code_digest, expires_at, tries_left, receipt_due, office)
        SELECT 'A' || lpad(n::text, 16, '0'), '\x00', '', 0, 5, CASE WHEN n % 5 = 0 THEN {Start} + n END, (ARRAY['centre','east'])[(1 + n % 2)::int] FROM generate_series(0::bigint, {Rows - 1}) AS n;
        INSERT INTO ra_fees (application, amount, state, moved_at, office)
        SELECT 'A' || lpad(n::text, 16, '0'), 1, (ARRAY['Due','Paid','Refunded'])[(1 + n % 3)::int], {Start} + n, (ARRAY['centre','east'])[(1 + n % 2)::int] FROM generate_series(0::bigint, {Rows - 1}) AS n;
        INSERT INTO ra_payment_orders (order_no, application, amount, state, simulated, opened_at, looked_at) SELECT 'F' || n, 'A' || lpad(n::text, 16, '0'), 1, 'paid', 1, 0, 0 FROM generate_series(0::bigint, {Rows - 1}) AS n;
        INSERT INTO ra_disclosures (id, application, ground, demand, state, entered_at, office)
        SELECT 'P' || n, 'A' || lpad(n::text, 16, '0'), 'Judicial', '\x00', (ARRAY['entered','released'])[(1 + n % 2)::int], {Start} + n, (ARRAY['centre','centre','east'])[(1 + n % 3)::int] FROM generate_series(0::bigint, {Rows - 1}) AS n;
        INSERT INTO ra_cases (id, kind, state, application, serial, asker, asked_at, due_at, reason, entered_by, office)
        SELECT 'C' || n, (ARRAY['Revocation','Suspension','Resumption','Recovery'])[(1 + n % 4)::int], (ARRAY['Entered','Done','Refused'])[(1 + n % 3)::int], 'A' || lpad(n::text, 16, '0'), 's' || n, 'Authority',
            {Start} + n, {Start} - n, '\x00', 'P0001', (ARRAY['centre','centre','east'])[(1 + n % 3)::int] FROM generate_series(0::bigint, {Rows - 1}) AS n;
        INSERT INTO ra_destructions (id, state, digest, reason, proposed_at) SELECT 'D' || n, (ARRAY['proposed','destroyed'])[(1 + n % 2)::int], '', '', {Start} + n FROM generate_series(0::bigint, {Rows - 1}) AS n;
        ANALYZE;
        """;

    private static IEnumerable<(string What, Func<Session, int> Read)> Lists()
    {
        var middle = new ListPlace(Start + (Rows / 2), "");
        string[] two = ["centre", "east"];
        foreach (var newest in new[] { false, true })
        {
            foreach (var after in new[] { null, middle })
            {
                var name = $"{(after is null ? "first" : "later")} page{(newest ? ", newest first" : "")}";
                foreach (var offices in new[] { null, two })
                {
                    var of = offices is null ? "" : " of two offices";
                    yield return ($"fees, {name}{of}", session => FeeStore.Page(session, new FeeStore.Ask(FeeState.Paid, offices, after, newest, 50)).Rows.Count);
                    yield return ($"demands, {name}{of}", session => DisclosureStore.Page(session, new DisclosureStore.Ask(DisclosureState.Entered, offices, after, newest, 50)).Rows.Count);
                    yield return ($"waiting hand-overs, {name}{of}", session => DeliveryStore.Waiting(session, new DeliveryStore.Ask(offices, after, newest, 50)).Rows.Count);
                    yield return ($"missing receipts, {name}{of}", session => DeliveryStore.Waiting(session, new DeliveryStore.Ask(offices, after, newest, 50, ReceiptMissing: true)).Rows.Count);
                    yield return ($"cases asked for, {name}{of}", session => CaseStore.Page(session, Cases(offices, after, newest) with { Order = CertificateCaseOrder.Asked }).Rows.Count);
                    yield return ($"cases of a kind, {name}{of}", session => CaseStore.Page(session, Cases(offices, after, newest) with { Order = CertificateCaseOrder.Asked, Kind = CertificateCaseKind.Recovery }).Rows.Count);
                }

                yield return ($"proposals, {name}", session => ReadDestructions.Page(session, PaperDestructionState.Proposed, after, newest, 50).Rows.Count);
            }

            yield return ("cases due", session => CaseStore.Page(session, Cases(null, null, newest)).Rows.Count);
            yield return ("cases overdue of two offices", session => CaseStore.Page(session, Cases(two, null, newest) with { DueBefore = Start - (Rows / 2) }).Rows.Count);
        }

        yield return ("cases of a certificate", session => CaseStore.PageOf(session, "s6", Cases(null, null, false)).Rows.Count);
    }

    private static CaseStore.Ask Cases(IReadOnlyList<string>? offices, ListPlace? after, bool newest) => new(CertificateCaseState.Entered, offices, null, CertificateCaseOrder.Due, newest, null, after, 50);

    private static QueueStore.Ask Queue(ApplicationState state, string? profile, QueueStore.Place? after) => new(state, "P0001", null, profile, null, after, 50);

    private static SearchStore.Ask Search() => new(null, null, null, null, null, null, null, null, 50);

    // The transaction's own counters: nobody else's scans are in them.
    private static Task<(int Found, long Scans)> ScansAsync(Database database, string schema, Func<Session, int> read) => database.ReadAsync(
        session =>
        {
            var before = Scans(session, schema);
            return (read(session), Scans(session, schema) - before);
        },
        Cancel);

    private static long Scans(Session session, string schema) => session.Scalar<long>(
        "SELECT CAST(COALESCE(SUM(seq_scan), 0) AS BIGINT) FROM pg_stat_xact_user_tables WHERE schemaname = @schema AND relname LIKE 'ra\\_%'", new { schema });
}
