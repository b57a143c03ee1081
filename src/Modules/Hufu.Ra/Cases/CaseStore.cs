using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Ra.Lists;
using Hufu.Records;

namespace Hufu.Ra.Cases;

/// <summary>Cases (ra_cases): what somebody asks to be done with certificates in force.</summary>
internal static class CaseStore
{
    private const string Columns = "id, kind, state, application, serial, asker, ground, invalid_from, asked_at, due_at, reason, proof, entered_by, outcome, office, done_at";

    public static void Insert(Session session, CaseRow row) => session.Execute(
        $"""
        INSERT INTO ra_cases ({Columns})
        VALUES (@Id, @Kind, @State, @Application, @Serial, @Asker, @Ground, @InvalidFrom, @AskedAt, @DueAt, @Reason, @Proof, @EnteredBy, @Outcome, @Office, NULL)
        """,
        row);

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static CaseRow Get(Session session, string id) =>
        session.QueryFirst<CaseRow>($"SELECT {Columns} FROM ra_cases WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] }) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such case.", "id");

    /// <summary>What a reader asks for.</summary>
    /// <param name="State">Where the cases stand.</param>
    /// <param name="Offices">The offices that bound the reader; null for no bound.</param>
    /// <param name="Kind">Only this kind, or null.</param>
    /// <param name="Order">By deadline or by when it was asked for.</param>
    /// <param name="Newest">Backwards.</param>
    /// <param name="DueBefore">Only what is due before, or null; Unix milliseconds; in the order of deadlines.</param>
    /// <param name="After">Goes on after this row, or null.</param>
    /// <param name="Limit">At most so many.</param>
    internal sealed record Ask(
        CertificateCaseState State, IReadOnlyList<string>? Offices, CertificateCaseKind? Kind, CertificateCaseOrder Order, bool Newest, long? DueBefore, ListPlace? After, int Limit);

    /// <summary>A page: one index page a kind and office, together the reader's.</summary>
    public static (IReadOnlyList<CaseRow> Rows, string? Next) Page(Session session, Ask ask)
    {
        IEnumerable<CertificateCaseKind> kinds = ask.Kind is { } only ? [only] : Enum.GetValues<CertificateCaseKind>();
        IEnumerable<string?> offices = ask.Offices ?? (IEnumerable<string?>)[null];
        return ListPage.Of(kinds.SelectMany(kind => offices.Select(office => Page(session, ask, kind, office))), row => Place(ask.Order, row), ask.Newest, ask.Limit);
    }

    /// <summary>The cases of one certificate; it has few.</summary>
    public static (IReadOnlyList<CaseRow> Rows, string? Next) PageOf(Session session, string serial, Ask ask)
    {
        var rows = session.Query<CaseRow>($"SELECT {Columns} FROM ra_cases WHERE serial = @Serial LIMIT 1000", new { Serial = serial }).Where(row =>
            row.State == ask.State && (ask.Kind is not { } kind || row.Kind == kind) && (ask.Offices is null || ask.Offices.Contains(row.Office)) && (ask.DueBefore is not { } due || row.DueAt < due)
            && (ask.After is null || IsAfter(Place(ask.Order, row), ask.After, ask.Newest)));
        return ListPage.Of([[.. rows]], row => Place(ask.Order, row), ask.Newest, ask.Limit);
    }

    private static bool IsAfter(ListPlace one, ListPlace other, bool newest)
    {
        var order = one.Time != other.Time ? one.Time.CompareTo(other.Time) : string.CompareOrdinal(one.Id, other.Id);
        return newest ? order < 0 : order > 0;
    }

    private static ListPlace Place(CertificateCaseOrder order, CaseRow row) => new(order == CertificateCaseOrder.Due ? row.DueAt : row.AskedAt, row.Id);

    private static IReadOnlyList<CaseRow> Page(Session session, Ask ask, CertificateCaseKind kind, string? office) => session.Query<CaseRow>(
        Sql(ask, office),
        new { State = ask.State.ToString(), Kind = kind.ToString(), Office = office, ask.DueBefore, AfterTime = ask.After?.Time, AfterId = ask.After?.Id, Limit = ask.Limit + 1 });

    internal static string Sql(Ask ask, string? office)
    {
        var time = ask.Order == CertificateCaseOrder.Due ? "due_at" : "asked_at";
        return $"""
            SELECT {Columns} FROM ra_cases WHERE state = @State AND kind = @Kind{(office is null ? "" : " AND office = @Office")}{(ask.DueBefore is null ? "" : " AND due_at < @DueBefore")}{ListPage.After(ask.After, time, "id", ask.Newest)}
            ORDER BY {ListPage.Order(time, "id", ask.Newest)} LIMIT @Limit
            """;
    }

    /// <summary>The approved case of a kind that waits for the CA's answer about a certificate.</summary>
    public static CaseRow? Waiting(Session session, string serial, CertificateCaseKind kind) => session.QueryFirst<CaseRow>(
        $"SELECT {Columns} FROM ra_cases WHERE serial = @Serial AND kind = @Kind AND state = @Approved ORDER BY asked_at LIMIT 1", new { Serial = serial, Kind = kind, CertificateCaseState.Approved });

    public static void Move(Session session, CaseRow row, CertificateCaseState to, string? outcome, long? doneAt) => session.Execute(
        "UPDATE ra_cases SET state = @To, outcome = @Outcome, done_at = @DoneAt WHERE id = @Id", new { To = to, Outcome = outcome, DoneAt = doneAt, row.Id });

    public static byte[] Seal(IDataCipher cipher, string id, string part, string text) => cipher.Seal(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes($"{id}/{part}"));

    internal sealed class CaseRow
    {
        public string Id { get; set; } = "";

        public CertificateCaseKind Kind { get; set; }

        public CertificateCaseState State { get; set; }

        public string Application { get; set; } = "";

        public string Serial { get; set; } = "";

        public RevocationAsker Asker { get; set; }

        public string? Ground { get; set; }

        public long? InvalidFrom { get; set; }

        public long AskedAt { get; set; }

        public long DueAt { get; set; }

        public byte[] Reason { get; set; } = [];

        public byte[]? Proof { get; set; }

        public string EnteredBy { get; set; } = "";

        public string? Outcome { get; set; }

        public string Office { get; set; } = "centre";

        public long? DoneAt { get; set; }

        public RevocationGround? ToGround() => Ground is null ? null : Enum.Parse<RevocationGround>(Ground);

        public CertificateCase ToCase(IDataCipher cipher, long now) => new(
            Id, Kind, State, Application, Serial, Asker, ToGround(), DateTimeOffset.FromUnixTimeMilliseconds(AskedAt), DateTimeOffset.FromUnixTimeMilliseconds(DueAt),
            IsOverdue(now), Open(cipher, "reason", Reason), Proof is null ? null : Open(cipher, "proof", Proof), EnteredBy, Outcome);

        public CertificateCaseRow ToRow(long now) => new(
            Id, Kind, State, Application, Serial, Asker, ToGround(), DateTimeOffset.FromUnixTimeMilliseconds(AskedAt), DateTimeOffset.FromUnixTimeMilliseconds(DueAt), IsOverdue(now), EnteredBy, Office,
            DoneAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);

        private bool IsOverdue(long now) => State is CertificateCaseState.Entered or CertificateCaseState.Approved && DueAt < now;

        private string Open(IDataCipher cipher, string part, byte[] content) => Encoding.UTF8.GetString(cipher.Open(content, Encoding.ASCII.GetBytes($"{Id}/{part}")));
    }
}
