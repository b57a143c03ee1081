using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ra.Cases;

/// <summary>Cases (ra_cases): what somebody asks to be done with certificates in force.</summary>
internal static class CaseStore
{
    private const string Columns = "id, kind, state, application, serial, asker, ground, invalid_from, asked_at, due_at, reason, proof, entered_by, outcome";

    public static void Insert(Session session, CaseRow row) => session.Execute(
        $"""
        INSERT INTO ra_cases ({Columns})
        VALUES (@Id, @Kind, @State, @Application, @Serial, @Asker, @Ground, @InvalidFrom, @AskedAt, @DueAt, @Reason, @Proof, @EnteredBy, @Outcome)
        """,
        row);

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public static CaseRow Get(Session session, string id) =>
        session.QueryFirst<CaseRow>($"SELECT {Columns} FROM ra_cases WHERE id = @Id", new { Id = id[..Math.Min(id.Length, 64)] }) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such case.", "id");

    public static IReadOnlyList<CaseRow> Page(Session session, CertificateCaseState state, int limit) =>
        session.Query<CaseRow>($"SELECT {Columns} FROM ra_cases WHERE state = @State ORDER BY due_at, id LIMIT @Limit", new { State = state, Limit = limit });

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

        public RevocationGround? ToGround() => Ground is null ? null : Enum.Parse<RevocationGround>(Ground);

        public CertificateCase ToCase(IDataCipher cipher, long now) => new(
            Id, Kind, State, Application, Serial, Asker, ToGround(), DateTimeOffset.FromUnixTimeMilliseconds(AskedAt), DateTimeOffset.FromUnixTimeMilliseconds(DueAt),
            State is CertificateCaseState.Entered or CertificateCaseState.Approved && DueAt < now, Open(cipher, "reason", Reason), Proof is null ? null : Open(cipher, "proof", Proof), EnteredBy, Outcome);

        private string Open(IDataCipher cipher, string part, byte[] content) => Encoding.UTF8.GetString(cipher.Open(content, Encoding.ASCII.GetBytes($"{Id}/{part}")));
    }
}
